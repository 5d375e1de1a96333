// SPDX-License-Identifier: Apache-2.0
#include "core/store_queue.hpp"

#include "core/diff_area.hpp"
#include "core/invariant.hpp"

namespace cowbell {

StoreQueue::StoreQueue(const Environment& environment, DiffStorage& storage,
                       const MemoryBudget& memory, std::uint64_t waiting_maximum)
    : storage_(storage),
      memory_(memory),
      waiting_maximum_(waiting_maximum),
      fiber_(environment.stacks) {
  for (Write& write : writes_) {
    write.queue = this;
    free_writes_.push_back(write);
  }
}

StoreQueue::~StoreQueue() {
  COWBELL_INVARIANT(S11, waiting_.empty());
  free_writes_.clear();
}

void StoreQueue::start() {
  fiber_.spawn("store of preserved chunks", [this] { store_loop(); });
}

void StoreQueue::push(Chunk& chunk) {
  waiting_.push_back(chunk);
  // Who waits for memory asked for storing when there may have been nothing to store yet.
  if (++waiting_count_ > waiting_maximum_ || memory_.awaited()) begin();
}

void StoreQueue::begin() {
  if (waiting_.empty()) return;
  storing_ = true;
  work_.wake_one();
}

void StoreQueue::chunk_unlocked() {
  if (storing_) work_.wake_one();
}

Chunk* StoreQueue::lock_next() {
  for (Chunk& chunk : waiting_) {
    if (!chunk.area.try_lock(chunk)) continue;
    waiting_.erase(waiting_.iterator_to(chunk));
    --waiting_count_;
    return &chunk;
  }
  return nullptr;
}

bool StoreQueue::place(Chunk& chunk) {
  DiffArea& area = chunk.area;
  if (!area.refusal()) {
    const Result<Sector> extent = storage_.allocate(to_sectors(area.chunk_size()));
    if (extent) {
      chunk.extent = *extent;
      return true;
    }
    // Storage that has gone was not full.
    if (extent.error() == Errc::no_space)
      area.overflow();
    else
      area.corrupt(extent.error());
  }
  area.fail(chunk);
  return false;
}

bool StoreQueue::has_room(const Chunk& chunk) const {
  return storage_.has_room(to_sectors(chunk.area.chunk_size()));
}

StoreQueue::Write& StoreQueue::open_write() {
  while (free_writes_.empty()) write_ended_.wait();
  Write& write = free_writes_.front();
  free_writes_.pop_front();
  return write;
}

void StoreQueue::store_loop() {
  // Only this fiber takes extents, so the next extent is always the neighbour of the one before.
  Write* write = nullptr;
  while (!stopping_) {
    Chunk* chunk = storing_ ? lock_next() : nullptr;
    // A wait, for work or for room, keeps back nothing that can be stored already.
    if (write != nullptr && (chunk == nullptr || !has_room(*chunk))) {
      submit(*write);
      write = nullptr;
    }
    if (chunk == nullptr) {
      if (waiting_.empty()) storing_ = false;
      work_.wait();
      continue;
    }
    if (!place(*chunk)) continue;
    if (write == nullptr) write = &open_write();
    write->segments[write->count] = {chunk->buffer, chunk->area.chunk_size().value};
    write->chunks[write->count++] = chunk;
    if (write->count == kChunksPerWrite) {
      submit(*write);
      write = nullptr;
    }
  }
  if (write != nullptr) submit(*write);
}

void StoreQueue::submit(Write& write, std::size_t first, std::size_t end) {
  write.first = first;
  write.end = end;
  write.bio.reset();
  write.bio.operation = Operation::write;
  write.bio.segments = std::span(write.segments).subspan(first, end - first);
  SectorCount size;
  for (const Segment& segment : write.bio.segments) size += to_sectors(ByteCount{segment.size});
  write.bio.range = {write.chunks[first]->extent, size};
  const bool pushed = write.bio.push({&StoreQueue::written, &write});
  COWBELL_INVARIANT(S8, pushed);
  storage_.watch().submitted(write.request);
  storage_.backing().submit(write.bio);
}

void StoreQueue::written(Bio& bio, void* context) noexcept {
  Write& write = *static_cast<Write*>(context);
  StoreQueue& queue = *write.queue;
  const Errc error = bio.outcome();
  write.request.answered();
  if (error != Errc::none && write.end - write.first > 1) write.end = write.first;  // each alone
  for (std::size_t i = write.first; i < write.end; ++i) {
    Chunk& chunk = *write.chunks[i];
    // S5: the area is corrupted before the last good copy is given up.
    if (error != Errc::none) chunk.area.corrupt(storage_cause(error));
    if (error == Errc::none)
      chunk.area.stored(chunk);
    else
      chunk.area.fail(chunk);
  }
  // A storage that fails everything is asked once for each area, not for each chunk.
  while (write.end < write.count && write.chunks[write.end]->area.refusal()) {
    Chunk& lost = *write.chunks[write.end++];
    lost.area.fail(lost);
  }
  if (write.end < write.count) return queue.submit(write, write.end, write.end + 1);
  write.count = 0;
  queue.free_writes_.push_back(write);
  queue.write_ended_.wake_one();
}

void StoreQueue::stop() {
  stopping_ = true;
  work_.wake_all();
  fiber_.join();
  while (free_writes_.size() != writes_.size()) write_ended_.wait();
  while (Chunk* chunk = lock_next()) chunk->area.fail(*chunk);
}

}  // namespace cowbell
