// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/comparison.hpp"

#include <gtest/gtest.h>

namespace cowbell::bench {
namespace {

/// Fifteen pairs whose reference makes 1,000 a second for 1 µs each, and of which `good` reach the
/// `ratio` while the others make half as many.
Comparison pairs(double ratio, int good, double cpu) {
  Comparison out{"w", "r", {}, {}, 0.90, 1.10, true};
  for (int i = 0; i < 15; ++i) {
    out.ours.push_back({i < good ? 1000 * ratio : 500, cpu * 1e-6});
    out.reference.push_back({1000, 1e-6});
  }
  return out;
}

// Method: one row, word for word.
TEST(ComparisonTable, NamesBothSidesTheRatioAndTheTarget) {
  const std::string table = comparison_table({pairs(1.0, 15, 1.05)});
  EXPECT_NE(table.find("| w | 1,000 (1,000–1,000) | r | 1,000 (1,000–1,000) | **1.00** "
                       "(1.00–1.00) | 1.05 | ≥ 0.90 at the lower end, CPU ≤ 1.10: met |\n"),
            std::string::npos)
      << table;
}

// Method: a median that meets the target over an interval that does not; too much processor time;
// and enough of both.
TEST(ComparisonTable, JudgesByTheLowerEndOfTheIntervalAndByProcessorTime) {
  const auto missed = [](const Comparison& comparison) {
    return comparison_table({comparison}).find("**missed**") != std::string::npos;
  };
  EXPECT_FALSE(missed(pairs(0.95, 12, 1.0)));
  EXPECT_TRUE(missed(pairs(0.95, 11, 1.0)));
  EXPECT_TRUE(missed(pairs(0.89, 15, 1.0)));
  EXPECT_TRUE(missed(pairs(0.95, 15, 1.2)));
  Comparison by_median = pairs(0.95, 11, 1.0);
  by_median.surely = false;
  EXPECT_FALSE(missed(by_median));
  by_median = pairs(0.95, 7, 1.0);
  by_median.surely = false;
  EXPECT_TRUE(missed(by_median));
}

// Method: a comparison and a figure without a target.
TEST(ComparisonTable, LeavesOutWhatHasNoTarget) {
  Comparison comparison = pairs(0.5, 15, 2.0);
  comparison.least_ratio.reset();
  EXPECT_NE(comparison_table({comparison}).find("| 2.00 |  |\n"), std::string::npos);
  EXPECT_EQ(figure_table({{"memory", "5 MiB", "64 MiB"}}),
            "| counted | | bound |\n|---|---|---|\n| memory | 5 MiB | 64 MiB |\n");
}

}  // namespace
}  // namespace cowbell::bench
