// SPDX-License-Identifier: Apache-2.0
// Time that stands still until the scheduler moves it to the next thing that is due.
#pragma once

#include "core/clock.hpp"
#include "core/timer_queue.hpp"

namespace cowbell::sim {

/// `latency` after `now`, or the end of time if that comes first.
constexpr Time later(Time now, Time latency) {
  return latency > kForever - now ? kForever : now + latency;
}

/// Somebody who decides in which order timers expire.
class ClockObserver {
 public:
  virtual ~ClockObserver() = default;
  virtual void armed(Timer& timer) = 0;
  /// Time is about to move to the next deadline: a timer may be armed anew for an earlier one.
  virtual void advancing() = 0;
};

class VirtualClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void arm(Timer& timer, Time deadline) override {
    timers_.arm(timer, deadline);
    if (observer_ != nullptr) observer_->armed(timer);
  }
  void disarm(Timer& timer) override { timers_.disarm(timer); }

  /// Back to 0. No timer may be armed. `observer` is borrowed until the next; null for none.
  void restart(ClockObserver* observer = nullptr);

  /// True if no timer is armed.
  bool idle() const { return timers_.empty(); }

  /// True if the next timer's moment comes within `time`.
  bool due_within(Time time) const {
    return !timers_.empty() && timers_.next_deadline() <= later(now_, time);
  }

  /// True if a timer's moment has come.
  bool due() const { return !timers_.empty() && timers_.next_deadline() <= now_; }

  /// Expires the timer whose moment came first; `due()`.
  void expire_next();

  /// Moves to the next deadline, without expiring anything; not when idle.
  void advance();

 private:
  TimerQueue timers_;
  ClockObserver* observer_ = nullptr;
  Time now_{};
};

}  // namespace cowbell::sim
