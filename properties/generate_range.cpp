// SPDX-License-Identifier: Apache-2.0
#include "properties/generate_range.hpp"

#include <algorithm>

#include "properties/scenario_edit.hpp"

namespace cowbell::properties {

RangeGenerator::RangeGenerator(Draw& draw, const model::Scenario& scenario) : draw_(draw) {
  for (const model::OriginSpec& origin : scenario.origins) {
    Place place;
    place.block = to_sectors(origin.logical_block).value;
    place.blocks = place.blocks_at_first = origin.size.value / place.block;
    place.chunk = chunk_bytes(scenario, origin) / origin.logical_block.value;
    const std::uint64_t borders = place.blocks / place.chunk + 1;
    const std::uint64_t count = draw.between(1, 2);
    for (std::uint64_t i = 0; i < count; ++i)
      place.borders.push_back(draw.below(borders) * place.chunk);
    places_.push_back(std::move(place));
  }
}

SectorRange RangeGenerator::clipped(const Place& place, std::uint64_t first,
                                    std::uint64_t count) const {
  first = std::min(first, place.blocks - 1);
  count = std::clamp<std::uint64_t>(count, 1, place.blocks - first);
  return {.first = {first * place.block}, .count = {count * place.block}};
}

SectorCount RangeGenerator::resized(model::OriginIndex origin, bool shrinks) {
  Place& place = places_[origin];
  const std::uint64_t most = shrinks ? place.blocks : 2 * place.blocks_at_first - place.blocks;
  const std::uint64_t change = most == 0 ? 0 : draw_.between(1, std::min(most, 2 * place.chunk));
  place.blocks =
      shrinks ? std::max<std::uint64_t>(place.blocks - change, 1) : place.blocks + change;
  return {place.blocks * place.block};
}

SectorRange RangeGenerator::at_hot_place(model::OriginIndex origin) {
  const Place& place = places_[origin];
  const std::uint64_t border = border_of(place);
  const std::uint64_t before = std::min<std::uint64_t>(draw_.below(3), border);
  return clipped(place, border - before, draw_.between(1, 3));
}

SectorRange RangeGenerator::on(model::OriginIndex origin) {
  const Place& place = places_[origin];
  switch (draw_.weighted(std::array<std::uint32_t, 6>{5, 4, 3, 3, 1, 2})) {
    case 0:
      return at_hot_place(origin);
    case 1: {  // across a hot border
      const std::uint64_t border = border_of(place);
      const std::uint64_t before = std::min(draw_.between(1, 4), border);
      return clipped(place, border - before, before + draw_.between(1, 4));
    }
    case 2: {  // whole chunks
      const std::uint64_t border = border_of(place);
      return clipped(place, border, draw_.between(1, 2) * place.chunk);
    }
    case 3: {  // anywhere, short
      const std::uint64_t first = draw_.below(place.blocks);
      return clipped(place, first, draw_.log_uniform(4));
    }
    case 4: {  // the end of the device
      const std::uint64_t count = std::min(draw_.between(1, 3), place.blocks);
      return clipped(place, place.blocks - count, count);
    }
    default: {  // over several chunks, with parts of the first and the last
      const std::uint64_t first = draw_.below(place.blocks);
      return clipped(place, first, draw_.between(1, 4 * place.chunk));
    }
  }
}

}  // namespace cowbell::properties
