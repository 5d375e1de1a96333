// SPDX-License-Identifier: Apache-2.0
// The seam to time: what time it is, and a call when a moment has come.
#pragma once

#include <chrono>

namespace cowbell {

/// Time since the world began. Virtual in simulation, CLOCK_MONOTONIC on devices.
using Time = std::chrono::nanoseconds;

/// Never, as a deadline.
inline constexpr Time kForever = Time::max();

/// Owned by who waits; linked into the clock while armed, so it must be disarmed or expired before
/// it is destroyed. `expire` is called once, under the rules of a completion frame.
struct Timer {
  void (*expire)(Timer& timer) noexcept = nullptr;
  Time deadline{};
  /// Where the clock keeps its place; meaningless to anybody else.
  std::size_t position = kNotArmed;
  /// Orders timers of one deadline by the time they were armed.
  std::uint64_t order = 0;

  static constexpr std::size_t kNotArmed = ~std::size_t{0};
  bool armed() const { return position != kNotArmed; }
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;

  /// Calls `timer.expire` when `deadline` has come; at once, but not from within this call, if it
  /// has passed. The timer must not be armed.
  virtual void arm(Timer& timer, Time deadline) = 0;

  /// Takes an armed timer back; it will not be called.
  virtual void disarm(Timer& timer) = 0;
};

}  // namespace cowbell
