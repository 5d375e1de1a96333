// SPDX-License-Identifier: Apache-2.0
// Armed timers in the order in which they expire: a binary heap whose entries know their place.
// What both clocks are made of.
#pragma once

#include <cstdint>
#include <vector>

#include "core/clock.hpp"

namespace cowbell {

class TimerQueue {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }

  /// The deadline of the timer that expires first. Not for an empty queue.
  Time next_deadline() const { return heap_.front()->deadline; }

  void arm(Timer& timer, Time deadline);
  void disarm(Timer& timer);

  /// Takes the first timer off and returns it, still to be expired by the caller.
  Timer& pop();

  /// Forgets all timers without expiring them: for a world that starts anew.
  void clear();

 private:
  static bool before(const Timer& a, const Timer& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.order < b.order;
  }
  void place(std::size_t position, Timer& timer);
  void sift_up(std::size_t position, Timer& timer);
  void sift_down(std::size_t position, Timer& timer);

  std::vector<Timer*> heap_;
  std::uint64_t armed_ = 0;
};

}  // namespace cowbell
