// SPDX-License-Identifier: Apache-2.0
// The map of changed blocks of one device: one byte a tracking block, the generation in which it
// last changed.
//
// Generations are counted by cuts: a change after the first cut belongs to generation 1, one after
// the second to generation 2. 0 stands for no change. So a block has changed between the cut that
// began generation X and the one that began Y if, in the map as it was at Y, its byte is X or more.
//
// The map takes no memory after it was made. What it cannot take in it remembers as lost, and is
// then not exact for whoever asks about that time: it never says less than what changed (S14).
#pragma once

#include <memory_resource>
#include <span>
#include <vector>

#include "core/params.hpp"
#include "core/units.hpp"

namespace cowbell {

using Generation = std::uint8_t;
/// The last generation that a byte can hold.
inline constexpr Generation kGenerationMaximum = 255;

/// The size of a tracking block: from 2^`tracking_block_minimum_shift` bytes, doubled while there
/// would be more than `tracking_block_maximum_count`, but not past `tracking_block_maximum_shift`.
ByteCount choose_tracking_block(const Params& params, SectorCount capacity);

class CbtMap {
 public:
  /// Nothing has changed. `block_size` is a power of two of sectors. Throws std::bad_alloc.
  CbtMap(std::pmr::memory_resource& memory, SectorCount capacity, ByteCount block_size);

  SectorCount capacity() const { return capacity_; }
  ByteCount block_size() const { return to_bytes({std::uint64_t{1} << block_shift_}); }
  std::uint64_t block_count() const { return generations_.size(); }
  /// By block.
  std::span<const Generation> generations() const { return generations_; }

  /// The sectors of `count` blocks from `first` on, cut at the capacity.
  SectorRange range_of(std::uint64_t first, std::uint64_t count) const;

  /// The blocks of `range` have changed in `generation`, which is at least 1.
  /// False if some of `range` lies past the capacity: that is lost.
  bool record(SectorRange range, Generation generation);

  /// Something that cannot be told has changed in `generation`.
  void lose(Generation generation) { lost_ = generation; }
  /// The newest generation in which a change was lost; 0 if none was.
  Generation lost() const { return lost_; }

  /// Becomes equal to a map of the same shape. Cannot fail.
  void copy_from(const CbtMap& other);
  /// Nothing has changed, nothing is lost.
  void clear();

 private:
  SectorCount capacity_;
  unsigned block_shift_;  ///< log2 of sectors
  Generation lost_ = 0;
  std::pmr::vector<Generation> generations_;
};

}  // namespace cowbell
