// SPDX-License-Identifier: Apache-2.0
#include "core/uring/device_request.hpp"

#include <linux/falloc.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "core/invariant.hpp"
#include "core/uring/device.hpp"

namespace cowbell::uring {
namespace {

// The kernel reads the segments of a bio as they are.
static_assert(sizeof(Segment) == sizeof(iovec) && alignof(Segment) == alignof(iovec));
static_assert(offsetof(Segment, data) == offsetof(iovec, iov_base));
static_assert(offsetof(Segment, size) == offsetof(iovec, iov_len));

constexpr std::size_t kSegmentMaximum = 1024;       // UIO_MAXIOV
constexpr std::size_t kTransferMaximum = 1u << 30;  // the kernel takes a little below 2 GiB at once
constexpr std::size_t kBounceMaximum = 256 * 1024;  // memory of one request at once
constexpr std::uint8_t kAttemptMaximum = 16;

constexpr std::size_t kZeroesSize = 256 * 1024;
alignas(AlignedBuffer::kAlignment) constexpr std::byte kZeroes[kZeroesSize]{};

}  // namespace

void DeviceRequest::begin(Bio& bio) {
  bio_ = &bio;
  length_ = to_bytes(bio.range.count).value;
  done_ = segment_ = segment_done_ = 0;
  nowait_ = bio.flags.nowait && !device_.lacks_.nowait;
  if (carries_data(bio.operation) && needs_bounce()) {
    bounce_ = AlignedBuffer({std::min(length_, kBounceMaximum)});
    if (bounce_.bytes().empty()) {
      bio.status = Errc::no_memory;
      device_.give_back(*this);
      device_.reactor_.answer(bio);
      return;
    }
  }
  start(bio.flags.preflush ? Step::preflush : first_step());
}

DeviceRequest::Step DeviceRequest::first_step() const {
  switch (bio_->operation) {
    case Operation::read:
    case Operation::write:
      return Step::transfer;
    case Operation::write_zeroes:
      return device_.lacks_.zero_range ? Step::transfer : Step::zero_range;
    case Operation::discard:
      return Step::punch_hole;
    case Operation::flush:
      return Step::sync;
  }
  return Step::sync;
}

bool DeviceRequest::needs_bounce() const {
  const Target& target = device_.target_;
  if (!target.direct) return false;
  const std::uintptr_t memory_mask = target.memory_alignment.value - 1;
  const std::size_t size_mask = target.geometry.logical_block.value - 1;
  return std::ranges::any_of(bio_->segments, [&](const Segment& segment) {
    return (reinterpret_cast<std::uintptr_t>(segment.data) & memory_mask) != 0 ||
           (segment.size & size_mask) != 0;
  });
}

void DeviceRequest::start(Step step) {
  step_ = step;
  attempts_ = 0;
  device_.reactor_.start(*this);
}

void DeviceRequest::prepare(io_uring_sqe& entry) noexcept {
  const int descriptor = device_.descriptor();
  const std::uint64_t offset = byte_offset(bio_->range.first).value;
  switch (step_) {
    case Step::preflush:
    case Step::sync:
      io_uring_prep_fsync(&entry, descriptor, IORING_FSYNC_DATASYNC);
      break;
    case Step::transfer:
      prepare_transfer(entry);
      break;
    case Step::zero_range:
      io_uring_prep_fallocate(&entry, descriptor, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
                              static_cast<off_t>(offset), static_cast<off_t>(length_));
      break;
    case Step::punch_hole:
      io_uring_prep_fallocate(&entry, descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                              static_cast<off_t>(offset), static_cast<off_t>(length_));
      break;
  }
  // What the kernel could not do at once it may do by waiting in one of its threads.
  if (attempts_ != 0) entry.flags |= IOSQE_ASYNC;
}

void DeviceRequest::prepare_transfer(io_uring_sqe& entry) {
  const std::uint64_t offset = byte_offset(bio_->range.first).value + done_;
  const int descriptor = device_.descriptor();
  const std::size_t left = length_ - done_;
  if (writes_zeroes()) {
    io_uring_prep_write(&entry, descriptor, kZeroes,
                        static_cast<unsigned>(std::min(left, kZeroesSize)), offset);
  } else if (const std::span<std::byte> bounce = bounce_.bytes(); !bounce.empty()) {
    const std::span<std::byte> part = bounce.first(std::min(left, bounce.size()));
    if (bio_->operation == Operation::read) {
      io_uring_prep_read(&entry, descriptor, part.data(), static_cast<unsigned>(part.size()),
                         offset);
    } else {
      copy_out(bio_->segments, done_, part);
      io_uring_prep_write(&entry, descriptor, part.data(), static_cast<unsigned>(part.size()),
                          offset);
    }
  } else {
    prepare_segments(entry, offset);
  }
  if (bio_->flags.fua && bio_->operation != Operation::read) entry.rw_flags |= RWF_DSYNC;
  if (nowait_) entry.rw_flags |= RWF_NOWAIT;
}

void DeviceRequest::prepare_segments(io_uring_sqe& entry, std::uint64_t offset) {
  const bool read = bio_->operation == Operation::read;
  const int descriptor = device_.descriptor();
  const std::span<const Segment> segments = bio_->segments.subspan(segment_);
  if (segment_done_ == 0 && segments.size() > 1) {
    const auto* vector = reinterpret_cast<const iovec*>(segments.data());
    const auto count = static_cast<unsigned>(std::min(segments.size(), kSegmentMaximum));
    if (read)
      io_uring_prep_readv(&entry, descriptor, vector, count, offset);
    else
      io_uring_prep_writev(&entry, descriptor, vector, count, offset);
    return;
  }
  // The last segment, or one that a short transfer has split.
  std::byte* data = segments.front().data + segment_done_;
  const auto size =
      static_cast<unsigned>(std::min(segments.front().size - segment_done_, kTransferMaximum));
  if (read)
    io_uring_prep_read(&entry, descriptor, data, size, offset);
  else
    io_uring_prep_write(&entry, descriptor, data, size, offset);
}

void DeviceRequest::completed(int result) noexcept {
  if (result >= 0) return succeeded(result);
  if (result == -EAGAIN && step_ == Step::transfer && nowait_) return finish(Errc::again);
  if (result == -EAGAIN || result == -EINTR) {
    if (++attempts_ == kAttemptMaximum) return finish(Errc::io);
    return device_.reactor_.start(*this);
  }
  if (result == -EOPNOTSUPP && do_without()) return;
  finish(errc_from_errno(-result));
}

void DeviceRequest::succeeded(int result) {
  switch (step_) {
    case Step::preflush:
      return start(first_step());
    case Step::transfer:
      return transferred(static_cast<std::size_t>(result));
    case Step::zero_range:
    case Step::punch_hole:
      done_ = length_;
      return bio_->flags.fua ? start(Step::sync) : finish(Errc::none);
    case Step::sync:
      return finish(Errc::none);
  }
}

void DeviceRequest::transferred(std::size_t size) {
  if (bio_->operation == Operation::read && !bounce_.bytes().empty())
    copy_in(bio_->segments, done_, bounce_.bytes().first(size));
  done_ += size;
  segment_done_ += size;
  while (segment_ < bio_->segments.size() && segment_done_ >= bio_->segments[segment_].size)
    segment_done_ -= bio_->segments[segment_++].size;
  nowait_ = false;  // it has had an effect: no EAGAIN any more
  // O_DIRECT stops within a block only at the end of the file.
  const bool split =
      device_.target_.direct && done_ % device_.target_.geometry.logical_block.value != 0;
  if (done_ == length_ || size == 0 || split) return finish(Errc::none);
  start(Step::transfer);
}

/// Goes on without what the target does not know. False if it cannot be done without.
bool DeviceRequest::do_without() {
  switch (step_) {
    case Step::zero_range:
      device_.lacks_.zero_range = true;
      start(Step::transfer);
      return true;
    case Step::punch_hole:
      finish(Errc::none);
      return true;
    case Step::transfer:
      if (!nowait_) return false;
      device_.lacks_.nowait = true;
      nowait_ = false;
      start(Step::transfer);
      return true;
    case Step::preflush:
    case Step::sync:
      return false;
  }
  return false;
}

void DeviceRequest::finish(Errc error) {
  Bio& bio = *bio_;
  const std::size_t done = done_;
  // Only requests that carry data can be answered as short.
  if (writes_zeroes() && error == Errc::none && done < length_) error = Errc::io;
  bounce_ = {};
  device_.give_back(*this);
  if (error != Errc::none || !carries_data(bio.operation)) return bio.complete(error);
  bio.transferred = {done};
  bio.complete();
}

}  // namespace cowbell::uring
