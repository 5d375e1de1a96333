// SPDX-License-Identifier: Apache-2.0
#include "sim/sector_store.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cowbell::sim {
namespace {

constexpr std::uint64_t kTerabyte = std::uint64_t{1} << 31;  // in sectors

class SectorStoreTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { store_.restart(GetParam()); }

  static std::span<const Segment> as_segments(Segment& segment, std::string& memory) {
    segment = {reinterpret_cast<std::byte*>(memory.data()), memory.size()};
    return {&segment, 1};
  }
  void write(std::uint64_t first, std::uint64_t count, char fill) {
    std::string memory(count * kSectorSize, fill);
    Segment segment;
    store_.write({{first}, {count}}, as_segments(segment, memory), 0);
  }
  /// The first and the last carried byte of each sector.
  std::string read(std::uint64_t first, std::uint64_t count) {
    std::string memory(count * kSectorSize, '?');
    Segment segment;
    store_.read({{first}, {count}}, as_segments(segment, memory), 0);
    std::string seen;
    for (std::uint64_t i = 0; i < count; ++i) {
      seen += memory[i * kSectorSize];
      seen += memory[i * kSectorSize + store_.stride() - 1];
    }
    for (char& byte : seen)
      if (byte == '\0') byte = '.';
    return seen;
  }

  SectorPages pages_;
  SectorStore store_{pages_};
};

INSTANTIATE_TEST_SUITE_P(Strides, SectorStoreTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "WholeBodies" : "Tags"; });

// Method: writes that overlap, over the border of two pages.
TEST_P(SectorStoreTest, ReturnsWhatWasWrittenLast) {
  write(60, 8, 'a');
  write(63, 2, 'b');
  EXPECT_EQ(read(59, 10), "..aaaaaabbbbaaaaaa..");
}

// Method: the ends of a device of 256 TiB.
TEST_P(SectorStoreTest, IsSparse) {
  const std::uint64_t end = 256 * kTerabyte;
  write(0, 1, 'a');
  write(end - 1, 1, 'z');
  EXPECT_EQ(read(0, 2), "aa..");
  EXPECT_EQ(read(end - 2, 2), "..zz");
  EXPECT_EQ(read(128 * kTerabyte, 1), "..");
}

// Method: zeroes over part of a page, over several, and over a whole huge device.
TEST_P(SectorStoreTest, ZeroesARange) {
  write(0, 200, 'a');
  store_.zero({{10}, {2}});
  EXPECT_EQ(read(9, 4), "aa....aa");
  store_.zero({{50}, {100}});
  EXPECT_EQ(read(49, 2) + read(149, 2), "aa....aa");
  write(100 * kTerabyte, 1, 'b');
  store_.zero({{1}, {256 * kTerabyte - 1}});
  EXPECT_EQ(read(0, 2) + read(199, 1) + read(100 * kTerabyte, 1), "aa......");
}

// Method: memory in three segments, read back at an offset.
TEST_P(SectorStoreTest, FollowsTheSegmentsOfARequest) {
  std::string one(2 * kSectorSize, 'a');
  std::string two(kSectorSize, 'b');
  std::string three(3 * kSectorSize, 'c');
  const auto piece = [](std::string& memory) {
    return Segment{reinterpret_cast<std::byte*>(memory.data()), memory.size()};
  };
  const std::array<Segment, 3> segments{piece(one), piece(two), piece(three)};
  store_.write({{7}, {6}}, segments, 0);
  EXPECT_EQ(read(7, 6), "aaaabbcccccc");
  store_.write({{20}, {3}}, segments, kSectorSize);
  EXPECT_EQ(read(20, 3), "aabbcc");
  store_.read({{12}, {2}}, segments, 2 * kSectorSize);
  EXPECT_EQ(two[0], 'c');
  EXPECT_EQ(three[0], '\0');
}

// Method: a store that starts again, with pages that others have used.
TEST_P(SectorStoreTest, IsEmptyAgainAfterARestart) {
  write(0, 128, 'a');
  write(200 * kTerabyte, 1, 'a');
  store_.restart(GetParam());
  EXPECT_EQ(read(0, 1) + read(127, 1) + read(200 * kTerabyte, 1), "......");
  write(5, 1, 'b');
  EXPECT_EQ(read(4, 3), "..bb..");
}

}  // namespace
}  // namespace cowbell::sim
