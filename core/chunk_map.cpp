// SPDX-License-Identifier: Apache-2.0
#include "core/chunk_map.hpp"

#include <algorithm>

#include "core/allocate.hpp"
#include "core/invariant.hpp"

namespace cowbell {
ChunkMap::Record::Record(ChunkNumber chunk, ChunkState state, Sector extent) {
  COWBELL_INVARIANT(S10, chunk < kChunkEnd && extent < kExtentEnd);
  const std::uint64_t front =
      chunk.value | static_cast<std::uint64_t>(state) << 48 | extent.value << 50;
  std::memcpy(words_, &front, sizeof front);
  words_[2] = static_cast<std::uint32_t>(extent.value >> 14);
}

// Looking ---------------------------------------------------------------------------------------

std::size_t ChunkMap::leaf_of(ChunkNumber chunk) const {
  const Leaf* at = leaves_.data();
  for (std::size_t count = leaves_.size() - 1; count != 0;) {
    const std::size_t half = (count + 1) / 2;
    at += at[half].first <= chunk ? half : 0;
    count -= half;
  }
  return static_cast<std::size_t>(at - leaves_.data());
}

std::size_t ChunkMap::position(const Leaf& leaf, ChunkNumber chunk) {
  const std::pmr::vector<Record>& records = leaf.records;
  if (records.empty() || chunk <= leaf.low) return 0;
  if (chunk > leaf.high) return records.size();
  const std::size_t last = records.size() - 1;
  const std::uint64_t above = chunk.value - leaf.low.value;
  if (leaf.has_all_between()) return above;
  // Its place if chunks are spread evenly: mostly near, where they are written at random. A search
  // around it touches less memory.
  constexpr std::size_t kNear = 7;
  const std::size_t guess = above * last / (leaf.high.value - leaf.low.value);
  if (records[guess].chunk() == chunk) return guess;
  const std::size_t low = guess - std::min(guess, kNear);
  const std::size_t high = std::min(guess + kNear, last);
  if (records[low].chunk() < chunk && chunk <= records[high].chunk())
    return position(leaf, chunk, low, high - low);
  return position(leaf, chunk, 0, records.size());
}

// The searches have no branch that depends on what they find: those would be mispredicted.

std::size_t ChunkMap::position(const Leaf& leaf, ChunkNumber chunk, std::size_t first,
                               std::size_t count) {
  const Record* at = leaf.records.data() + first;
  while (count != 0) {
    const std::size_t half = (count + 1) / 2;
    at += at[half - 1].chunk() < chunk ? half : 0;
    count -= half;
  }
  return static_cast<std::size_t>(at - leaf.records.data());
}

bool ChunkMap::contains(ChunkNumber chunk) const {
  if (leaves_.empty()) return false;
  const Leaf& leaf = leaves_[leaf_of(chunk)];
  if (leaf.has_all_between()) return leaf.low <= chunk && chunk <= leaf.high;
  return find(leaf, chunk) != nullptr;
}

const ChunkMap::Record* ChunkMap::find(ChunkNumber chunk) const {
  return leaves_.empty() ? nullptr : find(leaves_[leaf_of(chunk)], chunk);
}

const ChunkMap::Record* ChunkMap::find(const Leaf& leaf, ChunkNumber chunk) {
  const std::size_t at = position(leaf, chunk);
  return at < leaf.records.size() && leaf.records[at].chunk() == chunk ? &leaf.records[at]
                                                                       : nullptr;
}

std::uint64_t ChunkMap::count(ChunkNumber first, ChunkNumber end) const {
  if (leaves_.empty() || first >= end) return 0;
  if (next(first) == end) return contains(first) ? 1 : 0;
  std::uint64_t found = 0;
  for (std::size_t i = leaf_of(first); i < leaves_.size() && leaves_[i].first < end; ++i) {
    const std::size_t begin = position(leaves_[i], first);
    // Records ascend, so that so many lie in the range at most.
    const std::size_t most = std::min<std::uint64_t>(end.value - first.value,
                                                     leaves_[i].records.size() - begin);
    found += position(leaves_[i], end, begin, most) - begin;
  }
  return found;
}

ChunkState ChunkMap::state(ChunkNumber chunk) const {
  const Record* record = find(chunk);
  return record == nullptr ? ChunkState::fresh : record->state();
}

Sector ChunkMap::extent(ChunkNumber chunk) const {
  const Record* record = find(chunk);
  COWBELL_INVARIANT(S10, record != nullptr && record->state() == ChunkState::stored);
  return record->extent();
}

// Changing --------------------------------------------------------------------------------------

Errc ChunkMap::insert_in_memory(ChunkNumber chunk) {
  return try_allocate([&] {
    Leaf& leaf = make_room(chunk);
    const auto at = leaf.records.begin() + static_cast<std::ptrdiff_t>(position(leaf, chunk));
    COWBELL_INVARIANT(S5, at == leaf.records.end() || at->chunk() != chunk);
    leaf.records.emplace(at, chunk, ChunkState::in_memory, Sector{});
    leaf.added(chunk);
    ++size_;
  });
}

void ChunkMap::become(ChunkNumber chunk, ChunkState state, Sector extent) {
  Record* record = const_cast<Record*>(find(chunk));
  COWBELL_INVARIANT(S5, record != nullptr && may_become(record->state(), state));
  *record = Record(chunk, state, extent);
}

void ChunkMap::set_stored(ChunkNumber chunk, Sector extent) {
  become(chunk, ChunkState::stored, extent);
}

void ChunkMap::set_failed(ChunkNumber chunk) {
  become(chunk, ChunkState::failed, Sector{});
}

/// The leaf for a chunk that is not in the map, with room for it. Throws std::bad_alloc, and then
/// the map holds what it held.
ChunkMap::Leaf& ChunkMap::make_room(ChunkNumber chunk) {
  if (leaves_.empty()) leaves_.push_back({ChunkNumber{}, with_slack(nullptr, nullptr), {}, {}});
  std::size_t i = leaf_of(chunk);
  if (leaves_[i].records.size() == kLeafMaximum) {
    split(i);
    i = leaf_of(chunk);
  }
  std::pmr::vector<Record>& records = leaves_[i].records;
  if (records.size() == records.capacity())
    records = with_slack(records.data(), records.data() + records.size());
  return leaves_[i];
}

void ChunkMap::split(std::size_t full) {
  const Record* first = leaves_[full].records.data();
  const Record* middle = first + kLeafMaximum / 2;
  std::pmr::vector<Record> lower = with_slack(first, middle);
  Leaf upper{middle->chunk(), with_slack(middle, first + kLeafMaximum), middle->chunk(),
             leaves_[full].high};
  leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(full) + 1, std::move(upper));
  leaves_[full].records = std::move(lower);
  leaves_[full].high = leaves_[full].records.back().chunk();
}

/// A copy with room for some more.
std::pmr::vector<ChunkMap::Record> ChunkMap::with_slack(const Record* first,
                                                        const Record* last) const {
  const auto count = static_cast<std::size_t>(last - first);
  std::pmr::vector<Record> records(leaves_.get_allocator().resource());
  records.reserve(std::min(count + std::max<std::size_t>(count / 8, 4), kLeafMaximum));
  records.assign(first, last);
  return records;
}

}  // namespace cowbell
