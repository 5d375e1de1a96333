// SPDX-License-Identifier: Apache-2.0
#include "core/wait_queue.hpp"

#include "core/fiber.hpp"
#include "core/invariant.hpp"

namespace cowbell {

WaitQueue::~WaitQueue() {
  COWBELL_INVARIANT(S8, waiters_.empty());
}

void WaitQueue::enqueue(Waiter& waiter) {
  waiter.fiber = boost::fibers::context::active();
  // S8: a completion frame runs on the dispatcher's stack; were it to wait, nothing would go on.
  COWBELL_INVARIANT(S8, !waiter.fiber->is_context(boost::fibers::type::dispatcher_context));
  waiter.queue = this;
  waiter.properties = current_fiber();
  if (waiter.properties != nullptr) waiter.properties->waiting_in = this;
  waiters_.push_back(waiter);
}

void WaitQueue::resume(Waiter& waiter, bool woken) {
  waiter.queue->waiters_.erase(waiter.queue->waiters_.iterator_to(waiter));
  waiter.woken = woken;
  if (waiter.properties != nullptr) waiter.properties->waiting_in = nullptr;
  boost::fibers::context::active()->schedule(waiter.fiber);
}

void WaitQueue::expired(Timer& timer) noexcept {
  resume(static_cast<Waiter&>(timer), false);
}

void WaitQueue::wait() {
  Waiter waiter;
  enqueue(waiter);
  waiter.fiber->suspend();
}

bool WaitQueue::wait_until(Clock& clock, Time deadline) {
  if (deadline == kForever) {
    wait();
    return true;
  }
  Waiter waiter;
  waiter.expire = &WaitQueue::expired;
  waiter.clock = &clock;
  clock.arm(waiter, deadline);
  enqueue(waiter);
  waiter.fiber->suspend();
  return waiter.woken;
}

bool WaitQueue::wake_one() {
  if (waiters_.empty()) return false;
  Waiter& first = waiters_.front();
  if (first.armed()) first.clock->disarm(first);
  resume(first, true);
  return true;
}

void WaitQueue::wake_all() {
  while (wake_one()) {
  }
}

bool HandoverLock::try_lock() {
  if (locked()) return false;
  holder_ = current_fiber_name();
  return true;
}

void HandoverLock::lock() {
  if (try_lock()) return;
  wait();
  holder_ = current_fiber_name();
}

void HandoverLock::unlock() {
  COWBELL_INVARIANT(S8, locked());
  // Stays locked while it is handed over: nobody can slip in between.
  if (!wake_one()) holder_.reset();
}

}  // namespace cowbell
