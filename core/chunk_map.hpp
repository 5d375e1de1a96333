// SPDX-License-Identifier: Apache-2.0
// What is known of chunks at rest: a record for each chunk that is no longer `fresh`, in the order
// of their numbers.
//
// Records lie in leaves of at most 256, each an array that grows by an eighth; a full leaf is
// split. So for n records the map holds at most 16 n bytes at rest and 24 n while a leaf is being
// replaced, plus 8 KiB in either case, wherever on the device the chunks lie. Nothing is
// proportional to the device. Source: the leaves of a B-tree (Bayer and McCreight 1972).
#pragma once

#include <algorithm>
#include <cstring>
#include <memory_resource>
#include <vector>

#include "core/chunk.hpp"
#include "core/error.hpp"

namespace cowbell {

class ChunkMap {
 public:
  /// Chunk numbers and the sectors of the storage that a record can hold lie below these.
  static constexpr ChunkNumber kChunkEnd{std::uint64_t{1} << 48};
  static constexpr Sector kExtentEnd{std::uint64_t{1} << 46};

  /// `memory` is borrowed.
  explicit ChunkMap(std::pmr::memory_resource& memory) : leaves_(&memory) {}

  bool contains(ChunkNumber chunk) const;
  /// How many of the chunks [first, end) are in the map.
  std::uint64_t count(ChunkNumber first, ChunkNumber end) const;
  ChunkState state(ChunkNumber chunk) const;

  /// Where a stored chunk is.
  Sector extent(ChunkNumber chunk) const;

  /// fresh → in_memory: the only change that needs memory, and it comes before anybody relies on
  /// the chunk. Errors: ENOMEM, and then the chunk is still fresh.
  Errc insert_in_memory(ChunkNumber chunk);

  /// in_memory → stored, in_memory → failed.
  void set_stored(ChunkNumber chunk, Sector extent);
  void set_failed(ChunkNumber chunk);

  std::uint64_t size() const { return size_; }

  /// Calls `visit(chunk, extent)` for each stored chunk, in ascending order.
  template <class Visit>
  void for_each_stored(Visit visit) const {
    for (const Leaf& leaf : leaves_)
      for (const Record& record : leaf.records)
        if (record.state() == ChunkState::stored) visit(record.chunk(), record.extent());
  }

 private:
  /// Twelve bytes: 48 bits of chunk number, 2 of state, 46 of the extent's first sector. The number
  /// is read in one piece, because searches do little else.
  class Record {
   public:
    Record() = default;
    Record(ChunkNumber chunk, ChunkState state, Sector extent);
    ChunkNumber chunk() const { return {front() & 0xffff'ffff'ffff}; }
    ChunkState state() const { return static_cast<ChunkState>(front() >> 48 & 3); }
    Sector extent() const { return {front() >> 50 | std::uint64_t{words_[2]} << 14}; }

   private:
    std::uint64_t front() const {
      std::uint64_t front;
      std::memcpy(&front, words_, sizeof front);
      return front;
    }
    std::uint32_t words_[3];
  };
  static_assert(sizeof(Record) == 12);

  struct Leaf {
    ChunkNumber first;  ///< no record of this leaf, or of later ones, lies below
    std::pmr::vector<Record> records;
    /// Of the lowest and the highest record: where none between them is missing, the records need
    /// not be looked at, and mostly they are not in the cache.
    ChunkNumber low{};
    ChunkNumber high{};

    bool has_all_between() const { return high.value - low.value + 1 == records.size(); }
    void added(ChunkNumber chunk) {
      low = records.size() == 1 ? chunk : std::min(low, chunk);
      high = std::max(high, chunk);
    }
  };
  static constexpr std::size_t kLeafMaximum = 256;

  /// The leaf that holds `chunk`, if any does. There is at least one leaf.
  std::size_t leaf_of(ChunkNumber chunk) const;
  /// Position in the leaf of the first record that is not below `chunk`.
  static std::size_t position(const Leaf& leaf, ChunkNumber chunk);
  /// The same, where it is known to lie in [first, first + count].
  static std::size_t position(const Leaf& leaf, ChunkNumber chunk, std::size_t first,
                              std::size_t count);
  const Record* find(ChunkNumber chunk) const;
  static const Record* find(const Leaf& leaf, ChunkNumber chunk);
  void become(ChunkNumber chunk, ChunkState state, Sector extent);
  Leaf& make_room(ChunkNumber chunk);
  void split(std::size_t full);
  std::pmr::vector<Record> with_slack(const Record* first, const Record* last) const;

  std::pmr::vector<Leaf> leaves_;
  std::uint64_t size_ = 0;
};

}  // namespace cowbell
