// SPDX-License-Identifier: Apache-2.0
// One block request, and the stack of what happens when it is answered.
//
// Life of a bio: its owner fills the request, pushes a completion frame and submits it to a
// BlockDevice. Each device that it passes may push a frame of its own. The lowest device answers;
// frames then run from the last pushed to the first, each handing on with `complete()`. When the
// owner's frame runs, the bio is the owner's again.
#pragma once

#include <array>
#include <boost/intrusive/list_hook.hpp>
#include <cstddef>
#include <span>

#include "core/error.hpp"
#include "core/units.hpp"

namespace cowbell {

enum class Operation : std::uint8_t { read, write, write_zeroes, discard, flush };
inline constexpr unsigned kOperationCount = 5;

/// "read", "write", "zero", "discard", "flush"; static storage.
std::string_view operation_name(Operation operation);

/// True for the requests that may change what a later read returns.
constexpr bool changes_data(Operation operation) {
  return operation == Operation::write || operation == Operation::write_zeroes ||
         operation == Operation::discard;
}

/// True for the requests that carry memory.
constexpr bool carries_data(Operation operation) {
  return operation == Operation::read || operation == Operation::write;
}

struct BioFlags {
  bool fua = false;       ///< durable before the answer
  bool preflush = false;  ///< everything answered before is durable first
  bool nowait = false;    ///< EAGAIN rather than wait (S7)
  constexpr bool operator==(const BioFlags&) const = default;
};

/// A piece of memory of a request, a whole number of sectors. The same layout as `struct iovec`.
struct Segment {
  std::byte* data;
  std::size_t size;
};

class Bio;

/// What runs when a bio comes back. It may submit, queue or schedule; it never waits or throws.
struct CompletionFrame {
  void (*run)(Bio& bio, void* context) noexcept;
  void* context;
};

class Bio : public boost::intrusive::list_base_hook<> {
 public:
  /// Devices that may lie on top of each other, owners included.
  static constexpr std::size_t kFrameMaximum = 8;

  Bio() = default;
  Bio(const Bio&) = delete;
  Bio& operator=(const Bio&) = delete;

  /// @name The request. Set by the owner, not changed on the way.
  /// `segments` is borrowed until the answer and adds up to `range.count` for requests that carry
  /// data; it is empty for all others. A flush has an empty range.
  /// @{
  Operation operation = Operation::read;
  BioFlags flags;
  SectorRange range;
  std::span<const Segment> segments;
  /// @}

  /// @name The answer. `transferred` below `range` with no error is a short transfer (S5).
  /// @{
  Errc status = Errc::none;
  ByteCount transferred;
  /// @}

  /// False if the stack is full: the device then answers EOPNOTSUPP instead of going deeper.
  [[nodiscard]] bool push(CompletionFrame frame) {
    if (depth_ == kFrameMaximum) return false;
    frames_[depth_++] = frame;
    return true;
  }

  /// Hands on to the frame pushed last, with the answer as it stands in this bio.
  void complete() {
    const CompletionFrame frame = frames_[--depth_];
    frame.run(*this, frame.context);
  }

  /// Answers: all transferred, or an error and nothing transferred.
  void complete(Errc error) {
    status = error;
    transferred = error == Errc::none ? to_bytes(range.count) : ByteCount{};
    complete();
  }

  /// Takes an answered bio for another request; no frame may be left on it.
  void reset() {
    status = Errc::none;
    transferred = {};
    depth_ = 0;
  }

  /// The verdict on an answered bio: its error, EIO if it came up short, or `none` (S5).
  Errc outcome() const {
    if (status != Errc::none) return status;
    return carries_data(operation) && transferred < to_bytes(range.count) ? Errc::io : Errc::none;
  }

 private:
  std::array<CompletionFrame, kFrameMaximum> frames_;
  std::uint8_t depth_ = 0;
};

/// Copies `size` bytes, from `offset` bytes into the memory of `segments`, to `out` or from `in`.
void copy_out(std::span<const Segment> segments, std::size_t offset, std::span<std::byte> out);
void copy_in(std::span<const Segment> segments, std::size_t offset, std::span<const std::byte> in);
void fill_zero(std::span<const Segment> segments, std::size_t offset, std::size_t size);

}  // namespace cowbell
