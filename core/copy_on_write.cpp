// SPDX-License-Identifier: Apache-2.0
#include "core/copy_on_write.hpp"

#include <algorithm>

namespace cowbell {

void CopyOnWrite::preserve() {
  // Asked anew after every wait: areas come to be preserved, corrupted, released meanwhile.
  Time since = clock_.now();
  while (find_window()) {
    if (reserve(since)) {
      copy_window();
      // Who takes the next turn may need the window still.
      if (count_ < kAreasAtOnce) rest_ = {window_end_, rest_.end() - window_end_};
      since = clock_.now();
    }
    for (Share& share : shares()) share.area->copy_ended();
  }
}

/// Chooses the areas and chunks that are done next; false if no area is in need.
bool CopyOnWrite::find_window() {
  count_ = 0;
  // What one area has no memory for now is left to the next window of all, so that it is still
  // read once for all.
  window_end_ = rest_.end();
  for (DiffArea& area : areas_) {
    if (count_ == kAreasAtOnce) break;
    if (!area.in_need(rest_)) continue;
    Share& share = shares_[count_++];
    share.area = &area;
    share.window = area.first_window(rest_);
    window_end_ = std::min(window_end_, area.range_of({share.window.end.value - 1}).end());
  }
  for (Share& share : shares()) {
    share.window = share.area->cut(share.window, window_end_);
    share.error = Errc::none;
    share.area->copy_began();
  }
  return count_ != 0;
}

// Memory ---------------------------------------------------------------------------------------

/// Reserves the memory of all shares, or of none. False if an area could not get its own; what is
/// asked for without it has waited since then too.
bool CopyOnWrite::reserve(Time since) {
  MemoryClaim claim(clock_, since);
  for (Share& share : shares())
    if (share.window.fresh != 0) claim.add(share, share.area->budget(), share.cost());
  const MemoryClaim::Result result = claim.reserve_unless_overdue();
  if (result.outcome == MemoryClaim::Outcome::timed_out)
    static_cast<Share*>(result.failed)->area->corrupt(Errc::timed_out);
  return result.outcome == MemoryClaim::Outcome::reserved;
}

// A window -------------------------------------------------------------------------------------

void CopyOnWrite::copy_window() {
  for (Share& share : shares()) lock_fresh(share);
  for (Share& share : shares())
    if (share.may_load) load(share);
  for (Share& share : shares()) publish(share);
}

/// Locks what is still fresh when its lock is held, each chunk with a buffer.
void CopyOnWrite::lock_fresh(Share& share) {
  DiffArea& area = *share.area;
  for (ChunkNumber number = share.window.first; number < share.window.end && !area.refusal();
       number = next(number)) {
    if (area.map().contains(number)) continue;
    Chunk* chunk = area.lock(number);
    if (chunk == nullptr) {
      share.error = Errc::no_memory;
      break;
    }
    if (area.map().contains(number) || area.refusal()) {
      area.unlock(*chunk);
      continue;
    }
    if (!area.take_buffer(*chunk)) {
      area.unlock(*chunk);
      share.error = Errc::no_memory;
      break;
    }
    share.locked.push_back(*chunk);
  }
  area.budget().give_back(area.chunk_cost() * (share.window.fresh - share.locked.size()));
  share.may_load = share.error == Errc::none && !area.refusal();
}

/// Reads from the origin, neighbours in one request, what no share before this one has read well.
void CopyOnWrite::load(Share& share) {
  std::array<Segment, kChunksPerRead> segments;
  std::size_t count = 0;
  SectorRange range{};
  const auto read = [&] {
    if (count != 0 &&
        transfer(origin_, Operation::read, range, std::span(segments).first(count)) != Errc::none)
      share.error = Errc::io;
    count = 0;
  };
  for (Share& other : shares()) other.searched = other.locked.begin();
  for (Chunk& chunk : share.locked) {
    const SectorRange wanted = share.area->range_of(chunk.number);
    const Segment content = share.area->content_of(chunk);
    if (const std::byte* shared = read_before(share, wanted)) {
      std::copy_n(shared, content.size, content.data);
      continue;
    }
    if (count == kChunksPerRead || wanted.first != range.end()) read();
    if (count == 0) range = {wanted.first, {}};
    segments[count++] = content;
    range.count += wanted.count;
  }
  read();
}

/// Where a share before this one holds all of `range`; null if none does. `range` ascends from call
/// to call. Areas with larger chunks stand before those with smaller ones, so a chunk lies within
/// one of theirs or apart from it, except at the end of a device that was resized.
const std::byte* CopyOnWrite::read_before(const Share& share, SectorRange range) {
  for (Share& other : shares()) {
    if (&other == &share) break;
    if (!other.has_loaded()) continue;
    const auto range_at = [&](RequestedChunks::iterator chunk) {
      return other.area->range_of(chunk->number);
    };
    RequestedChunks::iterator& chunk = other.searched;
    while (chunk != other.locked.end() && range_at(chunk).end() <= range.first) ++chunk;
    if (chunk != other.locked.end() && range_at(chunk).contains(range))
      return chunk->buffer + to_bytes(range.first - range_at(chunk).first).value;
  }
  return nullptr;
}

void CopyOnWrite::publish(Share& share) {
  DiffArea& area = *share.area;
  if (share.error != Errc::none) area.corrupt(share.error);
  while (!share.locked.empty()) {
    Chunk& chunk = share.locked.front();
    share.locked.pop_front();
    if (!area.refusal()) {
      if (const Errc refused = area.publish(chunk); refused != Errc::none) area.corrupt(refused);
    }
    if (!area.map().contains(chunk.number)) area.drop_buffer(chunk);
    area.unlock(chunk);
  }
}

}  // namespace cowbell
