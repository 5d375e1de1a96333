// SPDX-License-Identifier: Apache-2.0
#include "core/image_server.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell {
namespace {

/// What a request answers when a device has answered `error`: other codes speak of the image.
Errc device_error(Errc error) {
  return error == Errc::none ? Errc::none : Errc::io;
}

}  // namespace

ImageServer::ImageServer(const Environment& environment, Tracker& origin, DiffArea& area,
                         DiffStorage& storage, TrackedCut& changes, const Geometry& geometry)
    : environment_(environment),
      origin_(origin),
      area_(area),
      storage_(storage),
      changes_(changes),
      geometry_(geometry),
      fibers_(environment.stacks) {}

ImageServer::~ImageServer() {
  COWBELL_INVARIANT(S11, open_ == 0 && images_.empty());
}

void ImageServer::start(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) fibers_.spawn("image I/O", [this] { serve_loop(); });
}

void ImageServer::stop() {
  while (open_ != 0) all_answered_.wait();
  stopping_ = true;
  work_.wake_all();
  fibers_.join();
  while (!images_.empty()) {
    images_.front().server_ = nullptr;
    images_.pop_front();
  }
}

// Requests -------------------------------------------------------------------------------------

void ImageServer::submit(Bio& bio) {
  origin_.look_at_origin();
  if (const std::optional<Errc> refusal = area_.refusal()) return answers_.answer(bio, *refusal);
  if (bio.operation == Operation::flush) return answers_.answer(bio, Errc::none);
  const bool unlocked = bio.operation == Operation::read && area_.all_fresh(bio.range);
  if (!unlocked) {
    if (bio.flags.nowait) return answers_.answer(bio, Errc::again);
    if (changes_data(bio.operation)) changes_.mark(bio.range);
    ++open_;
    return queue(bio);
  }
  if (!bio.push({&ImageServer::read_unlocked, this}))
    return answers_.answer(bio, Errc::not_supported);
  ++open_;
  area_.origin().submit(bio);
}

/// The origin has answered a read that no lock protected. S3, S5: only what is looked at now, after
/// the data has come, tells whether it is the cut's.
void ImageServer::read_unlocked(Bio& bio, void* context) noexcept {
  ImageServer& server = *static_cast<ImageServer*>(context);
  if (const std::optional<Errc> refusal = server.area_.refusal())
    return server.answer(bio, *refusal);
  if (!server.area_.all_fresh(bio.range)) {
    if (bio.flags.nowait) return server.answer(bio, Errc::again);
    return server.queue(bio);
  }
  const Errc error = bio.outcome();
  server.answer(bio, error == Errc::again && bio.flags.nowait ? error : device_error(error));
}

void ImageServer::queue(Bio& bio) {
  queue_.push_back(bio);
  work_.wake_one();
}

void ImageServer::answer(Bio& bio, Errc error) {
  if (--open_ == 0) all_answered_.wake_all();
  bio.complete(error);
}

void ImageServer::serve_loop() {
  while (!stopping_) {
    if (queue_.empty()) {
      work_.wait();
      continue;
    }
    Bio& bio = queue_.front();
    queue_.pop_front();
    const Errc error = serve(bio);
    // S5: the flags are looked at after the data has come, never only before.
    answer(bio, area_.refusal().value_or(error));
  }
}

Errc ImageServer::serve(Bio& bio) {
  Sector first = bio.range.first;
  while (first < bio.range.end()) {
    const ChunkNumber chunk = area_.chunk_of(first);
    Sector end = std::min(area_.range_of(chunk).end(), bio.range.end());
    Sector few = end_of_few_segments(bio, first, end);
    if (bio.operation == Operation::read && few < end) {
      // Rather several requests than memory, unless a single block has that many segments.
      const Sector cut{few.value / largest_block() * largest_block()};
      if (cut > first) end = few = cut;
    }
    const Piece piece{
        chunk, {first, end - first}, to_bytes(first - bio.range.first).value, few < end};
    const Errc error = serve_piece(bio, piece);
    if (error != Errc::none) return error;
    first = end;
  }
  return Errc::none;
}

/// Where the first few segments for [first, end) end; `end` if there are no more.
Sector ImageServer::end_of_few_segments(const Bio& bio, Sector first, Sector end) {
  std::uint64_t skip = to_bytes(first - bio.range.first).value;
  std::size_t count = 0;
  for (const Segment& segment : bio.segments) {
    if (skip >= segment.size) {
      skip -= segment.size;
      continue;
    }
    if (first >= end || count++ == Slice::kFew) break;
    first += to_sectors(ByteCount{segment.size - skip});
    skip = 0;
  }
  return count > Slice::kFew ? std::min(first, end) : end;
}

/// In sectors, of the image and the storage.
std::uint64_t ImageServer::largest_block() const {
  const ByteCount block =
      std::max(geometry_.logical_block, storage_.backing().geometry().logical_block);
  return block.value >> kSectorShift;
}

// Pieces ---------------------------------------------------------------------------------------

bool ImageServer::Reservation::make() {
  if (!held) {
    MemoryClaim claim(clock, clock.now());
    MemoryClaim::Wish wish;
    claim.add(wish, area.budget(), area.chunk_cost());
    held = claim.reserve().outcome == MemoryClaim::Outcome::reserved;
  }
  return held;
}

bool ImageServer::Reservation::take_buffer(Chunk& chunk) {
  COWBELL_INVARIANT(S9, held);
  held = !area.take_buffer(chunk);
  return !held;
}

ImageServer::Reservation::~Reservation() {
  if (held) area.budget().give_back(area.chunk_cost());
}

Errc ImageServer::serve_piece(Bio& bio, const Piece& piece) {
  Reservation reservation{area_, environment_.clock};
  if (piece.many_segments && !reservation.make()) return Errc::no_device;
  if (bio.operation == Operation::read && !area_.map().contains(piece.chunk)) {
    const Errc error = read_from_origin(bio, piece);
    if (!area_.map().contains(piece.chunk)) return error;
  }
  // Memory before locks. A chunk that is preserved now stays so: what is not needed here will not
  // be needed when the lock is held.
  const bool needs_buffer = !area_.map().contains(piece.chunk) || !fits_storage_blocks(piece.range);
  if (needs_buffer && !reservation.make()) return Errc::no_device;
  Chunk* chunk = area_.lock(piece.chunk);
  if (chunk == nullptr) return Errc::no_memory;
  const std::optional<Errc> refusal = area_.refusal();
  const Errc error = refusal ? *refusal : serve_locked(bio, piece, *chunk, reservation);
  area_.unlock(*chunk);
  return error;
}

/// Unprotected: what it read counts only if the chunk is still fresh afterwards.
Errc ImageServer::read_from_origin(Bio& bio, const Piece& piece) {
  Slice part(environment_.memory);
  if (const Errc error = slice(bio, piece, part); error != Errc::none) return error;
  return device_error(transfer(area_.origin(), Operation::read, piece.range, part.segments));
}

Errc ImageServer::serve_locked(Bio& bio, const Piece& piece, Chunk& chunk,
                               Reservation& reservation) {
  switch (area_.map().state(chunk.number)) {
    case ChunkState::fresh:
      return write_fresh(bio, piece, chunk, reservation);
    case ChunkState::in_memory:
      serve_in_memory(bio, piece, chunk.buffer);
      return Errc::none;
    case ChunkState::stored:
      return serve_stored(bio, piece, chunk, reservation);
    case ChunkState::failed:
      return Errc::io;
  }
  return Errc::io;
}

/// Preserves the chunk with the written content laid over it. If it cannot, only this request
/// fails: the chunk is fresh again, and the origin still has its data.
Errc ImageServer::write_fresh(Bio& bio, const Piece& piece, Chunk& chunk,
                              Reservation& reservation) {
  // S3: a read found its chunk preserved before it locked it, and no chunk is fresh again after
  // that.
  COWBELL_INVARIANT(S3, bio.operation != Operation::read);
  if (!reservation.take_buffer(chunk)) return Errc::no_memory;
  const bool whole = piece.range == area_.range_of(chunk.number);
  Errc error = whole ? Errc::none : area_.load(chunk);
  if (error == Errc::none) error = area_.refusal().value_or(Errc::none);
  if (error == Errc::none) {
    serve_in_memory(bio, piece, chunk.buffer);
    error = area_.publish(chunk);
  }
  if (error != Errc::none) area_.drop_buffer(chunk);
  return error;
}

void ImageServer::serve_in_memory(Bio& bio, const Piece& piece, std::byte* chunk_content) {
  const SectorCount skip = piece.range.first - area_.range_of(piece.chunk).first;
  const std::span<std::byte> content(chunk_content + to_bytes(skip).value,
                                     to_bytes(piece.range.count).value);
  switch (bio.operation) {
    case Operation::read:
      return copy_in(bio.segments, piece.offset, content);
    case Operation::write:
      return copy_out(bio.segments, piece.offset, content);
    case Operation::write_zeroes:
    case Operation::discard:
      std::fill(content.begin(), content.end(), std::byte{});
      return;
    case Operation::flush:
      return;
  }
}

// Stored chunks --------------------------------------------------------------------------------

bool ImageServer::fits_storage_blocks(SectorRange range) const {
  const std::uint64_t block = storage_.backing().geometry().logical_block.value >> kSectorShift;
  return range.first.value % block == 0 && range.count.value % block == 0;
}

Errc ImageServer::serve_stored(Bio& bio, const Piece& piece, Chunk& chunk,
                               Reservation& reservation) {
  const SectorCount skip = piece.range.first - area_.range_of(piece.chunk).first;
  const SectorRange stored{area_.map().extent(chunk.number) + skip, piece.range.count};
  if (fits_storage_blocks(piece.range)) return serve_stored_direct(bio, piece, stored);
  if (!reservation.take_buffer(chunk)) return Errc::no_memory;
  const Errc error = serve_stored_rounded(bio, piece, stored, chunk.buffer);
  area_.drop_buffer(chunk);
  return error;
}

Errc ImageServer::serve_stored_direct(Bio& bio, const Piece& piece, SectorRange stored) {
  BlockDevice& storage = storage_.backing();
  Slice part(environment_.memory);
  if (const Errc error = slice(bio, piece, part); error != Errc::none) return error;
  const bool read = bio.operation == Operation::read;
  const Operation operation = carries_data(bio.operation) ? bio.operation : Operation::write_zeroes;
  const Errc error = transfer_watched(operation, stored, part.segments);
  // S4, S5: a block of the image that is several of the storage may be neither old nor new now.
  if (error != Errc::none && !read && storage.geometry().logical_block < geometry_.logical_block)
    area_.corrupt(storage_cause(error));
  return device_error(error);
}

/// Reads, changes and writes whole blocks of the storage, under the chunk's lock.
Errc ImageServer::serve_stored_rounded(Bio& bio, const Piece& piece, SectorRange stored,
                                       std::byte* buffer) {
  const std::uint64_t block = storage_.backing().geometry().logical_block.value >> kSectorShift;
  const Sector first{stored.first.value / block * block};
  const Sector end{(stored.end().value + block - 1) / block * block};
  const Segment segment{buffer, to_bytes(end - first).value};
  const auto transfer_blocks = [&](Operation operation) {
    return device_error(transfer_watched(operation, {first, end - first}, {&segment, 1}));
  };
  if (const Errc error = transfer_blocks(Operation::read); error != Errc::none) return error;
  const std::span<std::byte> content(buffer + to_bytes(stored.first - first).value,
                                     to_bytes(stored.count).value);
  if (bio.operation == Operation::read) {
    copy_in(bio.segments, piece.offset, content);
    return Errc::none;
  }
  if (bio.operation == Operation::write)
    copy_out(bio.segments, piece.offset, content);
  else
    std::fill(content.begin(), content.end(), std::byte{});
  return transfer_blocks(Operation::write);
}

/// S8: memory comes back when the storage has answered, if not from here then from who waits for
/// the lock that is held here.
Errc ImageServer::transfer_watched(Operation operation, SectorRange stored,
                                   std::span<const Segment> segments) {
  StorageWatch::Request request;
  storage_.watch().submitted(request);
  const Errc error = transfer(storage_.backing(), operation, stored, segments);
  request.answered();
  return error;
}

/// The memory of the request that belongs to a piece. Errors: ENOMEM.
Errc ImageServer::slice(const Bio& bio, const Piece& piece, Slice& out) const {
  std::size_t skip = piece.offset;
  std::size_t rest = to_bytes(piece.range.count).value;
  return try_allocate([&] {
    // A segment has a sector at least.
    out.segments.reserve(
        piece.many_segments ? std::min<std::size_t>(bio.segments.size(), piece.range.count.value)
                            : Slice::kFew);
    for (const Segment& segment : bio.segments) {
      if (rest == 0) break;
      if (skip >= segment.size) {
        skip -= segment.size;
        continue;
      }
      const std::size_t size = std::min(rest, segment.size - skip);
      out.segments.push_back({segment.data + skip, size});
      skip = 0;
      rest -= size;
    }
  });
}

}  // namespace cowbell
