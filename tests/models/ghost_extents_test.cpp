// SPDX-License-Identifier: Apache-2.0
#include "models/ghost_extents.hpp"

#include <gtest/gtest.h>

namespace cowbell::model {
namespace {

StorageSpec file(std::uint64_t size, std::optional<std::uint64_t> limit) {
  StorageSpec spec;
  spec.size = {size};
  if (limit) spec.limit = SectorCount{*limit};
  return spec;
}

LiveExtent extent(std::uint64_t first, std::uint64_t count) {
  return {0, {{0}, {count}}, {{first}, {count}}};
}

class GhostStorageTest : public testing::Test {
 protected:
  void write(std::uint64_t first, std::uint64_t count) {
    Bio bio;
    bio.operation = Operation::write;
    bio.range = {{first}, {count}};
    ghost.submitted(bio, Time{});
    ghost.answered(bio, Time{});
  }
  std::optional<std::string> check(std::vector<LiveExtent> extents) { return ghost.check(extents); }

  StorageSpec spec = file(64, 128);
  GhostStorage ghost;
  void SetUp() override { ghost.begin(spec); }
};

TEST_F(GhostStorageTest, AcceptsExtentsThatTouchWithoutOverlapping) {
  EXPECT_FALSE(check({extent(8, 8), extent(0, 8), extent(56, 8)}));
}

TEST_F(GhostStorageTest, FindsExtentsThatOverlap) {
  EXPECT_TRUE(check({extent(0, 8), extent(7, 8)}));
  EXPECT_TRUE(check({extent(0, 8), extent(0, 8)}));
}

// Method: past what is granted, then granted, then past the limit although it was granted.
TEST_F(GhostStorageTest, FindsExtentsOutsideOfGrantedSpaceOrLimit) {
  EXPECT_TRUE(check({extent(60, 8)}));
  ghost.granted({128});
  EXPECT_FALSE(check({extent(60, 8)}));
  ghost.granted({192});
  EXPECT_TRUE(check({extent(0, 8)}));
}

TEST_F(GhostStorageTest, FindsRequestsPastWhatIsGranted) {
  Bio bio;
  bio.operation = Operation::read;
  bio.range = {{60}, {8}};
  EXPECT_FALSE(ghost.submitted(bio, Time{}));
  ghost.answered(bio, Time{});
  bio.range = {{56}, {8}};
  EXPECT_TRUE(ghost.submitted(bio, Time{}));
  EXPECT_EQ(ghost.open_requests(), 1u);
  ghost.answered(bio, Time{});
  EXPECT_EQ(ghost.open_requests(), 0u);
}

// Method: the limit is 128 sectors; what is written twice counts once.
TEST_F(GhostStorageTest, ExcusesAnOverflowOnlyWhenThereWasNoRoom) {
  write(0, 64);
  write(32, 32);
  write(80, 16);
  EXPECT_FALSE(ghost.could_overflow({48}, false));
  EXPECT_TRUE(ghost.could_overflow({49}, false));
  EXPECT_TRUE(ghost.could_overflow({8}, true)) << "growth had failed";
}

TEST_F(GhostStorageTest, NeverExcusesAnOverflowOfAFileWithoutLimit) {
  const StorageSpec endless = file(0, std::nullopt);
  ghost.begin(endless);
  write(0, 1 << 20);
  EXPECT_FALSE(ghost.could_overflow({1 << 20}, false));
}

// Method: 64 sectors, with no limit, one that is smaller and one that is larger; growth, which
// cannot have failed, excuses nothing.
TEST_F(GhostStorageTest, KnowsThatABlockDeviceEndsAtItsSizeOrItsLimit) {
  for (const auto& [limit, room] : {std::pair{std::optional<std::uint64_t>{}, 64},
                                    std::pair{std::optional<std::uint64_t>{48}, 48},
                                    std::pair{std::optional<std::uint64_t>{128}, 64}}) {
    StorageSpec device = file(64, limit);
    device.kind = StorageKind::device;
    ghost.begin(device);
    const std::uint64_t end = static_cast<std::uint64_t>(room);
    EXPECT_EQ(ghost.room(), SectorCount{end});
    EXPECT_FALSE(check({extent(end - 8, 8)}));
    EXPECT_TRUE(check({extent(end - 7, 8)}));
    Bio bio;
    bio.operation = Operation::read;
    bio.range = {{end - 7}, {8}};
    EXPECT_FALSE(ghost.submitted(bio, Time{}));
    ghost.answered(bio, Time{});
    write(0, end - 8);
    EXPECT_FALSE(ghost.could_overflow({8}, true));
    EXPECT_TRUE(ghost.could_overflow({9}, false));
  }
}

// Method: one request answered after 3 ms, another open for 5 ms.
TEST_F(GhostStorageTest, KnowsTheLongestRequest) {
  Bio first;
  Bio second;
  first.operation = second.operation = Operation::flush;
  ghost.submitted(first, std::chrono::milliseconds(1));
  ghost.submitted(second, std::chrono::milliseconds(2));
  ghost.answered(first, std::chrono::milliseconds(4));
  EXPECT_EQ(ghost.longest(std::chrono::milliseconds(4)), std::chrono::milliseconds(3));
  EXPECT_EQ(ghost.longest(std::chrono::milliseconds(7)), std::chrono::milliseconds(5));
}

TEST_F(GhostStorageTest, KnowsWhatTheStorageLiedAbout) {
  ghost.lied({{8}, {8}});
  EXPECT_TRUE(ghost.lied_about({{15}, {1}}));
  EXPECT_FALSE(ghost.lied_about({{16}, {8}}));
}

}  // namespace
}  // namespace cowbell::model
