// SPDX-License-Identifier: Apache-2.0
// Latencies by percentile in fixed memory: buckets that are linear within each power of two.
#pragma once

#include <array>
#include <cstdint>

#include "core/clock.hpp"

namespace cowbell::replay {

class LatencyHistogram {
 public:
  /// Negative times count as 0.
  void record(Time latency);

  std::uint64_t count() const { return count_; }
  Time maximum() const { return maximum_; }

  /// The latency that `percent` of all do not exceed: exact below 64 ns, up to 1/32 too high above,
  /// never more than the maximum. 0 if nothing was recorded.
  Time percentile(double percent) const;

 private:
  static constexpr unsigned kStepShift = 5;  // 32 steps in each power of two
  static constexpr unsigned kSteps = 1u << kStepShift;
  static constexpr unsigned kBucketCount = (64 - kStepShift) * kSteps;

  static unsigned bucket(std::uint64_t nanoseconds);
  static std::uint64_t highest(unsigned bucket);

  std::array<std::uint64_t, kBucketCount> buckets_{};
  std::uint64_t count_ = 0;
  Time maximum_{};
};

}  // namespace cowbell::replay
