// SPDX-License-Identifier: Apache-2.0
// The unit of copy-on-write, as it is while somebody works with it.
//
//              preserved                 written to storage
//     fresh ─────────────▶ in_memory ─────────────────────▶ stored
//       │                      │
//       └─────── failed ◀──────┘      (the area is corrupted before)
//
// fresh      not in the chunk map: the same as the origin
// in_memory  the buffer holds the image's content; a writer may pass
// stored     the extent holds it; never in memory again
// failed     nothing holds it; final
//
// A chunk that could not be preserved while it was fresh gets no record that says `failed`, for
// that would need memory: its area is corrupted, which refuses every request that would look for
// one.
//
// A chunk object exists only while it is locked, waited for, or in memory. What is at rest is a
// record in the chunk map.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set_hook.hpp>

#include "core/bio.hpp"
#include "core/units.hpp"
#include "core/wait_queue.hpp"

namespace cowbell {

class DiffArea;

enum class ChunkState : std::uint8_t { fresh, in_memory, stored, failed };

constexpr bool may_become(ChunkState from, ChunkState to) {
  using enum ChunkState;
  switch (from) {
    case fresh:
      return to == in_memory || to == failed;
    case in_memory:
      return to == stored || to == failed;
    case stored:
    case failed:
      return false;
  }
  return false;
}

/// Charged for a chunk object to a memory limit, whatever its size in this build.
inline constexpr ByteCount kChunkCharge{512};

struct InSet;
struct InStoreQueue;
struct InRequest;

struct Chunk : boost::intrusive::set_base_hook<boost::intrusive::tag<InSet>>,
               boost::intrusive::list_base_hook<boost::intrusive::tag<InStoreQueue>>,
               boost::intrusive::list_base_hook<boost::intrusive::tag<InRequest>> {
  Chunk(DiffArea& chunk_area, ChunkNumber chunk_number) : area(chunk_area), number(chunk_number) {}

  DiffArea& area;
  const ChunkNumber number;
  /// Guards buffer, extent and the record in the map, from the moment a request needs them until
  /// its I/O is done.
  HandoverLock lock{"the lock of a chunk"};
  /// The content while in memory, or while it is being loaded; null otherwise.
  std::byte* buffer = nullptr;
  /// Where it is being stored; meaningful during a store.
  Sector extent{};
  /// Requests that hold the lock or wait for it.
  std::uint32_t users = 0;

  bool waits_for_store() const {
    return boost::intrusive::list_base_hook<boost::intrusive::tag<InStoreQueue>>::is_linked();
  }
};

static_assert(sizeof(Chunk) <= kChunkCharge.value);

/// The chunks that one request has locked.
using RequestedChunks =
    boost::intrusive::list<Chunk, boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                                      boost::intrusive::tag<InRequest>>>>;

/// Orders the chunks at work in an area.
struct ChunkNumberOf {
  using type = ChunkNumber;
  ChunkNumber operator()(const Chunk& chunk) const { return chunk.number; }
};

}  // namespace cowbell
