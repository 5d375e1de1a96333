// SPDX-License-Identifier: Apache-2.0
// What was changed on the images of cuts: by writing through them, or by a mark from outside.
//
// Such a change concerns every map that begins or ends at its cut and no other, so it has no place
// in the bytes of the change map: each cut that has any gets a bit a tracking block of its own. It
// is remembered for as long as a map can still begin at that cut, which is longer than its snapshot
// lives.
#pragma once

#include <bitset>
#include <list>
#include <memory_resource>
#include <vector>

#include "core/cbt_map.hpp"

namespace cowbell {

/// Names a line of cuts of one origin, counted without a gap from generation 1 on.
struct GenerationId {
  std::uint64_t instance = 0;  ///< of the environment
  std::uint32_t origin = 0;    ///< `Tracker::number()`
  std::uint32_t number = 0;    ///< from 1; another whenever the map starts anew
  bool operator==(const GenerationId&) const = default;
};

/// The blocks marked on one cut.
struct CutMarks {
  Generation cut;
  std::pmr::vector<std::uint64_t> bits;

  bool contains(std::uint64_t block) const { return (bits[block / 64] >> (block % 64) & 1) != 0; }
};

/// The marks of all cuts under one generation id.
class MarkedCuts {
 public:
  /// `memory` is what bounds the marks.
  MarkedCuts(std::pmr::memory_resource& memory, GenerationId id) : id_(id), cuts_(&memory) {}
  MarkedCuts(const MarkedCuts&) = delete;
  MarkedCuts& operator=(const MarkedCuts&) = delete;

  const GenerationId& id() const { return id_; }

  /// The marks of a cut; null if it has none.
  const CutMarks* find(Generation cut) const;

  /// The same, made if need be; null if the memory was refused. Then, and for good, the cut has
  /// lost marks.
  CutMarks* need(Generation cut, std::uint64_t block_count);
  bool has_lost(Generation cut) const { return lost_[cut]; }

  /// Cuts that have marks, in no order that means anything.
  const std::pmr::list<CutMarks>& cuts() const { return cuts_; }
  const std::bitset<kGenerationMaximum + 1>& lost() const { return lost_; }

 private:
  const GenerationId id_;
  std::pmr::list<CutMarks> cuts_;
  std::bitset<kGenerationMaximum + 1> lost_;
};

}  // namespace cowbell
