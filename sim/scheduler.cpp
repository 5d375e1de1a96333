// SPDX-License-Identifier: Apache-2.0
#include "sim/scheduler.hpp"

#include "core/invariant.hpp"

namespace cowbell::sim {

using boost::fibers::context;
using model::Rest;

boost::intrusive_ptr<Scheduler> Scheduler::of_this_thread() {
  thread_local boost::intrusive_ptr<Scheduler> scheduler(new Scheduler);
  return scheduler;
}

void Scheduler::begin(const Run& run) {
  COWBELL_INVARIANT(S13, !run_ && ready_.empty());
  COWBELL_INVARIANT(S13, context::active()->is_context(boost::fibers::type::main_context));
  main_ = context::active();
  run_.emplace(run);
  roster_.restart();
  run.policy.begin();
  program_ended_ = false;
  overtaking_ = false;
  since_dispatcher_ = 0;
  switches_ = 0;
  steps_ = 0;
}

Rest Scheduler::park() {
  COWBELL_INVARIANT(S13, context::active() == main_ && run_);
  main_->suspend();
  return rest_;
}

void Scheduler::end() {
  run_.reset();
  ready_.clear();
}

void Scheduler::awakened(context* fiber) noexcept {
  if (fiber->is_context(boost::fibers::type::dispatcher_context)) {
    dispatcher_ = fiber;
    return;
  }
  auto* properties = static_cast<FiberProperties*>(fiber->get_properties());
  if (properties != nullptr) roster_.ready(*properties);
  ready_.push_back({fiber, properties == nullptr ? 0 : properties->number});
}

context* Scheduler::pick_next() noexcept {
  if (run_ && run_->log.keeps())
    if (const FiberProperties* leaving = current_fiber()) run_->log.suspended(*leaving);
  if (!run_) return dispatcher_ != nullptr ? take_dispatcher() : take_ready();
  if (dispatcher_ == nullptr) return dispatcher_turn();
  return dispatcher_is_due() ? take_dispatcher() : take_ready();
}

bool Scheduler::dispatcher_is_due() {
  if (ready_.empty() || since_dispatcher_ >= kDispatcherAtLeastEvery ||
      steps_ >= run_->step_maximum)
    return true;
  if (!run_->clock.due_within(kOvertakingMaximum)) return false;
  overtaking_ = run_->policy.overtakes(ready_);
  return overtaking_;
}

context* Scheduler::take_dispatcher() {
  context* dispatcher = dispatcher_;
  dispatcher_ = nullptr;
  since_dispatcher_ = 0;
  return dispatcher;
}

context* Scheduler::take_ready() {
  if (ready_.empty()) return nullptr;
  if (!run_) {
    context* oldest = ready_.front().fiber;
    ready_.erase(ready_.begin());
    return oldest;
  }
  const std::size_t chosen = ready_.size() == 1 ? 0 : run_->policy.choose(ready_);
  COWBELL_INVARIANT(S13, chosen < ready_.size());
  const ReadyFiber next = ready_[chosen];
  ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(chosen));
  const auto* properties = static_cast<const FiberProperties*>(next.fiber->get_properties());
  run_->log.switched({properties == nullptr ? std::string_view() : properties->name, next.number});
  ++since_dispatcher_;
  ++switches_;
  ++steps_;
  return next.fiber;
}

context* Scheduler::dispatcher_turn() {
  if (overtaking_) {
    overtaking_ = false;
    run_->log.overtaken();
    run_->clock.advance();
  }
  for (;;) {
    if (!expire_due()) return come_to_rest(Rest::livelock);
    if (!ready_.empty()) return take_ready();
    if (program_ended_) return come_to_rest(Rest::done);
    if (run_->clock.idle()) return come_to_rest(Rest::deadlock);
    run_->clock.advance();
  }
}

/// False if the limit of steps was passed: what expires may become due again at once, for ever.
bool Scheduler::expire_due() {
  while (run_->clock.due() && steps_ < run_->step_maximum) {
    ++steps_;
    run_->clock.expire_next();
  }
  return steps_ < run_->step_maximum;
}

context* Scheduler::come_to_rest(Rest rest) {
  rest_ = rest;
  return main_;
}

void Scheduler::suspend_until(const std::chrono::steady_clock::time_point& deadline) noexcept {
  // Boost's own sleeping is not used: it would read the real clock.
  COWBELL_INVARIANT(S13, deadline == std::chrono::steady_clock::time_point::max());
  // A run comes to rest before the dispatcher finds nothing, so whoever waits now, outside of a
  // run, waits for ever.
  COWBELL_INVARIANT(S8, has_ready_fibers());
}

}  // namespace cowbell::sim
