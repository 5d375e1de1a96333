// SPDX-License-Identifier: Apache-2.0
// Two things measured in turns, and the table that says what came of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/stopwatch.hpp"

namespace cowbell::bench {

/// `ours[i]` and `reference[i]` were measured one right after the other.
struct Comparison {
  std::string what;
  std::string reference_name;
  std::vector<Sample> ours;
  std::vector<Sample> reference;
  /// The median ratio is to be at least this.
  std::optional<double> least_ratio;
  /// The median ratio of processor time a request is to be at most this.
  std::optional<double> most_cpu;
  /// Not only the median of the ratio, but the lower end of its interval is to reach the least.
  bool surely = false;
};

/// Something that is counted, not compared.
struct Figure {
  std::string what;
  std::string value;
  std::string bound;  ///< empty if there is none
};

/// Both in Markdown.
std::string comparison_table(const std::vector<Comparison>& comparisons);
std::string figure_table(const std::vector<Figure>& figures);

}  // namespace cowbell::bench
