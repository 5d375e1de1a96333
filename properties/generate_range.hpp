// SPDX-License-Identifier: Apache-2.0
// Where requests of a generated program go: to few hot places, most of them borders of chunks, so
// that the requests of different clients meet.
#pragma once

#include <vector>

#include "models/scenario.hpp"
#include "properties/draw.hpp"

namespace cowbell::properties {

class RangeGenerator {
 public:
  /// Chooses the hot places of each origin. `scenario` is borrowed.
  RangeGenerator(Draw& draw, const model::Scenario& scenario);

  /// A range of whole logical blocks inside the origin.
  SectorRange on(model::OriginIndex origin);

  /// A new size of the origin, that later ranges keep to: smaller, or larger and at most twice what
  /// it was at first.
  SectorCount resized(model::OriginIndex origin, bool shrinks);

  /// A few blocks at a hot place of the origin.
  SectorRange at_hot_place(model::OriginIndex origin);

 private:
  struct Place {
    std::uint64_t block;   ///< sectors of a logical block
    std::uint64_t blocks;  ///< of the origin
    std::uint64_t blocks_at_first;
    std::uint64_t chunk;                 ///< logical blocks of a chunk
    std::vector<std::uint64_t> borders;  ///< hot ones, in logical blocks
  };

  SectorRange clipped(const Place& place, std::uint64_t first, std::uint64_t count) const;
  std::uint64_t border_of(const Place& place) {
    return place.borders[draw_.below(place.borders.size())];
  }

  Draw& draw_;
  std::vector<Place> places_;
};

}  // namespace cowbell::properties
