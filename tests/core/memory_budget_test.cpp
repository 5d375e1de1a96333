// SPDX-License-Identifier: Apache-2.0
#include "core/memory_budget.hpp"

#include <string>

#include "core/diff_buffer.hpp"
#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using namespace std::chrono_literals;
using Outcome = MemoryBudget::Outcome;
using test::settle;

class Budget : public ::testing::Test, protected MemoryBudget::Reclaimer {
 protected:
  void memory_wanted() override {
    ++wanted;
    if (pool != nullptr) pool->shrink();
  }
  void reserve(std::uint64_t size, char name, Time deadline = kForever) {
    fibers.spawn("reserver", [this, size, name, deadline] {
      const Outcome outcome = budget.reserve(ByteCount{size}, deadline);
      if (outcome == Outcome::reserved) order += name;
      if (outcome == Outcome::timed_out) order += '!';
      if (outcome == Outcome::closed) order += '.';
    });
    settle();
  }
  FiberStacks stacks;
  FiberGroup fibers{stacks};
  test::ManualClock clock;
  test::Memory memory;
  DiffBufferPool* pool = nullptr;
  int wanted = 0;
  std::string order;
  MemoryBudget budget{clock, ByteCount{100}, *this};
};

// Method: a large reservation waits; a small one that would fit comes later and must not overtake.
TEST_F(Budget, ServesFirstComeFirstServed) {
  reserve(80, 'a');
  reserve(50, 'b');
  reserve(10, 'c');
  EXPECT_EQ(order, "a");
  EXPECT_TRUE(budget.awaited());
  EXPECT_FALSE(budget.try_reserve(ByteCount{1}));
  budget.give_back(ByteCount{80});
  settle();
  EXPECT_EQ(order, "abc");
  budget.give_back(ByteCount{60});
}

// Method: the first waiter gives up; the one behind it moves up and is served.
TEST_F(Budget, LetsTheNextMoveUpAfterADeadline) {
  reserve(80, 'a');
  reserve(50, 'b', 5ms);
  reserve(20, 'c');
  clock.advance(5ms);
  settle();
  EXPECT_EQ(order, "a!c");
  EXPECT_GE(wanted, 1);
  budget.give_back(ByteCount{100});
}

// Method: everybody who waits, and whoever comes later, is sent away.
TEST_F(Budget, ClosesForThoseWhoWaitAndThoseWhoCome) {
  reserve(100, 'a');
  reserve(1, 'b');
  reserve(1, 'c');
  budget.close();
  settle();
  reserve(1, 'd');
  EXPECT_EQ(order, "a...");
  budget.give_back(ByteCount{100});
}

// Method: free buffers are charged to the budget until somebody needs the room.
TEST_F(Budget, GetsBackWhatThePoolKeepsFree) {
  DiffBufferPool buffers(memory, budget, ByteCount{60}, 4);
  pool = &buffers;
  ASSERT_TRUE(budget.try_reserve(ByteCount{60}));
  buffers.put(buffers.get());
  EXPECT_EQ(buffers.free_buffers(), 1u);
  EXPECT_EQ(budget.used(), ByteCount{60});
  reserve(90, 'a');
  EXPECT_EQ(order, "a");
  EXPECT_EQ(buffers.free_buffers(), 0u);
  EXPECT_EQ(memory.in_use, 0u);
  budget.give_back(ByteCount{90});
}

// Method: more buffers come back than the pool may keep.
TEST_F(Budget, KeepsNoMoreFreeBuffersThanAllowed) {
  DiffBufferPool buffers(memory, budget, ByteCount{10}, 2);
  ASSERT_TRUE(budget.try_reserve(ByteCount{30}));
  std::byte* taken[] = {buffers.get(), buffers.get(), buffers.get()};
  for (std::byte* buffer : taken) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer) % 4096, 0u);
    buffers.put(buffer);
  }
  EXPECT_EQ(buffers.free_buffers(), 2u);
  EXPECT_EQ(budget.used(), ByteCount{20});
}

// Method: metadata past its limit is refused and charged to nobody.
TEST(LimitedMemory, RefusesPastItsLimit) {
  test::Memory memory;
  LimitedMemory limited(memory, ByteCount{100});
  void* first = limited.allocate(100);
  EXPECT_THROW((void)limited.allocate(1), std::bad_alloc);
  EXPECT_EQ(limited.used(), ByteCount{100});
  limited.deallocate(first, 100);
  EXPECT_EQ(limited.used(), ByteCount{0});
}

}  // namespace
}  // namespace cowbell
