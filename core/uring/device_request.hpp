// SPDX-License-Identifier: Apache-2.0
// One bio on its way through the kernel, in as many operations as it takes:
//
//   preflush? ──▶ transfer, until all is done or nothing more comes ──────────────┐
//             ──▶ zero_range ──(not supported)──▶ transfer of zeroes ──▶ sync? ───┼──▶ answered
//             ──▶ punch_hole ──(not supported: done)───────────────────▶ sync? ───┤
//             ──▶ sync, for a flush ──────────────────────────────────────────────┘
#pragma once

#include "core/bio.hpp"
#include "core/uring/aligned_buffer.hpp"
#include "core/uring/reactor.hpp"

namespace cowbell::uring {

class Device;

/// Owned by its device, which uses it for one bio after another.
class DeviceRequest final : public RingOperation {
 public:
  explicit DeviceRequest(Device& device) : device_(device) {}

  /// `bio` has passed `check_request`.
  void begin(Bio& bio);

  void prepare(io_uring_sqe& entry) noexcept override;
  void completed(int result) noexcept override;

 private:
  enum class Step : std::uint8_t { preflush, transfer, zero_range, punch_hole, sync };

  Step first_step() const;
  void start(Step step);
  void succeeded(int result);
  void transferred(std::size_t size);
  bool do_without();
  void finish(Errc error);

  bool needs_bounce() const;
  bool writes_zeroes() const { return bio_->operation == Operation::write_zeroes; }
  void prepare_transfer(io_uring_sqe& entry);
  void prepare_segments(io_uring_sqe& entry, std::uint64_t offset);

  Device& device_;
  Bio* bio_ = nullptr;
  std::size_t length_ = 0;
  std::size_t done_ = 0;          ///< bytes transferred
  std::size_t segment_ = 0;       ///< the segment that `done_` lies in
  std::size_t segment_done_ = 0;  ///< and how much of it is done
  AlignedBuffer bounce_;
  Step step_ = Step::transfer;
  bool nowait_ = false;
  std::uint8_t attempts_ = 0;  ///< of this step, without progress
};

}  // namespace cowbell::uring
