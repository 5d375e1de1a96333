// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace cowbell::bench {
namespace {

/// The probability that of `count` fair coins at most `heads` show heads.
double at_most(std::size_t heads, std::size_t count) {
  double term = std::pow(0.5, static_cast<double>(count));
  double sum = term;
  for (std::size_t i = 0; i < heads; ++i) {
    term *= static_cast<double>(count - i) / static_cast<double>(i + 1);
    sum += term;
  }
  return sum;
}

}  // namespace

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Interval middle_half(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t last = values.size() - 1;
  return {values[last / 4], values[last - last / 4]};
}

Interval median_interval(std::vector<double> values) {
  std::ranges::sort(values);
  // The median lies below the value of rank r (from 0) with the probability of at most r heads.
  std::size_t rank = 0;
  while (2 * (rank + 1) < values.size() && 2 * at_most(rank + 1, values.size()) <= 0.05) ++rank;
  if (2 * at_most(rank, values.size()) > 0.05) rank = 0;
  return {values[rank], values[values.size() - 1 - rank]};
}

std::vector<double> ratios(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> out;
  for (std::size_t i = 0; i < above.size(); ++i) out.push_back(above[i] / below[i]);
  return out;
}

}  // namespace cowbell::bench
