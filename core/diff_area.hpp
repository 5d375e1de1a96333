// SPDX-License-Identifier: Apache-2.0
// What one snapshot keeps of one origin: which chunks are preserved, where they are, and how a
// chunk comes to be preserved before it is overwritten.
//
// Terms. A chunk is preserved once it is no longer `fresh`; that never goes back. An area is
// corrupted once a chunk could not be preserved, with the first cause; that never clears (S5). It
// is released when the snapshot ends (S11). In both cases copying for it stops.
//
// Trust. Every change to an area is published without a switch before anybody acts on it: a
// chunk's record before its lock is free, `corrupted` before an uncopied write goes on, `released`
// before the area leaves its tracker. So whoever has data from the origin and finds its chunk still
// fresh, and the area neither corrupted nor released, has the data of the cut.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "core/allocate.hpp"
#include "core/chunk_map.hpp"
#include "core/diff_buffer.hpp"
#include "core/environment.hpp"
#include "core/event_queue.hpp"
#include "core/params.hpp"
#include "core/store_queue.hpp"

namespace cowbell {

/// The chunk size for a device: at least its minimum I/O, its logical block and the storage's,
/// doubled while there would be too many chunks. Errors: EFBIG.
Result<ByteCount> choose_chunk_size(const Params& params, const Geometry& origin,
                                    ByteCount storage_block);

/// The cause of a corruption by a failed storage request: ENODEV if the storage has gone, else EIO.
constexpr Errc storage_cause(Errc error) {
  return error == Errc::no_device ? Errc::no_device : Errc::io;
}

class DiffArea : public boost::intrusive::list_base_hook<> {
 public:
  struct Events {
    EventQueue::Slot corrupted;
    EventQueue::Slot overflow;
  };

  /// What it refers to belongs to the snapshot and outlives the area. The capacity of `origin` is
  /// read here, once.
  DiffArea(const Environment& environment, const Params& params, BlockDevice& origin,
           ByteCount chunk_size, MemoryBudget& budget, std::pmr::memory_resource& metadata,
           StoreQueue& store_queue, Events events);
  ~DiffArea();

  /// @name For the tracker and copy-on-write
  /// @{
  /// True if a change of `range` must wait until chunks of it are preserved. Does not suspend.
  bool in_need(SectorRange range) const;

  /// Chunks that are preserved together: [first, end), `fresh` of them not preserved yet.
  struct Window {
    ChunkNumber first{};
    ChunkNumber end{};
    std::uint64_t fresh = 0;
  };
  /// From the first fresh chunk of `range` on, as many as one request may have in memory at once.
  /// `range` is in need.
  Window first_window(SectorRange range) const;
  /// The part of a window that lies before `end`.
  Window cut(const Window& window, Sector end) const;

  /// Told by who copies for this area, before it first suspends and at the end.
  void copy_began() { ++copying_; }
  void copy_ended();
  /// @}

  /// @name State
  /// @{
  /// The first cause; nothing while the area is intact.
  std::optional<Errc> corrupted() const { return corrupted_; }
  /// Why an image request of this area fails now: ENODEV, EIO, or nothing.
  std::optional<Errc> refusal() const;
  /// Keeps the first cause and tells the event. Does not suspend.
  void corrupt(Errc cause);
  /// Corrupts for want of room, and tells that too.
  void overflow();
  /// The origin has `capacity` now. If it has lost what is not preserved yet, that corrupts: it may
  /// grow again, and would hold something else there (S3).
  void origin_seen(SectorCount capacity);
  /// From now on every image request answers ENODEV and nothing is copied.
  void release() { released_ = true; }
  /// Suspends until nobody copies for this area.
  void wait_until_idle();
  /// @}

  /// @name Chunks, for the image and the store queue
  /// @{
  ByteCount chunk_size() const { return pool_.buffer_size(); }
  SectorCount capacity() const { return capacity_; }
  ChunkNumber chunk_of(Sector sector) const;
  /// The sectors of a chunk; the last chunk is as long as what remains.
  SectorRange range_of(ChunkNumber chunk) const;
  const ChunkMap& map() const { return map_; }
  bool all_fresh(SectorRange range) const;
  /// One past the last chunk of `range`, cut at the capacity at take.
  ChunkNumber end_of(SectorRange range) const;
  /// What a chunk in memory costs of the snapshot's memory budget.
  ByteCount chunk_cost() const { return chunk_size() + kChunkCharge; }

  /// Locks a chunk, whatever its state. Suspends. Null if the memory for it was refused.
  Chunk* lock(ChunkNumber chunk);
  /// Locks a chunk that is at work. Never switches.
  bool try_lock(Chunk& chunk);
  void unlock(Chunk& chunk);

  /// A buffer for a locked chunk, covered by the caller's reservation of `chunk_cost()`, with
  /// zeroes where a short last chunk ends. False if the memory was refused.
  bool take_buffer(Chunk& chunk);
  /// Gives the buffer and the reservation back.
  void drop_buffer(Chunk& chunk);
  /// The memory of a chunk with a buffer, as long as the chunk.
  Segment content_of(const Chunk& chunk) const;
  /// Reads a locked fresh chunk from the origin into its buffer. Suspends.
  /// Errors: EIO, whatever the origin's was, and for a short transfer.
  Errc load(Chunk& chunk);
  /// Makes a locked fresh chunk with its content in its buffer `in_memory`, and queues it.
  /// Errors: ENOMEM, and then it is still fresh.
  Errc publish(Chunk& chunk);
  /// A locked chunk has been written to its extent: it is `stored` and unlocked.
  void stored(Chunk& chunk);
  /// A locked chunk in memory is lost: it is `failed` and unlocked. The area no longer serves.
  void fail(Chunk& chunk);
  /// @}

  std::uint64_t chunks_preserved() const { return map_.size(); }
  DiffBufferPool& pool() { return pool_; }
  MemoryBudget& budget() { return budget_; }
  BlockDevice& origin() { return origin_; }

  /// Calls `visit(ChunkNumber, SectorRange in storage)` for each stored chunk.
  template <class Visit>
  void for_each_extent(Visit visit) const {
    map_.for_each_stored([&](ChunkNumber chunk, Sector extent) {
      visit(chunk, SectorRange{extent, to_sectors(chunk_size())});
    });
  }

 private:
  using AtWork = boost::intrusive::set<
      Chunk,
      boost::intrusive::base_hook<boost::intrusive::set_base_hook<boost::intrusive::tag<InSet>>>,
      boost::intrusive::key_of_value<ChunkNumberOf>>;

  std::uint64_t count_fresh(ChunkNumber first, ChunkNumber end) const;

  const Environment& environment_;
  BlockDevice& origin_;
  MemoryBudget& budget_;
  StoreQueue& store_queue_;
  Events events_;
  const SectorCount capacity_;
  const unsigned chunk_shift_;
  ChunkMap map_;
  DiffBufferPool pool_;
  AtWork at_work_;
  std::optional<Errc> corrupted_;
  bool released_ = false;
  std::uint32_t copying_ = 0;
  WaitQueue idle_{"the last copy for an area"};
};

/// The areas of one origin: those with larger chunks first, then the older ones.
using DiffAreas = boost::intrusive::list<DiffArea>;

}  // namespace cowbell
