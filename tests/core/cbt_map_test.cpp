// SPDX-License-Identifier: Apache-2.0
#include "core/cbt_map.hpp"

#include <gtest/gtest.h>

namespace cowbell {
namespace {

constexpr SectorCount kGiB{1 << 21};

Params with_tracking(std::uint64_t minimum, std::uint64_t maximum, std::uint64_t count) {
  Params params;
  params.tracking_block_minimum_shift = minimum;
  params.tracking_block_maximum_shift = maximum;
  params.tracking_block_maximum_count = count;
  return params;
}

std::vector<int> bytes_of(const CbtMap& map) {
  return {map.generations().begin(), map.generations().end()};
}

class Map : public ::testing::Test {
 protected:
  /// Five blocks of 4 KiB, the last one of one sector.
  CbtMap map{*std::pmr::new_delete_resource(), SectorCount{33}, ByteCount{4096}};
};

// Method: from few large enough blocks to a count that no permitted size reaches.
TEST(TrackingBlock, DoublesWhileThereWouldBeTooMany) {
  EXPECT_EQ(choose_tracking_block({}, kGiB).value, 1u << 16);
  EXPECT_EQ(choose_tracking_block(with_tracking(12, 20, 1 << 18), kGiB).value, 1u << 12);
  EXPECT_EQ(choose_tracking_block(with_tracking(12, 20, (1 << 18) - 1), kGiB).value, 1u << 13);
  EXPECT_EQ(choose_tracking_block(with_tracking(12, 20, 1), kGiB).value, 1u << 20);
  const SectorCount a_sector_more{kGiB.value + 1};
  EXPECT_EQ(choose_tracking_block(with_tracking(12, 20, 1 << 18), a_sector_more).value, 1u << 13);
}

// Method: the default parameters and the largest device that is promised.
TEST(TrackingBlock, StopsAtItsMaximum) {
  EXPECT_EQ(choose_tracking_block({}, SectorCount{std::uint64_t{1} << 39}).value, 1u << 26);
}

// Method: ranges inside a block, across a border, up to the short last block.
TEST_F(Map, RecordsTheBlocksThatARangeTouches) {
  EXPECT_EQ(bytes_of(map), (std::vector<int>{0, 0, 0, 0, 0}));
  EXPECT_TRUE(map.record({{7}, {1}}, 1));
  EXPECT_EQ(bytes_of(map), (std::vector<int>{1, 0, 0, 0, 0}));
  EXPECT_TRUE(map.record({{15}, {2}}, 2));
  EXPECT_EQ(bytes_of(map), (std::vector<int>{1, 2, 2, 0, 0}));
  EXPECT_TRUE(map.record({{31}, {2}}, 3));
  EXPECT_EQ(bytes_of(map), (std::vector<int>{1, 2, 2, 3, 3}));
  EXPECT_EQ(map.lost(), 0);
}

TEST_F(Map, RangesEndWhereTheDeviceDoes) {
  EXPECT_EQ(map.range_of(1, 2), (SectorRange{{8}, {16}}));
  EXPECT_EQ(map.range_of(3, 2), (SectorRange{{24}, {9}}));
}

// Method: a device that grew: a change half inside, then one beyond, then one inside again.
TEST_F(Map, LosesWhatLiesPastItsCapacity) {
  EXPECT_FALSE(map.record({{24}, {16}}, 4));
  EXPECT_EQ(bytes_of(map), (std::vector<int>{0, 0, 0, 4, 4}));
  EXPECT_EQ(map.lost(), 4);
  EXPECT_FALSE(map.record({{40}, {8}}, 5));
  EXPECT_EQ(bytes_of(map), (std::vector<int>{0, 0, 0, 4, 4}));
  EXPECT_TRUE(map.record({{0}, {1}}, 6));
  EXPECT_EQ(map.lost(), 5);
}

// Method: a copy keeps what the original had, whatever happens to that one.
TEST_F(Map, CopiesKeepTheirState) {
  map.record({{0}, {64}}, 7);
  CbtMap copy{*std::pmr::new_delete_resource(), SectorCount{33}, ByteCount{4096}};
  copy.copy_from(map);
  map.clear();
  EXPECT_EQ(bytes_of(copy), (std::vector<int>{7, 7, 7, 7, 7}));
  EXPECT_EQ(copy.lost(), 7);
  EXPECT_EQ(bytes_of(map), (std::vector<int>{0, 0, 0, 0, 0}));
  EXPECT_EQ(map.lost(), 0);
}

TEST(MapOfAnEmptyDevice, HasNoBlocks) {
  CbtMap map{*std::pmr::new_delete_resource(), SectorCount{0}, ByteCount{4096}};
  EXPECT_EQ(map.block_count(), 0u);
  EXPECT_FALSE(map.record({{0}, {1}}, 1));
}

}  // namespace
}  // namespace cowbell
