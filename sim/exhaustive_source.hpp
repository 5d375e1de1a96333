// SPDX-License-Identifier: Apache-2.0
// What a simulated run has to choose, as points of an exhaustive search. For worlds whose requests
// are reads and writes of sectors, and without faults.
//
// **Schedule.** Fibers go first come, first served. Another ready fiber than the first one, or a
// timer that overtakes the ready fibers, is a *preemption*. Where the first one turns out to do
// nothing but end, which nobody sees, no other goes before it: what another does first it can do
// next, for no more.
// Source: the delays of Emmi, Qadeer and Rakamaric, "Delay-bounded scheduling", POPL 2011.
//
// **Order of answers.** Whenever time moves, any of the requests that are on their way is answered
// next: that is every order of answers, each once. The oldest is the plainest, another one is an
// *overtaking*; what it costs is for the bound to say (`SearchBound`). Each
// answer comes one step of time behind the last one, and what that makes of latencies is what is
// recorded, so that a recorded schedule repeats it. A latency has 16 steps (`latencies()`): nobody
// is overtaken by more than 15 others; orders that are left out for it are counted.
//
// **Order of effects.** The blocks of a request take effect at its submission or at its answer, in
// one group or two, at no cost. For two requests on their way together that is every order of
// their effects; a third one between the two, while all three are on their way, is left out. The
// moment of a block is relevant only if meanwhile another request for it is on its way and one of
// the two writes, or, for a write to an origin, a take is: nothing else can see it, neither the
// engine, which is shown no more than answers, nor the golden copy, which asks for effects to
// order writes of one block and to tell writes before a cut from those behind it. Two groups are
// relevant only where that holds for two blocks.
//
// **Repeated states** (`sim/causal_state.hpp`) are gone through once. Nothing is chosen in a run
// that has come to one, and behind the step that goes on then its clients ask for nothing more.
// What of the requests on their way is relevant below it has been noted, so that it is relevant in
// the new run as well.
#pragma once

#include <optional>
#include <vector>

#include "models/effects.hpp"
#include "sim/causal_state.hpp"
#include "sim/decisions.hpp"
#include "sim/event_log.hpp"
#include "sim/exhaustive_search.hpp"
#include "sim/virtual_clock.hpp"

namespace cowbell::sim {

/// Made for one search and used for run after run. Listens to the world on its way to the listener
/// of the run, for it must know what is on its way.
class ExhaustiveSource final : public DecisionSource,
                               public ClockObserver,
                               public model::EffectListener,
                               public EventSink {
 public:
  /// `search` is borrowed.
  explicit ExhaustiveSource(ExhaustiveSearch& search) : search_(search) {}

  /// What a scenario must say about latencies.
  static std::vector<model::LatencySpec> latencies();

  /// From the next run on, everything goes the plainest way until so many takes have ended.
  void explore_after(std::uint32_t takes) { explore_after_ = takes; }

  /// Whether repeated states are gone through once or, for comparison, each time. They are told
  /// apart by the events of the world and of its clients.
  void prune_repeated(bool on) { prune_repeated_ = on; }

  /// What a run is made of, borrowed until the next.
  struct Run {
    VirtualClock& clock;
    Decisions& decisions;
    EventLog& log;
    model::EffectListener& listener;
  };
  void begin(const Run& run);

  /// Whether the run has come to a repeated state. From then on it only ends.
  bool only_ends() const { return only_ends_; }

  /// The program has ended: what is still chosen goes the plainest way.
  void program_ended() { program_ended_ = true; }

  void take_began();
  void take_ended();

  /// The next choice of schedule is asked for: whether time overtakes these fibers, or which of
  /// them goes next.
  void asked(std::span<const ReadyFiber> ready, bool overtaking);

  std::uint32_t choose(model::Concern concern, std::uint32_t bound) override;

  /// Turns not taken because somebody would have been overtaken too often.
  std::uint64_t without_room() const { return without_room_; }

  // EventSink

  void add(const Event& event) override;

  // ClockObserver

  void armed(Timer& timer) override;
  void advancing() override;

  // model::EffectListener

  void submitted(model::DeviceId device, const Bio& bio) override;
  void took_effect(model::DeviceId device, const Bio& bio, SectorRange blocks) override {
    run_->listener.took_effect(device, bio, blocks);
  }
  void answered(model::DeviceId device, const Bio& bio) override;
  void injected(const model::InjectedFault& fault) override { run_->listener.injected(fault); }
  void allocation_refused() override { run_->listener.allocation_refused(); }
  void growth_began(model::DeviceId storage) override { run_->listener.growth_began(storage); }
  void growth_ended(model::DeviceId storage) override { run_->listener.growth_ended(storage); }
  void granted(model::DeviceId storage, SectorCount capacity) override {
    run_->listener.granted(storage, capacity);
  }
  void resized(model::DeviceId origin, SectorCount capacity) override {
    run_->listener.resized(origin, capacity);
  }
  void power_cut(std::uint64_t undone) override { run_->listener.power_cut(undone); }
  void power_restored() override { run_->listener.power_restored(); }

 private:
  struct OnItsWay {
    model::DeviceId device;
    const Bio* bio = nullptr;
    Time submitted{};
    std::uint64_t name = 0;  ///< in the state
    std::size_t depth = 0;   ///< of the search, at its submission
    Timer* timer = nullptr;
    std::size_t latency = 0;  ///< its choice of latency, by number
    /// Its choices of effect, by their depth in the search.
    std::optional<std::size_t> moment_point;
    std::optional<std::size_t> split_point;
    /// Blocks of the first group, until the disk has been told; 0 if there is one group.
    std::uint32_t split = 0;
    /// From the first to the last block of which somebody can tell when it takes effect.
    Sector seen_first;
    Sector seen_end;
    std::uint64_t seen = 0;

    bool changes_origin() const {
      return device.kind == model::DeviceId::Kind::origin && changes_data(bio->operation);
    }
  };

  bool exploring() const {
    return takes_ended_ >= explore_after_ && !program_ended_ && !search_.repeats();
  }
  /// What a choice in a state is about.
  enum class Question : std::uint8_t { overtaking, fiber, answer };
  void arrive(Question question);
  std::uint32_t choose_effect(std::uint32_t bound);
  void see(OnItsWay& request, SectorRange blocks);

  ExhaustiveSearch& search_;
  std::optional<Run> run_;
  CausalState state_;
  bool prune_repeated_ = true;
  std::vector<ReadyFiber> ready_;         // that wait for a choice
  std::vector<std::size_t> step_points_;  // of the step that goes on, by their depth
  std::uint32_t explore_after_ = 0;
  std::uint32_t takes_ended_ = 0;
  std::uint32_t takes_under_way_ = 0;
  bool program_ended_ = false;
  bool only_ends_ = false;
  std::vector<OnItsWay> on_their_way_;  // in the order of their submission
  std::size_t latencies_drawn_ = 0;
  std::uint64_t without_room_ = 0;
};

}  // namespace cowbell::sim
