// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "replay/latency_histogram.hpp"
#include "replay/range_union.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

// Method: overlapping, touching, nested, empty and separate ranges, out of order.
TEST(RangeUnion, JoinsWhatOverlapsOrTouches) {
  const auto joined =
      range_union({{{20}, {5}}, {{0}, {4}}, {{4}, {4}}, {{21}, {1}}, {{22}, {8}}, {{90}, {0}}});
  EXPECT_EQ(joined, (std::vector<SectorRange>{{{0}, {8}}, {{20}, {10}}}));
  EXPECT_EQ(total(joined).value, 18u);
  EXPECT_TRUE(range_union({}).empty());
}

// Method: values at the borders between units.
TEST(Text, SizesCountsTimesAndSharesReadWell) {
  EXPECT_EQ(format_bytes({0}), "0 B");
  EXPECT_EQ(format_bytes({1023}), "1023 B");
  EXPECT_EQ(format_bytes({4096}), "4 KiB");
  EXPECT_EQ(format_bytes({1536 * 1024}), "1.5 MiB");
  EXPECT_EQ(format_bytes({~std::uint64_t{0}}), "16.0 EiB");
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1'000), "1,000");
  EXPECT_EQ(format_count(1'234'567), "1,234,567");
  EXPECT_EQ(format_time(Time(950)), "950 ns");
  EXPECT_EQ(format_time(Time(12'345)), "12.3 us");
  EXPECT_EQ(format_time(Time(999'600)), "1.00 ms");
  EXPECT_EQ(format_time(Time(4'567'000)), "4.57 ms");
  EXPECT_EQ(format_time(std::chrono::seconds(75)), "75.0 s");
  EXPECT_EQ(format_share(1, 8), "12.5 %");
  EXPECT_EQ(format_share(0, 0), "-");
}

// Method: small values, which have a bucket each.
TEST(LatencyHistogram, SmallLatenciesAreExact) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.percentile(50), Time(0));
  for (int i = 1; i <= 50; ++i) histogram.record(Time(i));
  EXPECT_EQ(histogram.percentile(50), Time(25));
  EXPECT_EQ(histogram.percentile(90), Time(45));
  EXPECT_EQ(histogram.percentile(100), Time(50));
  EXPECT_EQ(histogram.count(), 50u);
}

// Method: each value alone beside a larger one, over the whole range of times.
TEST(LatencyHistogram, LargeLatenciesAreAtMostOneThirtySecondTooHigh) {
  for (unsigned shift = 0; shift < 62; ++shift) {
    for (const std::int64_t offset : {-1, 0, 1, 7}) {
      const std::int64_t value = (std::int64_t{1} << shift) + offset;
      if (value < 0) continue;
      LatencyHistogram histogram;
      histogram.record(Time(value));
      histogram.record(kForever);
      const std::int64_t told = histogram.percentile(50).count();
      EXPECT_GE(told, value);
      EXPECT_LE(told - value, value / 32) << value;
    }
  }
}

// Method: the extremes.
TEST(LatencyHistogram, TheMaximumIsExact) {
  LatencyHistogram histogram;
  histogram.record(Time(-5));
  histogram.record(Time(1'000'003));
  EXPECT_EQ(histogram.maximum(), Time(1'000'003));
  EXPECT_EQ(histogram.percentile(99.9), Time(1'000'003));
  histogram.record(kForever);
  EXPECT_EQ(histogram.percentile(100), kForever);
}

}  // namespace
}  // namespace cowbell::replay
