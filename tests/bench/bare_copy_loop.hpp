// SPDX-License-Identifier: Apache-2.0
// The physical limit of copy-on-write: read a chunk, write it to the storage, write the block. One
// io_uring with registered files and buffers; no map, no metadata, no fiber, no memory limit to
// keep, no error to survive.
//
//   a write of the client ──▶ its chunk is read ──▶ the block is written ──▶ answered
//                                              └──▶ the chunk is stored, beside it
//
// At most `depth` writes of the client are on their way at once; stores go on beside them in as
// many buffers as there are.
#pragma once

#include <liburing.h>

#include <span>
#include <vector>

#include "core/units.hpp"
#include "core/uring/aligned_buffer.hpp"
#include "core/uring/buffer_memory.hpp"

namespace cowbell::bench {

struct BareCopyOptions {
  int origin = -1;   ///< descriptors, opened with O_DIRECT
  int storage = -1;  ///< written from its beginning, chunk by chunk
  ByteCount chunk{64 * 1024};
  ByteCount block{4096};
  unsigned depth = 32;
  unsigned buffers = 256;
};

/// Made once and run often. Whatever fails ends the process.
class BareCopyLoop {
 public:
  explicit BareCopyLoop(const BareCopyOptions& options);
  ~BareCopyLoop();
  BareCopyLoop(const BareCopyLoop&) = delete;
  BareCopyLoop& operator=(const BareCopyLoop&) = delete;

  /// Writes a block at each of `places`, each the first to its chunk. Returns when all is written
  /// and stored.
  void run(std::span<const Sector> places);

 private:
  enum class Step : unsigned { read, write, store };

  void open_ring();
  std::byte* buffer(unsigned number) { return chunks_.data() + number * options_.chunk.value; }
  template <class Prepare>
  void add(unsigned buffer, Step step, Prepare prepare);
  void begin(Sector place);
  void loaded(unsigned buffer);
  void reap();

  const BareCopyOptions options_;
  uring::BufferMemory memory_;  ///< the engine's kind
  std::span<std::byte> chunks_;
  uring::AlignedBuffer blocks_;  ///< what the client writes: as many as it writes at once
  io_uring ring_{};
  std::vector<unsigned> free_;
  std::vector<Sector> places_;  ///< by buffer
  unsigned writing_ = 0;        ///< writes of the client that are not answered
  unsigned storing_ = 0;
  std::uint64_t stored_ = 0;
};

}  // namespace cowbell::bench
