// SPDX-License-Identifier: Apache-2.0
// What is said of repeated measurements: medians, spread, and how sure a ratio is.
#pragma once

#include <vector>

namespace cowbell::bench {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Of values in any order, at least one.
double median(std::vector<double> values);

/// The middle half of the values, from the first to the third quartile (nearest ranks).
Interval middle_half(std::vector<double> values);

/// An interval that holds the median of the distribution with a probability of at least 95 %, by
/// ranks alone, so that nothing is supposed of the distribution: for 15 values the 4th and the
/// 12th. With fewer than 6 values there is none: the lowest and the highest.
Interval median_interval(std::vector<double> values);

/// `above[i] / below[i]`: measurements of one pair were made one right after the other, so that
/// what the machine did besides falls on both.
std::vector<double> ratios(const std::vector<double>& above, const std::vector<double>& below);

}  // namespace cowbell::bench
