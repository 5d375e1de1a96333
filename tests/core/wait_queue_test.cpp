// SPDX-License-Identifier: Apache-2.0
#include "core/wait_queue.hpp"

#include <string>

#include "core/fiber.hpp"
#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using namespace std::chrono_literals;
using test::settle;

class Waiting : public ::testing::Test {
 protected:
  FiberStacks stacks;
  FiberGroup fibers{stacks};
  test::ManualClock clock;
  WaitQueue queue{"a test"};
  std::string order;
};

// Method: three fibers wait; each wake is for the one that came first.
TEST_F(Waiting, WakesInTheOrderOfArrival) {
  for (char name : {'a', 'b', 'c'})
    fibers.spawn("waiter", [&, name] {
      queue.wait();
      order += name;
    });
  settle();
  EXPECT_TRUE(queue.wake_one());
  settle();
  EXPECT_EQ(order, "a");
  queue.wake_all();
  fibers.join();
  EXPECT_EQ(order, "abc");
  EXPECT_FALSE(queue.wake_one());
}

// Method: one deadline passes, the other waiter is woken before its own.
TEST_F(Waiting, TellsADeadlineFromAWake) {
  bool late = true;
  bool woken = false;
  fibers.spawn("late", [&] { late = queue.wait_until(clock, 10ms); });
  fibers.spawn("woken", [&] { woken = queue.wait_until(clock, 20ms); });
  settle();
  clock.advance(10ms);
  settle();
  EXPECT_FALSE(late);
  EXPECT_TRUE(queue.wake_one());
  fibers.join();
  EXPECT_TRUE(woken);
  clock.advance(1s);  // the timer of the woken one has been disarmed
}

// Method: the lock changes hands while a third fiber tries to slip in between.
TEST_F(Waiting, HandsALockOverWithoutAGap) {
  HandoverLock lock{"a lock"};
  lock.lock();
  fibers.spawn("next", [&] {
    lock.lock();
    order += "next";
  });
  settle();
  lock.unlock();
  EXPECT_FALSE(lock.try_lock()) << "the lock was free for a moment";
  fibers.join();
  EXPECT_EQ(order, "next");
  lock.unlock();
  EXPECT_FALSE(lock.locked());
}

}  // namespace
}  // namespace cowbell
