// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/statistics.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/bench/load.hpp"

namespace cowbell::bench {
namespace {

std::vector<double> up_to(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

// Method: an odd and an even number of values, in disorder.
TEST(Statistics, TheMedianIsInTheMiddle) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({7}), 7);
}

// Method: the values 1 to 9.
TEST(Statistics, TheMiddleHalfLeavesOutAQuarterOnEachSide) {
  const Interval half = middle_half(up_to(9));
  EXPECT_EQ(half.low, 3);
  EXPECT_EQ(half.high, 7);
}

// Method: the ranks that tables of the sign test give for 95 % (the interval is one rank shorter
// where that would leave less).
TEST(Statistics, TheIntervalOfTheMedianGoesByRanks) {
  const struct {
    std::size_t count;
    double low;
  } kTable[]{{6, 1}, {9, 2}, {15, 4}, {20, 6}, {30, 10}, {41, 14}};
  for (const auto& row : kTable) {
    const Interval interval = median_interval(up_to(row.count));
    EXPECT_EQ(interval.low, row.low) << row.count;
    EXPECT_EQ(interval.high, static_cast<double>(row.count) + 1 - row.low) << row.count;
  }
}

// Method: too few values for any interval: all of them are in it.
TEST(Statistics, FewValuesGiveTheWidestInterval) {
  for (std::size_t count = 1; count < 6; ++count) {
    EXPECT_EQ(median_interval(up_to(count)).low, 1);
    EXPECT_EQ(median_interval(up_to(count)).high, static_cast<double>(count));
  }
}

// Method: numbers of places with and without small factors.
TEST(Scattered, MeetsEachPlaceOnceAndNoNeighboursOneAfterTheOther) {
  for (const std::uint64_t count : {16u, 100u, 618u, 1000u, 4096u}) {
    const SectorRange range{{8}, to_sectors(ByteCount{4096} * count)};
    std::vector<Sector> places = scattered(range, {4096});
    for (std::size_t i = 1; i < places.size(); ++i)
      EXPECT_NE(places[i].value, places[i - 1].value + 8) << count;
    std::sort(places.begin(), places.end());
    EXPECT_EQ(places, ascending(range, {4096})) << count;
  }
}

}  // namespace
}  // namespace cowbell::bench
