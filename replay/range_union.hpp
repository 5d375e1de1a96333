// SPDX-License-Identifier: Apache-2.0
// Ranges that may overlap, as the ranges that they cover together.
#pragma once

#include <vector>

#include "core/units.hpp"

namespace cowbell::replay {

/// Ascending, disjoint, neighbours joined; empty ranges vanish.
std::vector<SectorRange> range_union(std::vector<SectorRange> ranges);

/// The sum of the lengths.
SectorCount total(const std::vector<SectorRange>& ranges);

}  // namespace cowbell::replay
