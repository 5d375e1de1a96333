// SPDX-License-Identifier: Apache-2.0
#include "core/chunk_map.hpp"

#include "core/allocate.hpp"
#include "core/invariant.hpp"

namespace cowbell {

ChunkState ChunkMap::state(ChunkNumber chunk) const {
  const auto found = records_.find(chunk.value);
  return found == records_.end() ? ChunkState::fresh : state_of(found->second);
}

Sector ChunkMap::extent(ChunkNumber chunk) const {
  const Record record = records_.at(chunk.value);
  COWBELL_INVARIANT(S10, state_of(record) == ChunkState::stored);
  return extent_of(record);
}

Errc ChunkMap::insert_in_memory(ChunkNumber chunk) {
  COWBELL_INVARIANT(S5, may_become(state(chunk), ChunkState::in_memory));
  return try_allocate(
      [&] { records_.emplace(chunk.value, static_cast<Record>(ChunkState::in_memory)); });
}

void ChunkMap::become(ChunkNumber chunk, ChunkState state, Sector extent) {
  Record& record = records_.at(chunk.value);
  COWBELL_INVARIANT(S5, may_become(state_of(record), state));
  record = extent.value << kStateBits | static_cast<Record>(state);
}

void ChunkMap::set_stored(ChunkNumber chunk, Sector extent) {
  become(chunk, ChunkState::stored, extent);
}

void ChunkMap::set_failed(ChunkNumber chunk) {
  become(chunk, ChunkState::failed, Sector{});
}

}  // namespace cowbell
