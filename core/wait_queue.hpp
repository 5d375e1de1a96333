// SPDX-License-Identifier: Apache-2.0
// The engine's only way to wait: fibers, first in, first out, with an optional deadline.
//
// Made of Boost's `context::suspend` and `schedule` alone. Boost's mutex, condition variable and
// future are not used in the engine: another fiber's unlock throws, `try_lock` yields, and timed
// waits read the real clock.
#pragma once

#include <boost/fiber/context.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/clock.hpp"

namespace cowbell {

class FiberProperties;

/// Names a fiber for as long as anybody wants to print it, even after it has ended.
struct FiberName {
  std::string_view name;
  std::uint32_t number = 0;
  bool operator==(const FiberName&) const = default;
};

class WaitQueue {
 public:
  /// `what` says in a dump what is waited for; static storage.
  explicit WaitQueue(std::string_view what) : what_(what) {}
  ~WaitQueue();
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  /// Suspends until woken. Never from a completion frame.
  void wait();

  /// Suspends until woken (true) or until `deadline` has come (false).
  bool wait_until(Clock& clock, Time deadline);

  /// Makes the fiber that has waited longest ready. Does not switch. False if nobody waits.
  bool wake_one();
  void wake_all();
  bool empty() const { return waiters_.empty(); }

  std::string_view what() const { return what_; }
  /// Who holds what is waited for, where it is a lock.
  const std::optional<FiberName>& holder() const { return holder_; }

 private:
  friend class HandoverLock;
  struct Waiter : Timer, boost::intrusive::list_base_hook<> {
    WaitQueue* queue;
    boost::fibers::context* fiber;
    FiberProperties* properties;
    Clock* clock = nullptr;
    bool woken = false;
  };
  void enqueue(Waiter& waiter);
  static void resume(Waiter& waiter, bool woken);
  static void expired(Timer& timer) noexcept;

  boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiters_;
  std::string_view what_;
  std::optional<FiberName> holder_;
};

/// A lock that is handed over directly, first come, first served. Whoever completes the I/O may
/// release it. It names its holder, so that a dump can say who waits for whom.
class HandoverLock : private WaitQueue {
 public:
  explicit HandoverLock(std::string_view what) : WaitQueue(what) {}

  /// Suspends until the lock is the caller's.
  void lock();
  /// Never switches.
  bool try_lock();
  /// Hands over to the fiber that has waited longest, or leaves the lock free. Does not switch.
  void unlock();

  bool locked() const { return holder_.has_value(); }
};

}  // namespace cowbell
