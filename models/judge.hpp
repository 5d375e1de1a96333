// SPDX-License-Identifier: Apache-2.0
// Puts everything that is known of a run together and finds the first rule that breaks: the runner
// tells invocations and responses, the world effects and faults.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/excuses.hpp"
#include "models/golden_copy.hpp"
#include "models/history.hpp"
#include "models/memory_bound.hpp"
#include "models/program_listener.hpp"
#include "models/subject.hpp"
#include "models/verdict.hpp"
#include "models/world.hpp"

namespace cowbell::model {

/// Knows the bios of clients from those of the engine.
class RequestRegistry {
 public:
  virtual ~RequestRegistry() = default;
  /// The client's request that `bio` is; null for a bio of the engine.
  virtual Request* find(const Bio& bio) = 0;
  /// Of those that are open and go to no image, the one that began first; null if there is none.
  virtual const Request* oldest_of_an_origin() const = 0;
};

class Judge final : public EffectListener, private WrongBlockSink {
 public:
  explicit Judge(RequestRegistry& requests) : requests_(requests) {}

  /// Before the world is opened. `scenario` is borrowed until the next `begin`; so is `listener`,
  /// null for none, which is told when something breaks.
  void begin(const Scenario& scenario, bool record_history, ProgramListener* listener);
  /// After it was opened.
  void open(World& world, std::uint64_t stamp_run);
  /// `subject` is borrowed until the next call; null when it ends.
  void examine(Subject* subject) { subject_ = subject; }

  /// @name The runner's part: at the event, with no switch between
  /// @{
  void invoked(Request& request);
  /// Also looks at the data of a read.
  void answered(Request& request);

  Cut& take_invoked(std::uint32_t statement, std::uint64_t origins, TakeNumber take,
                    ByteCount storage_block);
  void take_answered(Cut& cut, std::uint32_t statement, const TakeError& error, bool name_in_use);
  void release_invoked(Cut& cut, std::uint32_t statement);
  void release_answered(Cut& cut, std::uint32_t statement, Errc error);
  /// A request of an origin is still open when nothing can end any more but what stalls, storages
  /// alone (S8).
  void waits_for_storage(const Request& request);
  /// Looks at the areas and extents of a live snapshot.
  void inspect(Cut& cut);
  /// `dirty` has been carried out, on the image of `cut` or, where it is null, on the origin.
  void marked_by_hand(Cut* cut, OriginIndex origin, SectorRange range);
  /// What the map of changes between two cuts is instead of what `expect changed` says; nothing if
  /// it is that. `to` is alive.
  std::optional<std::string> other_changes(const Statement& statement, const Cut& from,
                                           const Cut& to);
  /// The cause of an area that was found corrupted, also after release.
  std::optional<Errc> corrupted(Cut& cut, OriginIndex origin);
  /// Every event told so far.
  const std::vector<ReportedEvent>& events();
  /// The most that the engine held at once, over what it holds without a snapshot, while at most
  /// `snapshots` were there at a time (S9).
  void check_memory(ByteCount peak, std::uint64_t snapshots);
  /// Nothing is on its way to the storage of a live snapshot.
  bool storage_rests(const Cut& cut) { return ghost(cut.storage).open_requests() == 0; }
  /// What a live snapshot may keep in buffers with nothing on its way.
  ByteCount buffers_at_rest(const Cut& cut);
  /// What the engine holds at rest, over what it holds without a snapshot, with `snapshots` that
  /// may keep `buffers` in all (S9).
  void check_memory_at_rest(ByteCount held, std::uint64_t snapshots, ByteCount buffers);
  /// A rule broke that only the runner can see.
  void fail(Rule rule, std::uint32_t statement, std::string what);
  /// An expectation of the scenario was not met; `found` as in `Breach`.
  void not_met(std::uint32_t statement, std::string what, std::string_view found);
  /// @}

  /// @name EffectListener
  /// @{
  void submitted(DeviceId device, const Bio& bio) override;
  void took_effect(DeviceId device, const Bio& bio, SectorRange blocks) override;
  void answered(DeviceId device, const Bio& bio) override;
  void injected(const InjectedFault& fault) override;
  void allocation_refused() override { excuses_.allocation_refused(golden_.tick()); }
  void growth_began(DeviceId storage) override;
  void growth_ended(DeviceId storage) override;
  void granted(DeviceId storage, SectorCount capacity) override;
  void resized(DeviceId origin, SectorCount capacity) override;
  void power_cut(std::uint64_t undone) override;
  void power_restored() override;
  /// @}

  /// Requests on their way to devices.
  std::uint64_t open_device_requests() const { return open_device_requests_; }
  /// Requests and growths that devices have answered.
  std::uint64_t device_answers() const { return device_answers_; }
  bool memory_was_refused() const { return excuses_.memory_was_refused(); }
  bool breached() const { return breach_.has_value(); }
  std::optional<Breach> take_breach() { return std::exchange(breach_, std::nullopt); }
  GoldenCopy& golden() { return golden_; }
  const Counts& counts() const { return counts_; }

 private:
  void wrong(const Request& request, const WrongBlock& block) override;
  void fail(Rule rule, const Request& request, std::string what);
  void fail(Breach breach, std::uint32_t statement);
  bool doubts(const Request& request) const override;
  bool doubts(const Request& request, BlockNumber block) override;
  void refused(Request& request);
  void judge_origin_answer(Request& request, Errc outcome);
  void judge_image_answer(Request& request, Errc outcome);
  bool image_error_excused(Request& request, Errc outcome);
  SectorCount image_capacity(const Cut& cut, OriginIndex origin);
  void judge_corruption(Cut& cut, OriginIndex origin, Errc cause);
  void judge_events(Cut& cut);
  void inspect_changes(Cut& to);
  void inspect_changes(const Cut& from, Cut& to, OriginIndex origin);
  bool inexact_excused(const Cut& from, const Cut& to, OriginIndex origin) const;
  bool may_have_changed(SectorRange block, OriginIndex origin, const Cut& from,
                        const Cut& to) const;
  void judge_demand(const Request& request, Errc outcome, bool excused);
  History::Place place(OriginIndex origin, BlockNumber block) const;
  GhostStorage& ghost(TakeNumber take);
  std::string name(const Request& request) const;
  std::string describe(Content content) const;
  std::string describe_sight(const Request& request, const WrongBlock& block) const;
  void note(HistoryEvent::Kind kind, const Request& request, SectorRange range, Errc outcome);
  void note(HistoryEvent::Kind kind, const Cut& cut, std::uint32_t statement, Errc outcome);

  RequestRegistry& requests_;
  const Scenario* scenario_ = nullptr;
  ProgramListener* listener_ = nullptr;
  World* world_ = nullptr;
  Subject* subject_ = nullptr;
  GoldenCopy golden_;
  Excuses excuses_;
  MemoryBound memory_;
  std::vector<GhostStorage> ghosts_;
  std::vector<LiveExtent> extents_;
  std::vector<ReportedEvent> events_;

  /// A `dirty` statement.
  struct HandMark {
    OriginIndex origin;
    const Cut* cut;
    SectorRange range;
    Moment at;
  };
  /// A change that was not answered OK, on an origin or on the image of a cut.
  struct FailedChange {
    OriginIndex origin;
    const Cut* cut;
    SectorRange range;
    Moment invoked;
    Moment answered;
  };
  bool maps_matter_ = false;            ///< some origin may be taken twice
  bool failed_changes_matter_ = false;  ///< a map is expected to be exactly something
  std::vector<Cut*> taken_;             ///< takes that succeeded, by their answers
  std::vector<HandMark> hand_marks_;
  std::vector<FailedChange> failed_changes_;
  std::vector<SectorRange> changed_;
  History history_;
  std::uint64_t open_device_requests_ = 0;
  std::uint64_t device_answers_ = 0;
  Time longest_wait_{};  ///< of a request of an origin that was answered
  bool effects_announced_ = false;
  Counts counts_;
  std::optional<Breach> breach_;
};

}  // namespace cowbell::model
