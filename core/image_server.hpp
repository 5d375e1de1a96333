// SPDX-License-Identifier: Apache-2.0
// Answers the requests to one image.
//
// A read of chunks that are all fresh goes to the origin without a lock and is looked at again when
// the origin has answered: if everything is still fresh, what it read is the cut. Everything else
// is served by fibers, chunk by chunk. Origin writes never wait for a lock of an image read, nor
// for its memory, with two exceptions: a read of less than a block of the storage reads whole ones
// into the memory of a chunk, and one of a block in many segments needs a list of them.
// Source: dm-snapshot's tracked chunks, made lock-free by looking again.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <memory_resource>
#include <vector>

#include "core/answer_queue.hpp"
#include "core/change_tracking.hpp"
#include "core/diff_area.hpp"
#include "core/diff_storage.hpp"
#include "core/snapshot_image.hpp"
#include "core/tracker.hpp"

namespace cowbell {

class ImageServer {
 public:
  /// All borrowed; the area, the storage and the cut belong to the snapshot, as this does.
  ImageServer(const Environment& environment, Tracker& origin, DiffArea& area, DiffStorage& storage,
              TrackedCut& changes, const Geometry& geometry);
  ~ImageServer();
  ImageServer(const ImageServer&) = delete;
  ImageServer& operator=(const ImageServer&) = delete;

  /// Starts `count` fibers. Throws std::bad_alloc, and then `stop` ends those that were started.
  void start(std::uint64_t count);

  /// Suspends until every request has been answered and the fibers have ended; images that are
  /// open answer ENODEV from now on. The area has been released.
  void stop();

  const Geometry& geometry() const { return geometry_; }

  /// A checked request. Does not suspend.
  void submit(Bio& bio);

  void opened(SnapshotImage& image) { images_.push_back(image); }
  void closed(SnapshotImage& image) { images_.erase(images_.iterator_to(image)); }

 private:
  /// What of a request falls into one chunk.
  struct Piece {
    ChunkNumber chunk;
    SectorRange range;
    std::size_t offset;  ///< into the memory of the request, in bytes
    bool many_segments;  ///< more than a `Slice` holds without memory
  };

  /// A part of a request's memory; more than a few segments take memory of the engine. A list of
  /// the segments of one chunk takes less than a chunk, whose reservation covers it.
  struct Slice {
    static constexpr std::size_t kFew = 8;
    explicit Slice(std::pmr::memory_resource& memory)
        : resource(few.data(), sizeof few, &memory), segments(&resource) {}
    std::array<Segment, kFew> few;
    std::pmr::monotonic_buffer_resource resource;
    std::pmr::vector<Segment> segments;
  };

  /// The memory for one chunk, given back unless a chunk has taken it over.
  struct Reservation {
    DiffArea& area;
    Clock& clock;
    bool held = false;
    /// Suspends until there is room, unless it is held already. False once the area is released.
    bool make();
    bool take_buffer(Chunk& chunk);
    ~Reservation();
  };

  static void read_unlocked(Bio& bio, void* server) noexcept;
  void queue(Bio& bio);
  void answer(Bio& bio, Errc error);
  void serve_loop();
  Errc serve(Bio& bio);

  Errc serve_piece(Bio& bio, const Piece& piece);
  Errc read_from_origin(Bio& bio, const Piece& piece);
  Errc serve_locked(Bio& bio, const Piece& piece, Chunk& chunk, Reservation& reservation);
  Errc write_fresh(Bio& bio, const Piece& piece, Chunk& chunk, Reservation& reservation);
  void serve_in_memory(Bio& bio, const Piece& piece, std::byte* chunk_content);
  Errc serve_stored(Bio& bio, const Piece& piece, Chunk& chunk, Reservation& reservation);
  Errc serve_stored_direct(Bio& bio, const Piece& piece, SectorRange stored);
  Errc serve_stored_rounded(Bio& bio, const Piece& piece, SectorRange stored, std::byte* buffer);
  Errc transfer_watched(Operation operation, SectorRange stored, std::span<const Segment> segments);
  static Sector end_of_few_segments(const Bio& bio, Sector first, Sector end);
  std::uint64_t largest_block() const;
  Errc slice(const Bio& bio, const Piece& piece, Slice& out) const;
  bool fits_storage_blocks(SectorRange range) const;

  const Environment& environment_;
  Tracker& origin_;
  DiffArea& area_;
  DiffStorage& storage_;
  TrackedCut& changes_;
  const Geometry geometry_;
  boost::intrusive::list<SnapshotImage> images_;
  boost::intrusive::list<Bio> queue_;
  AnswerQueue answers_;
  std::uint64_t open_ = 0;
  bool stopping_ = false;
  WaitQueue work_{"an image request"};
  WaitQueue all_answered_{"the last image request"};
  FiberGroup fibers_;
};

}  // namespace cowbell
