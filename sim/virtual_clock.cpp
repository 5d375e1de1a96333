// SPDX-License-Identifier: Apache-2.0
#include "sim/virtual_clock.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell::sim {

void VirtualClock::restart(ClockObserver* observer) {
  // S11: a timer that is still armed belongs to a wait or a request that nobody ended.
  COWBELL_INVARIANT(S11, timers_.empty());
  timers_.clear();
  now_ = {};
  observer_ = observer;
}

void VirtualClock::expire_next() {
  Timer& timer = timers_.pop();
  timer.expire(timer);
}

void VirtualClock::advance() {
  if (observer_ != nullptr) observer_->advancing();
  now_ = std::max(now_, timers_.next_deadline());
}

}  // namespace cowbell::sim
