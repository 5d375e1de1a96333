// SPDX-License-Identifier: Apache-2.0
#include "core/uring/reactor_scheduler.hpp"

#include <cerrno>
#include <utility>

#include "core/invariant.hpp"

namespace cowbell::uring {

void ReactorScheduler::begin(ReactorTurns& reactor) {
  COWBELL_INVARIANT(S8, reactor_ == nullptr);
  fibers_.restart();
  reactor_ = &reactor;
}

void ReactorScheduler::awakened(boost::fibers::context* fiber) noexcept {
  if (fiber->is_context(boost::fibers::type::dispatcher_context)) {
    dispatcher_ = fiber;
    return;
  }
  if (auto* properties = static_cast<FiberProperties*>(fiber->get_properties()))
    fibers_.ready(*properties);
  fiber->ready_link(ready_);
}

boost::fibers::context* ReactorScheduler::pick_next() noexcept {
  if (dispatcher_ == nullptr) {  // it is the dispatcher who asks
    switches_ = 0;
    if (reactor_ != nullptr) reactor_->take_turn();
    if (ready_.empty()) return nullptr;
  } else if (ready_.empty() || switches_ == kSwitchMaximum) {
    return std::exchange(dispatcher_, nullptr);
  }
  ++switches_;
  boost::fibers::context* next = &ready_.front();
  ready_.pop_front();
  return next;
}

bool ReactorScheduler::has_ready_fibers() const noexcept {
  return dispatcher_ != nullptr || !ready_.empty();
}

void ReactorScheduler::suspend_until(
    const std::chrono::steady_clock::time_point& deadline) noexcept {
  // Timed waits go through the core clock: Boost's own would have to be slept for here.
  COWBELL_INVARIANT(S8, deadline == (std::chrono::steady_clock::time_point::max()));
  if (reactor_ != nullptr) reactor_->sleep();
}

void ReactorScheduler::notify() noexcept {
  const std::uint64_t one = 1;
  // Blocks only when 2^64 - 2 wake-ups are unread; a read is always armed.
  while (::write(wake_up_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

}  // namespace cowbell::uring
