// SPDX-License-Identifier: Apache-2.0
// How long a simulated device takes by its profile.
#pragma once

#include "models/disk_profiles.hpp"
#include "sim/decisions.hpp"

namespace cowbell::sim {

/// What a profile has to know of a request.
struct Service {
  const model::DiskProfile& profile;
  model::RequestKind kind;
  SectorRange range;     ///< of a read or write; empty for all others
  bool follows = false;  ///< it begins where the last read or write ended
};

/// Drawn under `Concern::latency`, with integers only: whether it is the rare one, then one of 16
/// steps. The plainest: the shortest.
Time draw_time(const Service& service, Decisions& decisions);

}  // namespace cowbell::sim
