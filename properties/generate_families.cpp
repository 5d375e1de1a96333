// SPDX-License-Identifier: Apache-2.0
#include "properties/generate_families.hpp"

#include <algorithm>

namespace cowbell::properties {

Families choose_families(Draw& draw, const Shape& shape, const model::Scenario& scenario) {
  Families chosen{};
  chosen.weights = {24, 20, 6, 8, 3, 3, 2, 3, 2, 3, 2, 1, 1, 1, 1, 1, 3};
  for (std::size_t i = 1; i < chosen.weights.size(); ++i)
    chosen.weights[i] *= draw.any_of(std::array{1u, 0u, 1u, 3u});
  const auto switch_off = [&](Family family) {
    chosen.weights[static_cast<std::size_t>(family)] = 0;
  };
  if (!shape.image_writes) switch_off(Family::image_write);
  const bool stalls = std::ranges::any_of(scenario.latencies, &model::LatencySpec::stall);
  if (scenario.faults.empty() && !stalls) switch_off(Family::heal);
  // Rare, because a device that shrinks excuses much.
  if (!draw.one_in(6)) switch_off(Family::resize);
  // Rare, because nothing is left of the snapshots.
  if (!shape.power_cuts || !draw.one_in(8)) switch_off(Family::power_cut);
  chosen.durability = chosen.has(Family::power_cut);
  if (chosen.durability) chosen.weights[static_cast<std::size_t>(Family::flush)] += 4;
  chosen.flags = !draw.one_in(2) || chosen.durability;
  chosen.segments = draw.one_in(2);
  chosen.background = draw.one_in(3);
  chosen.fills = draw.one_in(16);
  return chosen;
}

}  // namespace cowbell::properties
