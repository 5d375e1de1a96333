// SPDX-License-Identifier: Apache-2.0
#include "core/diff_area.hpp"

#include <algorithm>
#include <bit>

#include "core/invariant.hpp"

namespace cowbell {

Result<ByteCount> choose_chunk_size(const Params& params, const Geometry& origin,
                                    ByteCount storage_block) {
  const std::uint64_t smallest =
      std::max({origin.minimum_io.value, origin.logical_block.value, storage_block.value});
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
      map_(metadata),
      pool_(environment.memory, budget, chunk_size, params.free_diff_buffer_pool_size) {}

DiffArea::~DiffArea() {
  COWBELL_INVARIANT(S11, at_work_.empty());
  COWBELL_INVARIANT(S11, copying_ == 0);
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

void DiffArea::origin_seen(SectorCount capacity) {
  if (capacity >= capacity_ || refusal()) return;
  const SectorRange lost{Sector{capacity.value}, capacity_ - capacity};
  if (count_fresh(chunk_of(lost.first), end_of(lost)) != 0) corrupt(Errc::io);
}

void DiffArea::wait_until_idle() {
  while (copying_ != 0) idle_.wait();
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

ChunkNumber DiffArea::end_of(SectorRange range) const {
  const std::uint64_t end = std::min(range.end().value, capacity_.value);
  if (end <= range.first.value) return chunk_of(range.first);
  return next(chunk_of(Sector{end - 1}));
}

bool DiffArea::all_fresh(SectorRange range) const {
  return map_.count(chunk_of(range.first), end_of(range)) == 0;
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
  if (chunk.buffer == nullptr) return false;
  const std::size_t size = content_of(chunk).size;
  std::fill(chunk.buffer + size, chunk.buffer + chunk_size().value, std::byte{});
  return true;
}

void DiffArea::drop_buffer(Chunk& chunk) {
  // S6: until it is stored or given up, its data can be written once more.
  COWBELL_INVARIANT(S6, !chunk.waits_for_store());
  pool_.put(chunk.buffer);
  chunk.buffer = nullptr;
  budget_.give_back(kChunkCharge);
}

Segment DiffArea::content_of(const Chunk& chunk) const {
  return {chunk.buffer, to_bytes(range_of(chunk.number).count).value};
}

Errc DiffArea::load(Chunk& chunk) {
  const Segment content = content_of(chunk);
  const Errc error = transfer(origin_, Operation::read, range_of(chunk.number), {&content, 1});
  return error == Errc::none ? Errc::none : Errc::io;
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
  return !refusal() && count_fresh(chunk_of(range.first), end_of(range)) != 0;
}

std::uint64_t DiffArea::count_fresh(ChunkNumber first, ChunkNumber end) const {
  return first < end ? end.value - first.value - map_.count(first, end) : 0;
}

DiffArea::Window DiffArea::first_window(SectorRange range) const {
  // Half of the memory for one request, so that others find room beside it; take made sure of two
  // chunks.
  const std::uint64_t maximum =
      std::max<std::uint64_t>(1, budget_.limit().value / 2 / chunk_cost().value);
  const ChunkNumber end = end_of(range);
  Window window{.end = chunk_of(range.first)};
  for (; window.end < end && window.fresh < maximum; window.end = next(window.end))
    if (!map_.contains(window.end) && window.fresh++ == 0) window.first = window.end;
  return window;
}

DiffArea::Window DiffArea::cut(const Window& window, Sector end) const {
  const ChunkNumber last = end_of({Sector{}, SectorCount{end.value}});
  if (last >= window.end) return window;
  return {window.first, last, count_fresh(window.first, last)};
}

void DiffArea::copy_ended() {
  if (--copying_ == 0) idle_.wake_all();
}

}  // namespace cowbell
