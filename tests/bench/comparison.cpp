// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/comparison.hpp"

#include <fmt/format.h>

#include "tests/bench/statistics.hpp"

namespace cowbell::bench {
namespace {

std::vector<double> speeds(const std::vector<Sample>& samples) {
  std::vector<double> out;
  for (const Sample& sample : samples) out.push_back(sample.per_second);
  return out;
}

std::vector<double> costs(const std::vector<Sample>& samples) {
  std::vector<double> out;
  for (const Sample& sample : samples) out.push_back(sample.cpu);
  return out;
}

/// "61,200"
std::string thousands(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string speed(const std::vector<Sample>& samples) {
  const Interval half = middle_half(speeds(samples));
  return fmt::format("{} ({}–{})", thousands(median(speeds(samples))), thousands(half.low),
                     thousands(half.high));
}

std::string target(const Comparison& comparison, double ratio, double cpu) {
  if (!comparison.least_ratio) return "";
  std::string wanted = fmt::format("≥ {:.2f}{}", *comparison.least_ratio,
                                   comparison.surely ? " at the lower end" : "");
  bool met = ratio >= *comparison.least_ratio;
  if (comparison.most_cpu) {
    wanted += fmt::format(", CPU ≤ {:.2f}", *comparison.most_cpu);
    met = met && cpu <= *comparison.most_cpu;
  }
  return wanted + (met ? ": met" : ": **missed**");
}

}  // namespace

std::string comparison_table(const std::vector<Comparison>& comparisons) {
  std::string out =
      "| measured | a second | reference | a second | ratio | CPU a request, ratio | target |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Comparison& each : comparisons) {
    const std::vector<double> ratio = ratios(speeds(each.ours), speeds(each.reference));
    const Interval interval = median_interval(ratio);
    const double cpu = median(ratios(costs(each.ours), costs(each.reference)));
    out += fmt::format("| {} | {} | {} | {} | **{:.2f}** ({:.2f}–{:.2f}) | {:.2f} | {} |\n",
                       each.what, speed(each.ours), each.reference_name, speed(each.reference),
                       median(ratio), interval.low, interval.high, cpu,
                       target(each, each.surely ? interval.low : median(ratio), cpu));
  }
  return out;
}

std::string figure_table(const std::vector<Figure>& figures) {
  std::string out = "| counted | | bound |\n|---|---|---|\n";
  for (const Figure& figure : figures)
    out += fmt::format("| {} | {} | {} |\n", figure.what, figure.value, figure.bound);
  return out;
}

}  // namespace cowbell::bench
