// SPDX-License-Identifier: Apache-2.0
// The order in which the fibers of a reactor run: first ready, first run. The dispatcher of
// Boost.Fiber comes when nothing else is ready and at least every 64 switches; its turn is the
// reactor's turn.
#pragma once

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/scheduler.hpp>

#include "core/fiber_roster.hpp"
#include "core/uring/file_descriptor.hpp"

namespace cowbell::uring {

/// What the scheduler asks of the reactor that is running. Both calls come on the stack of the
/// dispatcher and return without having switched.
class ReactorTurns {
 public:
  /// Runs the completions that have come. Afterwards fibers may be ready.
  virtual void take_turn() noexcept = 0;
  /// Nothing is ready: sleeps until the kernel, a timer or another thread has something.
  virtual void sleep() noexcept = 0;

 protected:
  ~ReactorTurns() = default;
};

/// Lives as long as its thread may use it, which can be longer than the reactor.
class ReactorScheduler final : public boost::fibers::algo::algorithm {
 public:
  /// `wake_up` is an eventfd that this scheduler writes to when another thread calls `notify`.
  explicit ReactorScheduler(FileDescriptor wake_up) : wake_up_(std::move(wake_up)) {}

  /// From `begin` to `end` the dispatcher's turns are those of `reactor`; outside there are none.
  void begin(ReactorTurns& reactor);
  void end() { reactor_ = nullptr; }

  int wake_up() const { return wake_up_.get(); }
  const FiberRoster& fibers() const { return fibers_; }

  void awakened(boost::fibers::context* fiber) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  bool has_ready_fibers() const noexcept override;
  void suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept override;
  void notify() noexcept override;

 private:
  static constexpr unsigned kSwitchMaximum = 64;

  FileDescriptor wake_up_;
  ReactorTurns* reactor_ = nullptr;
  FiberRoster fibers_;
  boost::fibers::scheduler::ready_queue_type ready_;
  boost::fibers::context* dispatcher_ = nullptr;  ///< while it is queued
  unsigned switches_ = 0;                         ///< since the dispatcher's last turn
};

}  // namespace cowbell::uring
