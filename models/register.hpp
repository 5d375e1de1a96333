// SPDX-License-Identifier: Apache-2.0
// The registers of all logical blocks of one device, and the reads in flight on it.
#pragma once

#include "models/block_table.hpp"
#include "models/candidates.hpp"
#include "models/request.hpp"

namespace cowbell::model {

struct RegisterBlock {
  CandidateSet candidates;
  /// The last cut of the origin that has a copy of its own; cuts are numbered from 1.
  std::uint32_t saved_through = 0;

  void start() {
    candidates.assign({kInitial, 0});
    saved_through = 0;
  }
  void stop() { candidates.clear(); }
};

struct Register {
  Register(const Writes& writes, Evidence evidence) : candidates(writes, evidence) {}

  Candidates candidates;
  BlockTable<RegisterBlock> blocks;
  OpenReads reads;

  /// Purges `block` before it grows.
  void tidy(RegisterBlock& block) { Candidates::purge(block.candidates, reads.oldest()); }
};

/// The logical blocks of a device, as numbers.
struct BlockUnit {
  std::uint64_t sectors = 1;

  BlockNumber first(SectorRange range) const { return range.first.value / sectors; }
  BlockNumber end(SectorRange range) const { return range.end().value / sectors; }
  Sector sector(BlockNumber block) const { return {block * sectors}; }
};

}  // namespace cowbell::model
