// SPDX-License-Identifier: Apache-2.0
// Preserved chunks wait in memory; when too many wait, or somebody waits for memory, one fiber
// begins to store and goes on until none is left. Chunks that somebody works with are passed over
// and tried again when they are unlocked.
//
// Storing needs no memory: the requests are part of the queue.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>

#include "core/chunk.hpp"
#include "core/diff_storage.hpp"
#include "core/memory_budget.hpp"

namespace cowbell {

class StoreQueue {
 public:
  /// Storing begins by itself when more than `waiting_maximum` chunks wait, or when one comes while
  /// memory is waited for.
  /// All borrowed: they belong to the snapshot, as this does.
  StoreQueue(const Environment& environment, DiffStorage& storage, const MemoryBudget& memory,
             std::uint64_t waiting_maximum);
  ~StoreQueue();
  StoreQueue(const StoreQueue&) = delete;
  StoreQueue& operator=(const StoreQueue&) = delete;

  /// Starts the fiber. Throws std::bad_alloc.
  void start();

  /// Drops what waits instead of storing it, and suspends until no store is in flight and the
  /// fiber has ended. The areas have been released.
  void stop();

  /// Adds a chunk that has just become `in_memory`. Does not suspend, takes no memory.
  void push(Chunk& chunk);

  /// Storing begins now, however few chunks wait.
  void begin();

  /// A chunk that was passed over may be free now.
  void chunk_unlocked();

  static constexpr std::size_t kChunksPerWrite = 16;
  static constexpr std::size_t kWritesMaximum = 8;

 private:
  using Waiting =
      boost::intrusive::list<Chunk, boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                                        boost::intrusive::tag<InStoreQueue>>>>;

  /// Chunks whose extents are neighbours, written in one request. If that fails, each is written
  /// once more, alone: a bad block costs only the area whose chunk lies on it (S6).
  struct Write : boost::intrusive::list_base_hook<> {
    Bio bio;
    StorageWatch::Request request;
    StoreQueue* queue = nullptr;
    std::array<Segment, kChunksPerWrite> segments;
    std::array<Chunk*, kChunksPerWrite> chunks;
    std::size_t count = 0;
    /// Those that the request on its way writes: [first, end).
    std::size_t first = 0;
    std::size_t end = 0;
  };

  void store_loop();
  Chunk* lock_next();
  bool place(Chunk& chunk);
  bool has_room(const Chunk& chunk) const;
  Write& open_write();
  void submit(Write& write) { submit(write, 0, write.count); }
  void submit(Write& write, std::size_t first, std::size_t end);
  static void written(Bio& bio, void* write) noexcept;

  DiffStorage& storage_;
  const MemoryBudget& memory_;
  const std::uint64_t waiting_maximum_;
  Waiting waiting_;
  std::uint64_t waiting_count_ = 0;
  bool storing_ = false;
  bool stopping_ = false;
  std::array<Write, kWritesMaximum> writes_;
  boost::intrusive::list<Write> free_writes_;
  WaitQueue work_{"chunks to store"};
  WaitQueue write_ended_{"the end of a store"};
  FiberGroup fiber_;
};

}  // namespace cowbell
