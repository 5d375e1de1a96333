// SPDX-License-Identifier: Apache-2.0
#include "core/event_queue.hpp"

#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using namespace std::chrono_literals;
using test::settle;

class Events : public ::testing::Test {
 protected:
  EventQueue::Slot reserve(EventKind kind, std::uint64_t snapshot = 1) {
    return *events.reserve(kind, snapshot, 0);
  }
  test::ManualClock clock;
  test::Memory memory;
  FiberStacks stacks;
  EventQueue events{memory};
};

// Method: one waiter whose deadline passes, and one who is there when an event is told.
TEST_F(Events, WakeWhoWaitsForThem) {
  EventQueue::Slot slot = reserve(EventKind::corrupted);
  std::optional<Event> early, late;
  FiberGroup fibers(stacks);
  fibers.spawn("early", [&] { early = events.wait(clock, 1s); });
  settle();
  clock.advance(1s);
  settle();
  fibers.spawn("late", [&] { late = events.wait(clock, kForever); });
  settle();
  slot.tell(Errc::io);
  fibers.join();
  EXPECT_FALSE(early);
  EXPECT_EQ(late, (Event{EventKind::corrupted, 1, 0, Errc::io}));
}

// Method: told with no memory to be had, and once more before it is read.
TEST_F(Events, AreToldWithoutMemoryAndKeepTheirFirstCause) {
  EventQueue::Slot slot = reserve(EventKind::corrupted);
  memory.refusing = true;
  slot.tell(Errc::no_memory);
  slot.tell(Errc::io);
  memory.refusing = false;
  EXPECT_EQ(events.poll()->cause, Errc::no_memory);
  EXPECT_FALSE(events.poll());
  slot.tell(Errc::io);
  EXPECT_EQ(events.poll()->cause, Errc::io) << "read in between: it is told again";
}

// Method: snapshots go before their events are read; the order is that in which they were told.
TEST_F(Events, OutliveTheirSnapshots) {
  {
    EventQueue::Slot first = reserve(EventKind::low_space, 1);
    EventQueue::Slot second = reserve(EventKind::overflow, 2);
    EventQueue::Slot never = reserve(EventKind::corrupted, 3);
    second.tell(Errc::no_space);
    first.tell(Errc::no_space);
  }
  EXPECT_EQ(events.poll()->snapshot, 2u);
  EXPECT_EQ(events.poll()->snapshot, 1u);
  EXPECT_FALSE(events.poll());
  EXPECT_EQ(memory.in_use, 0u);
}

// Method: as many unread ones as may be left behind; one is read.
TEST_F(Events, AreFullOfWhatNobodyReads) {
  for (std::uint32_t i = 0; i < EventQueue::kLeftBehindMaximum; ++i) {
    EXPECT_FALSE(events.full());
    reserve(EventKind::low_space, i).tell(Errc::no_space);
  }
  EXPECT_TRUE(events.full());
  ASSERT_TRUE(events.poll());
  EXPECT_FALSE(events.full());
}

}  // namespace
}  // namespace cowbell
