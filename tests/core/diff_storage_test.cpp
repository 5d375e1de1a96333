// SPDX-License-Identifier: Apache-2.0
#include "core/diff_storage.hpp"

#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using test::settle;

class Storage : public ::testing::Test {
 protected:
  // 64 sectors a step: growth is wanted when 32 are left.
  void make(std::size_t size, std::optional<SectorCount> limit) {
    backing = std::make_unique<test::Device>(size);
    storage = std::make_unique<DiffStorage>(environment, *backing, limit, SectorCount{64},
                                            *events.reserve(EventKind::low_space, 1, 0),
                                            std::chrono::seconds(5));
  }
  void TearDown() override {
    if (started) storage->stop();
  }
  void start() {
    storage->start();
    started = true;
  }
  test::ManualClock clock;
  test::Memory memory;
  FiberStacks stacks;
  Environment environment{clock, memory, stacks};
  EventQueue events{memory};
  std::unique_ptr<test::Device> backing;
  std::unique_ptr<DiffStorage> storage;
  bool started = false;
};

// Method: an empty file gets its first step at setup, within its limit.
TEST_F(Storage, GrowsAtSetupWhenItIsTooSmall) {
  make(0, SectorCount{48});
  EXPECT_EQ(storage->set_up(), Errc::none);
  EXPECT_EQ(storage->capacity(), SectorCount{48});
}

// Method: a file that is longer than its limit is refused, not filled past it.
TEST_F(Storage, RefusesAFilePastItsLimit) {
  make(65536, SectorCount{64});
  EXPECT_EQ(storage->set_up(), Errc::no_space);
}

// Method: extents are taken until half a step is left; growth runs beside, and nothing overlaps.
TEST_F(Storage, GrowsInStepsBeforeItIsFull) {
  make(32768, {});
  ASSERT_EQ(storage->set_up(), Errc::none);
  start();
  EXPECT_EQ(storage->allocate(SectorCount{24}), Sector{0});
  EXPECT_FALSE(events.poll());
  EXPECT_EQ(storage->allocate(SectorCount{8}), Sector{24});
  EXPECT_EQ(events.poll()->kind, EventKind::low_space);
  settle();
  EXPECT_EQ(storage->capacity(), SectorCount{128});
  EXPECT_EQ(storage->allocate(SectorCount{64}), Sector{32});
}

// Method: room runs low, a growth makes more, and that runs low as well.
TEST_F(Storage, TellsThatSpaceIsLowAgainAfterAGrowth) {
  make(32768, {});
  ASSERT_EQ(storage->set_up(), Errc::none);
  start();
  for (int step = 0; step < 3; ++step) {
    ASSERT_TRUE(storage->allocate(SectorCount{40}));
    ASSERT_TRUE(events.poll()) << step;
    EXPECT_FALSE(events.poll()) << "told once";
    settle();
    ASSERT_TRUE(storage->allocate(SectorCount{24}));
    EXPECT_FALSE(events.poll());
  }
}

// Method: growth is refused once, and asked for again at the next need (growth-never-retried).
TEST_F(Storage, AsksAgainAfterARefusedGrowth) {
  make(32768, {});
  ASSERT_EQ(storage->set_up(), Errc::none);
  start();
  backing->grow_error = Errc::no_space;
  ASSERT_TRUE(storage->allocate(SectorCount{64}));
  settle();
  EXPECT_EQ(storage->allocate(SectorCount{8}).error(), Errc::no_space);
  EXPECT_EQ(storage->capacity(), SectorCount{64}) << "a refused growth grants nothing (S10)";
  backing->grow_error = Errc::none;
  EXPECT_EQ(storage->allocate(SectorCount{8}), Sector{64});
}

// Method: a growth that finds the backing gone, then one that fails otherwise.
TEST_F(Storage, SaysThatTheBackingHasGoneIfThatIsWhyThereIsNoRoom) {
  make(32768, {});
  ASSERT_EQ(storage->set_up(), Errc::none);
  start();
  backing->grow_error = Errc::no_device;
  EXPECT_EQ(storage->allocate(SectorCount{64}), Sector{0}) << "what is granted is given out";
  EXPECT_EQ(storage->allocate(SectorCount{8}).error(), Errc::no_device);
  backing->grow_error = Errc::io;
  settle();
  EXPECT_EQ(storage->allocate(SectorCount{8}).error(), Errc::no_space);
}

// Method: a chunk that does not fit leaves room for a smaller one (overflow-is-sticky-for-all).
TEST_F(Storage, StillServesWhatFitsAfterAnOverflow) {
  make(32768, SectorCount{64});
  ASSERT_EQ(storage->set_up(), Errc::none);
  start();
  ASSERT_TRUE(storage->allocate(SectorCount{56}));
  EXPECT_EQ(storage->allocate(SectorCount{16}).error(), Errc::no_space);
  EXPECT_EQ(storage->allocate(SectorCount{8}), Sector{56});
  EXPECT_EQ(backing->growths, 0);
}

}  // namespace
}  // namespace cowbell
