// SPDX-License-Identifier: Apache-2.0
#include "core/diff_area.hpp"

#include <algorithm>
#include <bit>

#include "core/invariant.hpp"

namespace cowbell {

Result<ByteCount> choose_chunk_size(const Params& params, const Geometry& origin,
                                    ByteCount storage_block) {
  const std::uint64_t smallest = std::max(origin.minimum_io.value, storage_block.value);
  const std::uint64_t size = to_bytes(origin.capacity).value;
  for (std::uint64_t shift = params.chunk_minimum_shift; shift <= params.chunk_maximum_shift;
       ++shift) {
    const std::uint64_t chunk = std::uint64_t{1} << shift;
    const std::uint64_t count = size / chunk + (size % chunk != 0);
    if (chunk >= smallest && count <= std::uint64_t{1} << params.chunk_maximum_count_shift)
      return ByteCount{chunk};
  }
  return std::unexpected(Errc::too_large);
}

DiffArea::DiffArea(const Environment& environment, const Params& params, BlockDevice& origin,
                   ByteCount chunk_size, MemoryBudget& budget, std::pmr::memory_resource& metadata,
                   StoreQueue& store_queue, Events events)
    : environment_(environment),
      origin_(origin),
      budget_(budget),
      store_queue_(store_queue),
      events_(std::move(events)),
      capacity_(origin.geometry().capacity),
      chunk_shift_(std::countr_zero(chunk_size.value) - kSectorShift),
      storage_wait_maximum_(std::chrono::milliseconds(params.storage_wait_maximum)),
      map_(metadata),
      pool_(environment.memory, budget, chunk_size, params.free_diff_buffer_pool_size) {}

DiffArea::~DiffArea() {
  COWBELL_INVARIANT(S11, at_work_.empty());
  COWBELL_INVARIANT(S11, preserving_ == 0);
}

// State ----------------------------------------------------------------------------------------

std::optional<Errc> DiffArea::refusal() const {
  if (released_) return Errc::no_device;
  if (corrupted_) return Errc::io;
  return std::nullopt;
}

void DiffArea::corrupt(Errc cause) {
  if (refusal()) return;
  corrupted_ = cause;
  events_.corrupted.tell(cause);
  store_queue_.begin();  // what waits there is of no use any more, and its memory is
}

void DiffArea::overflow() {
  if (refusal()) return;
  events_.overflow.tell(Errc::no_space);
  corrupt(Errc::no_space);
}

void DiffArea::wait_until_idle() {
  while (preserving_ != 0) idle_.wait();
}

// Chunks ---------------------------------------------------------------------------------------

ChunkNumber DiffArea::chunk_of(Sector sector) const {
  return {sector.value >> chunk_shift_};
}

SectorRange DiffArea::range_of(ChunkNumber chunk) const {
  const Sector first{chunk.value << chunk_shift_};
  const SectorCount rest = capacity_ - SectorCount{first.value};
  return {first, std::min(to_sectors(chunk_size()), rest)};
}

/// One past the last chunk of `range`, cut at the capacity at take.
ChunkNumber DiffArea::end_of(SectorRange range) const {
  const std::uint64_t end = std::min(range.end().value, capacity_.value);
  if (end <= range.first.value) return chunk_of(range.first);
  return next(chunk_of(Sector{end - 1}));
}

bool DiffArea::all_fresh(SectorRange range) const {
  const ChunkNumber end = end_of(range);
  for (ChunkNumber chunk = chunk_of(range.first); chunk < end; chunk = next(chunk))
    if (map_.contains(chunk)) return false;
  return true;
}

Chunk* DiffArea::lock(ChunkNumber number) {
  auto found = at_work_.find(number);
  if (found == at_work_.end()) {
    Owned<Chunk> chunk = make_owned<Chunk>(environment_.memory, *this, number);
    if (chunk == nullptr) return nullptr;
    found = at_work_.insert(*chunk.release()).first;
  }
  ++found->users;
  found->lock.lock();
  return &*found;
}

bool DiffArea::try_lock(Chunk& chunk) {
  if (!chunk.lock.try_lock()) return false;
  ++chunk.users;
  return true;
}

void DiffArea::unlock(Chunk& chunk) {
  chunk.lock.unlock();
  --chunk.users;
  if (chunk.users != 0) return;
  if (chunk.buffer != nullptr) {
    store_queue_.chunk_unlocked();
    return;
  }
  at_work_.erase(at_work_.iterator_to(chunk));
  std::pmr::polymorphic_allocator<>(&environment_.memory).delete_object(&chunk);
}

bool DiffArea::take_buffer(Chunk& chunk) {
  chunk.buffer = pool_.get();
  return chunk.buffer != nullptr;
}

void DiffArea::drop_buffer(Chunk& chunk) {
  pool_.put(chunk.buffer);
  chunk.buffer = nullptr;
  budget_.give_back(kChunkCharge);
}

Errc DiffArea::publish(Chunk& chunk) {
  if (const Errc error = map_.insert_in_memory(chunk.number); error != Errc::none) return error;
  store_queue_.push(chunk);
  return Errc::none;
}

void DiffArea::stored(Chunk& chunk) {
  map_.set_stored(chunk.number, chunk.extent);
  drop_buffer(chunk);
  unlock(chunk);
}

void DiffArea::fail(Chunk& chunk) {
  COWBELL_INVARIANT(S5, refusal().has_value());
  map_.set_failed(chunk.number);
  drop_buffer(chunk);
  unlock(chunk);
}

// Copy-on-write --------------------------------------------------------------------------------

bool DiffArea::in_need(SectorRange range) const {
  if (refusal()) return false;
  const ChunkNumber end = end_of(range);
  for (ChunkNumber chunk = chunk_of(range.first); chunk < end; chunk = next(chunk))
    if (!map_.contains(chunk)) return true;
  return false;
}

void DiffArea::preserve(SectorRange range) {
  ++preserving_;
  Time wait_left = storage_wait_maximum_;
  // Half of the memory for one request, so that others find room beside it; take made sure of two
  // chunks.
  const std::uint64_t window_maximum =
      std::max<std::uint64_t>(1, budget_.limit().value / 2 / chunk_cost().value);
  const ChunkNumber end = end_of(range);
  ChunkNumber first = chunk_of(range.first);
  while (first < end && !refusal()) {
    ChunkNumber window_end = first;
    std::uint64_t fresh = 0;
    for (; window_end < end && fresh < window_maximum; window_end = next(window_end))
      if (!map_.contains(window_end)) ++fresh;
    if (fresh != 0) {
      // Only the wait for storage is bounded: slow loads must not cost a snapshot.
      const Time began = environment_.clock.now();
      const auto outcome = budget_.reserve(chunk_cost() * fresh, began + wait_left);
      wait_left -= std::min(wait_left, environment_.clock.now() - began);
      switch (outcome) {
        case MemoryBudget::Outcome::reserved:
          preserve_window(first, window_end, fresh);
          break;
        case MemoryBudget::Outcome::timed_out:
          corrupt(Errc::timed_out);
          break;
        case MemoryBudget::Outcome::closed:
          break;
      }
    }
    first = window_end;
  }
  if (--preserving_ == 0) idle_.wake_all();
}

/// Preserves the chunks of [first, end) that are fresh, at most `fresh` of them, for which the
/// caller has reserved the memory.
void DiffArea::preserve_window(ChunkNumber first, ChunkNumber end, std::uint64_t fresh) {
  Requested locked;
  Errc error = lock_fresh(first, end, locked);
  budget_.give_back(chunk_cost() * (fresh - locked.size()));
  if (error == Errc::none && !refusal()) error = load(locked);
  if (error != Errc::none) corrupt(error);
  while (!locked.empty()) {
    Chunk& chunk = locked.front();
    locked.pop_front();
    if (!refusal()) {
      if (const Errc refused = publish(chunk); refused != Errc::none) corrupt(refused);
    }
    if (!map_.contains(chunk.number)) drop_buffer(chunk);
    unlock(chunk);
  }
}

/// Locks, in ascending order, what is still fresh when its lock is held, each with a buffer.
/// Errors: ENOMEM; what was locked before stays in `locked`.
Errc DiffArea::lock_fresh(ChunkNumber first, ChunkNumber end, Requested& locked) {
  for (ChunkNumber number = first; number < end && !refusal(); number = next(number)) {
    if (map_.contains(number)) continue;
    Chunk* chunk = lock(number);
    if (chunk == nullptr) return Errc::no_memory;
    if (map_.contains(number) || refusal()) {
      unlock(*chunk);
      continue;
    }
    if (!take_buffer(*chunk)) {
      unlock(*chunk);
      return Errc::no_memory;
    }
    locked.push_back(*chunk);
  }
  return Errc::none;
}

Errc DiffArea::load(Chunk& chunk) {
  Requested one;
  one.push_back(chunk);
  const Errc error = load(one);
  one.clear();
  return error;
}

/// Reads chunks from the origin into their buffers, neighbours in one request. Errors: EIO.
Errc DiffArea::load(Requested& chunks) {
  constexpr std::size_t kChainMaximum = 16;
  auto chunk = chunks.begin();
  while (chunk != chunks.end()) {
    std::array<Segment, kChainMaximum> segments;
    std::size_t count = 0;
    SectorRange range{range_of(chunk->number).first, {}};
    do {
      const SectorCount length = range_of(chunk->number).count;
      const std::size_t size = to_bytes(length).value;
      std::fill(chunk->buffer + size, chunk->buffer + chunk_size().value, std::byte{});
      segments[count++] = {chunk->buffer, size};
      range.count += length;
      ++chunk;
    } while (count < kChainMaximum && chunk != chunks.end() &&
             range_of(chunk->number).first == range.end());
    if (transfer(origin_, Operation::read, range, std::span(segments).first(count)) != Errc::none)
      return Errc::io;
  }
  return Errc::none;
}

}  // namespace cowbell
