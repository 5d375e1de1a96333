// SPDX-License-Identifier: Apache-2.0
#include "core/timer_queue.hpp"

#include "core/invariant.hpp"

namespace cowbell {

void TimerQueue::place(std::size_t position, Timer& timer) {
  heap_[position] = &timer;
  timer.position = position;
}

void TimerQueue::sift_up(std::size_t position, Timer& timer) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!before(timer, *heap_[parent])) break;
    place(position, *heap_[parent]);
    position = parent;
  }
  place(position, timer);
}

void TimerQueue::sift_down(std::size_t position, Timer& timer) {
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
    if (!before(*heap_[child], timer)) break;
    place(position, *heap_[child]);
    position = child;
  }
  place(position, timer);
}

void TimerQueue::arm(Timer& timer, Time deadline) {
  COWBELL_INVARIANT(S8, !timer.armed());
  timer.deadline = deadline;
  timer.order = armed_++;
  heap_.push_back(&timer);
  sift_up(heap_.size() - 1, timer);
}

void TimerQueue::disarm(Timer& timer) {
  COWBELL_INVARIANT(S8, timer.armed());
  const std::size_t position = timer.position;
  timer.position = Timer::kNotArmed;
  Timer& last = *heap_.back();
  heap_.pop_back();
  if (&last == &timer) return;
  if (position > 0 && before(last, *heap_[(position - 1) / 2]))
    sift_up(position, last);
  else
    sift_down(position, last);
}

Timer& TimerQueue::pop() {
  Timer& first = *heap_.front();
  disarm(first);
  // S13: one order of expiry, whatever the heap went through.
  COWBELL_INVARIANT(S13, heap_.empty() || before(first, *heap_.front()));
  return first;
}

void TimerQueue::clear() {
  for (Timer* timer : heap_) timer->position = Timer::kNotArmed;
  heap_.clear();
  armed_ = 0;
}

}  // namespace cowbell
