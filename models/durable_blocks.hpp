// SPDX-License-Identifier: Apache-2.0
// What each block of an origin may hold after a power cut, by what the origin has promised (S1).
//
// A write that took effect may be lost, and what it replaced may come back, until
//
//   a flush has been answered OK that was invoked after the write had been answered OK,
//   the first block of a request with PREFLUSH took effect that was invoked after that, or
//   the write had FUA and has been answered OK.
//
// Each of these makes lasting what it covers, and all that was replaced before is gone for good. A
// request promises nothing by being on its way, a failed one nothing at all.
#pragma once

#include <span>
#include <vector>

#include "models/block_table.hpp"
#include "models/writes.hpp"

namespace cowbell::model {

/// Kept where blocks took effect, in the order of their effects.
class DurableBlocks {
 public:
  void clear() { blocks_.clear(); }

  void took_effect(BlockNumber block, Version version) {
    blocks_.touch(block).versions.push_back(version);
  }
  /// A flush that was invoked at `invoked`.
  void flushed(Moment invoked, const Writes& writes);
  /// A write with FUA, to the blocks from `first` to before `end`.
  void forced(BlockNumber first, BlockNumber end, Version version);
  /// The block holds `version` for good.
  void settle(BlockNumber block, Version version);

  /// The power is cut: calls `visit(block, versions)` for each block that may hold one of several
  /// versions. Whichever it is, it is durable.
  template <class Visit>
  void cut(Visit visit) {
    blocks_.for_each([&](BlockNumber number, Block& block) {
      if (block.versions.size() > 1) visit(number, std::span<const Version>(block.versions));
      block.left = block.versions.size();
    });
  }

  /// A read has shown what a power cut has left of a block: what `shown(version)` is not true for
  /// is gone.
  template <class Shown>
  void observed(BlockNumber number, Shown shown) {
    Block* block = blocks_.find(number);
    if (block == nullptr || block->left != block->versions.size()) return;
    std::erase_if(block->versions, [&](Version version) { return !shown(version); });
    block->left = block->versions.size();
  }

 private:
  struct Block {
    std::vector<Version> versions;
    /// The first so many are what may have been left by the last power cut, or what is durable;
    /// those behind took effect since.
    std::size_t left = 1;

    void start() {
      versions.assign(1, kInitial);
      left = 1;
    }
    void stop() { versions.clear(); }
    void make_durable(std::size_t index) {
      versions.erase(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(index));
      left = 1;
    }
  };

  BlockTable<Block> blocks_;
};

}  // namespace cowbell::model
