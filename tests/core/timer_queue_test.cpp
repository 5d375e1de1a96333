// SPDX-License-Identifier: Apache-2.0
#include "core/timer_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <pcg_random.hpp>

namespace cowbell {
namespace {

// Method: random arming, disarming and expiry, compared with an ordered map that cannot be wrong.
TEST(TimerQueue, ExpiresInTheOrderOfDeadlineThenOfArming) {
  pcg32 random(7);
  std::array<Timer, 64> timers;
  std::map<std::pair<std::int64_t, std::uint64_t>, Timer*> expected;
  std::map<Timer*, std::pair<std::int64_t, std::uint64_t>> keys;
  TimerQueue queue;
  std::uint64_t armed = 0;
  for (int step = 0; step < 20000; ++step) {
    Timer& timer = timers[random(64)];
    if (!timer.armed()) {
      const std::int64_t deadline = random(16);
      queue.arm(timer, Time(deadline));
      keys[&timer] = {deadline, armed++};
      expected[keys[&timer]] = &timer;
    } else if (random(2) == 0) {
      queue.disarm(timer);
      expected.erase(keys[&timer]);
    } else {
      ASSERT_EQ(queue.next_deadline().count(), expected.begin()->first.first);
      ASSERT_EQ(&queue.pop(), expected.begin()->second);
      expected.erase(expected.begin());
    }
    ASSERT_EQ(queue.size(), expected.size());
  }
}

}  // namespace
}  // namespace cowbell
