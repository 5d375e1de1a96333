// SPDX-License-Identifier: Apache-2.0
#include "core/memory_budget.hpp"

#include <string>

#include "core/diff_buffer.hpp"
#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using namespace std::chrono_literals;
using Outcome = MemoryClaim::Outcome;
using test::settle;

class Budget : public ::testing::Test, protected MemoryBudget::Reclaimer {
 protected:
  static constexpr Time kWaitMaximum = 5ms;

  void memory_wanted() override {
    ++wanted;
    if (pool != nullptr) pool->shrink();
  }
  /// A fiber that claims `size` of the budget, and `other_size` of the other one, and writes down
  /// its name when it has them; '!' if the storage was overdue, '.' if a budget was closed.
  void claim(char name, std::uint64_t size, std::uint64_t other_size = 0) {
    fibers.spawn("claimant", [this, name, size, other_size] {
      MemoryClaim claim(clock, clock.now());
      MemoryClaim::Wish wish;
      MemoryClaim::Wish other_wish;
      if (size != 0) claim.add(wish, budget, ByteCount{size});
      if (other_size != 0) claim.add(other_wish, other, ByteCount{other_size});
      const MemoryClaim::Result result = claim.reserve_unless_overdue();
      if (result.outcome == Outcome::reserved) order += name;
      if (result.outcome == Outcome::timed_out) order += '!';
      if (result.outcome == Outcome::closed) order += '.';
    });
    settle();
    clock.advance(1us);  // the next claim comes later
    settle();
  }
  void give_back(MemoryBudget& to, std::uint64_t size) {
    to.give_back(ByteCount{size});
    settle();
  }
  void pass(Time by) {
    clock.advance(by);
    settle();
  }

  FiberStacks stacks;
  FiberGroup fibers{stacks};
  test::ManualClock clock;
  test::Memory memory;
  DiffBufferPool* pool = nullptr;
  int wanted = 0;
  std::string order;
  StorageWatch storage{clock, kWaitMaximum};
  StorageWatch other_storage{clock, kWaitMaximum};
  MemoryBudget budget{storage, ByteCount{100}, *this};
  MemoryBudget other{other_storage, ByteCount{100}, *this};
};

// Method: a large claim waits; a small one that would fit comes later and must not overtake.
TEST_F(Budget, ServesFirstComeFirstServed) {
  claim('a', 80);
  claim('b', 50);
  claim('c', 10);
  EXPECT_EQ(order, "a");
  EXPECT_TRUE(budget.awaited());
  give_back(budget, 80);
  EXPECT_EQ(order, "abc");
  give_back(budget, 60);
}

// Method: one claims of both budgets, each of which others keep busy; its turn comes nevertheless,
// and it holds nothing before: what is left beside its claim goes to those who came later.
TEST_F(Budget, OvertakesNobodyWhoWaitsForTwo) {
  claim('a', 60);
  claim('b', 0, 60);
  claim('X', 50, 50);
  claim('c', 0, 20);
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(budget.used(), ByteCount{60});
  give_back(budget, 60);
  claim('d', 50);  // beside the 50 of X, which lacks the other budget
  claim('e', 10);
  EXPECT_EQ(order, "abd");
  give_back(other, 60);
  EXPECT_EQ(order, "abdXc");
  give_back(budget, 50);
  EXPECT_EQ(order, "abdXce");
  give_back(budget, 60);
  give_back(other, 70);
}

// Method: many claims of both budgets, in turn for the one and for the other more; nothing stands
// still, and time does not pass.
TEST_F(Budget, SendsNobodyRound) {
  claim('a', 100, 100);
  for (char name = 'b'; name <= 'i'; ++name)
    claim(name, name % 2 == 0 ? 90 : 20, name % 2 == 0 ? 20 : 90);
  EXPECT_EQ(order, "a");
  give_back(budget, 100);
  give_back(other, 100);
  for (char name = 'b'; name <= 'i'; ++name) {
    EXPECT_EQ(order.back(), name);
    give_back(budget, name % 2 == 0 ? 90 : 20);
    give_back(other, name % 2 == 0 ? 20 : 90);
  }
}

// Method: storage that owes nothing may be waited for without end; then a request to it is answered
// in time, and another one is not. Whoever waits behind moves up.
TEST_F(Budget, GivesUpWhenTheStorageIsOverdue) {
  claim('a', 80);
  claim('b', 50);
  claim('c', 20, 100);
  pass(20 * kWaitMaximum);
  EXPECT_EQ(order, "a");
  StorageWatch::Request quick;
  storage.submitted(quick);
  pass(kWaitMaximum - 1us);
  StorageWatch::Request slow;
  storage.submitted(slow);
  quick.answered();
  pass(kWaitMaximum - 1us);
  EXPECT_EQ(order, "a");
  pass(1us);
  EXPECT_EQ(order, "a!c");
  EXPECT_GE(wanted, 1);
  slow.answered();
  give_back(budget, 100);
  give_back(other, 100);
}

// Method: a request is old already when the claim comes; then memory comes back, too little of it.
TEST_F(Budget, GivesUpOnlyWhenNothingHasComeForAsLong) {
  StorageWatch::Request slow;
  storage.submitted(slow);
  pass(20 * kWaitMaximum);
  claim('a', 80);
  claim('b', 50);
  pass(kWaitMaximum - 2us);
  EXPECT_EQ(order, "a");
  give_back(budget, 10);
  pass(kWaitMaximum - 1us);
  EXPECT_EQ(order, "a");
  pass(1us);
  EXPECT_EQ(order, "a!");
  slow.answered();
  give_back(budget, 70);
}

// Method: the storage that is overdue belongs to a budget that has room.
TEST_F(Budget, DoesNotGiveUpForAnotherStorage) {
  claim('a', 80);
  StorageWatch::Request request;
  other_storage.submitted(request);
  claim('b', 50, 10);
  pass(20 * kWaitMaximum);
  EXPECT_EQ(order, "a");
  request.answered();
  give_back(budget, 80);
  EXPECT_EQ(order, "ab");
  give_back(budget, 50);
  give_back(other, 10);
}

// Method: everybody who waits, and whoever comes later, is sent away.
TEST_F(Budget, ClosesForThoseWhoWaitAndThoseWhoCome) {
  claim('a', 100);
  claim('b', 1);
  claim('c', 1, 1);
  budget.close();
  settle();
  claim('d', 1);
  EXPECT_EQ(order, "a...");
  EXPECT_EQ(other.used(), ByteCount{0});
  give_back(budget, 100);
}

// Method: free buffers are charged to the budget until somebody needs the room.
TEST_F(Budget, GetsBackWhatThePoolKeepsFree) {
  DiffBufferPool buffers(memory, budget, ByteCount{60}, 4);
  pool = &buffers;
  claim('p', 60);
  buffers.put(buffers.get());
  EXPECT_EQ(buffers.free_buffers(), 1u);
  EXPECT_EQ(budget.used(), ByteCount{60});
  claim('a', 90);
  EXPECT_EQ(order, "pa");
  EXPECT_EQ(buffers.free_buffers(), 0u);
  EXPECT_EQ(memory.in_use, 0u);
  budget.give_back(ByteCount{90});
}

// Method: more buffers come back than the pool may keep.
TEST_F(Budget, KeepsNoMoreFreeBuffersThanAllowed) {
  DiffBufferPool buffers(memory, budget, ByteCount{10}, 2);
  claim('p', 30);
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
