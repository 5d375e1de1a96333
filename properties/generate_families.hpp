// SPDX-License-Identifier: Apache-2.0
// Which kinds of statements a generated program has, and how often: each program leaves out some
// of them altogether (swarm testing), so that the others come up more.
#pragma once

#include <array>
#include <cstdint>

#include "models/scenario.hpp"
#include "properties/draw.hpp"
#include "properties/generate.hpp"

namespace cowbell::properties {

/// What a statement may be, the plainest first.
enum class Family : std::uint8_t {
  origin_write,
  image_read,
  origin_read,
  image_write,
  zero,
  discard,
  flush,
  take,
  release,
  barrier,
  sleep,
  wait,
  heal,
  past_the_end,
  resize,
  dirty,
  power_cut
};
inline constexpr std::size_t kFamilyCount = 17;

struct Families {
  std::array<std::uint32_t, kFamilyCount> weights;
  bool flags;       ///< requests may have FUA, preflush, NOWAIT
  bool segments;    ///< requests may have several
  bool background;  ///< statements may be in the background
  bool fills;       ///< writes may repeat a byte
  bool durability;  ///< much is flushed, or written with FUA and PREFLUSH

  bool has(Family family) const { return weights[static_cast<std::size_t>(family)] != 0; }
};

/// `scenario` has its world already.
Families choose_families(Draw& draw, const Shape& shape, const model::Scenario& scenario);

}  // namespace cowbell::properties
