// SPDX-License-Identifier: Apache-2.0
#include "replay/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cowbell::replay {

void LatencyHistogram::record(Time latency) {
  latency = std::max(latency, Time{});
  ++buckets_[bucket(static_cast<std::uint64_t>(latency.count()))];
  ++count_;
  maximum_ = std::max(maximum_, latency);
}

Time LatencyHistogram::percentile(double percent) const {
  const double wanted = std::ceil(static_cast<double>(count_) * percent / 100.0);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (unsigned i = 0; i < kBucketCount; ++i) {
    seen += buckets_[i];
    if (seen >= rank) {
      return std::min(maximum_, Time(static_cast<Time::rep>(highest(i))));
    }
  }
  return maximum_;
}

// Values below 2 * kSteps have a bucket each. Above, the leading kStepShift + 1 bits choose it.
unsigned LatencyHistogram::bucket(std::uint64_t nanoseconds) {
  const auto width = static_cast<unsigned>(std::bit_width(nanoseconds));
  if (width <= kStepShift + 1) return static_cast<unsigned>(nanoseconds);
  const unsigned shift = width - kStepShift - 1;
  return shift * kSteps + static_cast<unsigned>(nanoseconds >> shift);
}

std::uint64_t LatencyHistogram::highest(unsigned bucket) {
  if (bucket < 2 * kSteps) return bucket;
  const unsigned shift = bucket / kSteps - 1;
  const std::uint64_t leading = bucket - shift * kSteps;
  return ((leading + 1) << shift) - 1;
}

}  // namespace cowbell::replay
