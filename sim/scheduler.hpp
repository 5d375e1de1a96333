// SPDX-License-Identifier: Apache-2.0
// Runs the fibers of one simulated run, one at a time: a policy says which ready fiber goes next,
// and time moves when none is ready.
//
// Installed once on its thread and then used for run after run. During a run the main context is
// parked and Boost's dispatcher, which alone releases ended fibers, is the one that moves time: it
// is picked when no fiber is ready, when a timer is to overtake, and at least every 64 switches.
// Picking it consumes no decision.
#pragma once

#include <boost/fiber/algo/algorithm.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/fiber_roster.hpp"
#include "models/world.hpp"
#include "sim/event_log.hpp"
#include "sim/policy.hpp"
#include "sim/virtual_clock.hpp"

namespace cowbell::sim {

/// What one run is made of. What it refers to is borrowed until `end`.
struct Run {
  VirtualClock& clock;
  Policy& policy;
  EventLog& log;
  /// Switches and expired timers after which the run counts as a livelock.
  std::uint64_t step_maximum;
};

class Scheduler final : public boost::fibers::algo::algorithm {
 public:
  /// The one of this thread, for all worlds that live on it. Not yet installed.
  static boost::intrusive_ptr<Scheduler> of_this_thread();

  /// From the main context, no fiber being alive: what becomes ready from now on belongs to `run`.
  void begin(const Run& run);

  /// Parks the main context until `program_ended` was told and nothing is ready, or until the
  /// fibers can go no further. After `deadlock` it may be called again if some fiber has become
  /// ready or some timer was armed since; else fibers are left that never end.
  model::Rest park();

  /// The program has ended: time moves no more.
  void program_ended() { program_ended_ = true; }

  /// Nothing belongs to the run any more; fibers that are left are abandoned.
  void end();

  /// Who waits for what, one fiber a line.
  std::string describe_fibers() const { return roster_.describe(); }

  /// Fibers given to the processor since `begin`, without the dispatcher.
  std::uint64_t switches() const { return switches_; }

  // What Boost calls.

  void awakened(boost::fibers::context* fiber) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  bool has_ready_fibers() const noexcept override {
    return dispatcher_ != nullptr || !ready_.empty();
  }
  void suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept override;
  void notify() noexcept override {}

 private:
  static constexpr std::uint32_t kDispatcherAtLeastEvery = 64;
  /// How long a ready fiber may be kept from the processor at once, as on a busy machine. What is
  /// due later cannot overtake it: a deadline of seconds does not pass while somebody could run.
  static constexpr Time kOvertakingMaximum = std::chrono::milliseconds(1);

  bool dispatcher_is_due();
  boost::fibers::context* take_dispatcher();
  boost::fibers::context* take_ready();
  boost::fibers::context* dispatcher_turn();
  bool expire_due();
  boost::fibers::context* come_to_rest(model::Rest rest);

  std::optional<Run> run_;  // none between runs
  boost::fibers::context* main_ = nullptr;
  boost::fibers::context* dispatcher_ = nullptr;  // null while it runs
  std::vector<ReadyFiber> ready_;                 // in the order in which they became ready
  FiberRoster roster_;
  model::Rest rest_ = model::Rest::done;
  bool program_ended_ = false;
  bool overtaking_ = false;
  std::uint32_t since_dispatcher_ = 0;
  std::uint64_t switches_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace cowbell::sim
