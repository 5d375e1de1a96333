// SPDX-License-Identifier: Apache-2.0
// What is known of chunks at rest: 16 bytes for each chunk that is no longer `fresh`.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory_resource>

#include "core/chunk.hpp"
#include "core/error.hpp"

namespace cowbell {

class ChunkMap {
 public:
  explicit ChunkMap(std::pmr::memory_resource& memory) : records_(&memory) {}

  bool contains(ChunkNumber chunk) const { return records_.contains(chunk.value); }
  ChunkState state(ChunkNumber chunk) const;

  /// Where a stored chunk is.
  Sector extent(ChunkNumber chunk) const;

  /// fresh → in_memory: the only change that needs memory, and it comes before anybody relies on
  /// the chunk. Errors: ENOMEM, and then the chunk is still fresh.
  Errc insert_in_memory(ChunkNumber chunk);

  /// in_memory → stored, in_memory → failed.
  void set_stored(ChunkNumber chunk, Sector extent);
  void set_failed(ChunkNumber chunk);

  std::size_t size() const { return records_.size(); }

  /// Calls `visit(chunk, extent)` for each stored chunk, in no order that means anything.
  template <class Visit>
  void for_each_stored(Visit visit) const {
    for (const auto& [number, record] : records_)
      if (state_of(record) == ChunkState::stored) visit(ChunkNumber{number}, extent_of(record));
  }

 private:
  // A record is the extent's first sector, shifted, with the state in the lowest two bits.
  using Record = std::uint64_t;
  static constexpr unsigned kStateBits = 2;
  static ChunkState state_of(Record record) { return static_cast<ChunkState>(record & 3); }
  static Sector extent_of(Record record) { return {record >> kStateBits}; }
  void become(ChunkNumber chunk, ChunkState state, Sector extent);

  boost::unordered_flat_map<std::uint64_t, Record, boost::hash<std::uint64_t>,
                            std::equal_to<std::uint64_t>,
                            std::pmr::polymorphic_allocator<std::pair<const std::uint64_t, Record>>>
      records_;
};

}  // namespace cowbell
