// SPDX-License-Identifier: Apache-2.0
// What a device has taken and not yet made durable: a write cache that loses its power.
//
// The store of the disk holds what is read, the newest content. Beside it, the cache keeps what
// every change of a logical block that is not yet durable has replaced. Durable becomes
//
//   by FLUSH, and by PREFLUSH before the first block of its request takes effect: what was
//     answered OK before that request was submitted, and what those writes had replaced;
//   by FUA: the request itself, when it is answered OK.
//
// A power cut leaves each block with its newest content, the durable one, or one in between. That
// is decided block by block, so that ranges are torn and one write survives an earlier one; or for
// whole writes; or for all of them, as one choice each for what is plain.
#pragma once

#include <cstdint>
#include <vector>

#include "models/block_table.hpp"
#include "sim/decisions.hpp"
#include "sim/sector_store.hpp"

namespace cowbell::sim {

class VolatileCache {
 public:
  /// Nothing is cached. Where it is not `on`, everything counts as durable at once and no other
  /// call may come. `block`: sectors of a logical block.
  void restart(bool on, SectorCount block);
  bool on() const { return on_; }

  /// @name The requests of the device, numbered from 0 in the order of their submission
  /// @{
  void submitted();
  /// Whole blocks of a request are about to change in `store`.
  void changes(std::uint64_t request, SectorRange blocks, const SectorStore& store);
  /// A request is answered OK.
  void answered(std::uint64_t request) { requests_[request].answered = ++now_; }
  /// Makes durable what was answered OK before `request` was submitted.
  void flush(std::uint64_t request);
  /// Makes durable what `request` has written there.
  void force(std::uint64_t request, SectorRange blocks);
  /// @}

  /// What `store` holds there is durable.
  void settle(SectorRange blocks);

  /// Puts into `store` what is left, drawn under `Concern::power`; the plainest: everything. All of
  /// it is durable from now on. Returns how many blocks have lost their newest content.
  std::uint64_t lose_power(SectorStore& store, Decisions& decisions);

 private:
  /// A change of a block by a request: where in `contents_` that lies which it replaced.
  struct Change {
    std::uint64_t request;
    std::size_t replaced;
  };
  struct Block {
    std::vector<Change> changes;  ///< in their order; the first one replaced what is durable
    void start() { changes.clear(); }
    void stop() { changes.clear(); }
  };
  struct Moments {
    std::uint64_t submitted;
    std::uint64_t answered = ~std::uint64_t{0};  ///< OK
  };

  static void drop_through(Block& block, std::size_t last) {
    block.changes.erase(block.changes.begin(),
                        block.changes.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  }
  void draw_lost_writes(Decisions& decisions);
  std::size_t changes_left(const Block& block, std::uint32_t way, Decisions& decisions) const;
  Segment content(std::size_t at) { return {contents_.data() + at, to_bytes(block_).value}; }

  bool on_ = false;
  SectorCount block_{1};
  model::BlockTable<Block> blocks_;
  std::vector<std::byte> contents_;
  std::vector<Moments> requests_;
  std::vector<bool> lost_;  // by request, while power is being lost
  std::uint64_t now_ = 0;
};

}  // namespace cowbell::sim
