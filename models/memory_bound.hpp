// SPDX-License-Identifier: Apache-2.0
// The most memory that the engine may hold (S9), by what a scenario configures and the devices that
// it has. The limits of the parameters alone would hide a leak behind room that nobody can use.
#pragma once

#include "core/units.hpp"
#include "models/scenario.hpp"

namespace cowbell::model {

class MemoryBound {
 public:
  MemoryBound() = default;
  explicit MemoryBound(const Scenario& scenario);

  /// At any moment, with `snapshots` being taken, live, or being released. What the engine held
  /// before its first take comes on top, here and below.
  ByteCount busy(std::uint64_t snapshots) const;

  /// With nothing on its way, and `snapshots` live that may keep `buffers` in all.
  ByteCount at_rest(std::uint64_t snapshots, ByteCount buffers) const;

  /// What a live snapshot may keep in buffers with nothing on its way: for each area, by the size
  /// of its chunks, free ones in its pool, and the chunks that are too few to be stored.
  static ByteCount buffers_at_rest(const Params& params, ByteCount largest_chunk,
                                   ByteCount all_chunk_sizes);

 private:
  ByteCount limit_;     ///< of a snapshot's `memory_maximum`: what is no stack of a fiber
  ByteCount snapshot_;  ///< its objects and metadata
  ByteCount lasting_;   ///< kept beyond the life of snapshots
};

}  // namespace cowbell::model
