// SPDX-License-Identifier: Apache-2.0
#include "replay/range_union.hpp"

#include <algorithm>

namespace cowbell::replay {

std::vector<SectorRange> range_union(std::vector<SectorRange> ranges) {
  std::ranges::sort(ranges, {}, &SectorRange::first);
  std::vector<SectorRange> out;
  for (const SectorRange& range : ranges) {
    if (range.empty()) continue;
    if (out.empty() || out.back().end() < range.first) {
      out.push_back(range);
    } else if (out.back().end() < range.end()) {
      out.back().count = range.end() - out.back().first;
    }
  }
  return out;
}

SectorCount total(const std::vector<SectorRange>& ranges) {
  SectorCount sum;
  for (const SectorRange& range : ranges) sum += range.count;
  return sum;
}

}  // namespace cowbell::replay
