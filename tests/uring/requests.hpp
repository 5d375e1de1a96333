// SPDX-License-Identifier: Apache-2.0
// Requests in one line, and a reactor to make them in.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "core/block_device.hpp"
#include "core/uring/aligned_buffer.hpp"
#include "core/uring/reactor.hpp"
#include "tests/uring/need_io_uring.hpp"

namespace cowbell::test {

/// Runs `program` as the first fiber of a reactor of its own.
inline void in_reactor(const std::function<void(uring::Reactor&)>& program,
                       const uring::ReactorOptions& options = {}) {
  need_io_uring();
  auto reactor = uring::Reactor::open(options);
  ASSERT_TRUE(reactor.has_value()) << reactor.error().text;
  ASSERT_EQ((*reactor)->run([&] { program(**reactor); }), uring::Rest::done);
}

/// A page-aligned buffer, full of one byte.
inline uring::AlignedBuffer filled(ByteCount size, int byte) {
  uring::AlignedBuffer buffer(size);
  std::memset(buffer.bytes().data(), byte, size.value);
  return buffer;
}

inline bool all_are(std::span<const std::byte> bytes, int value) {
  for (const std::byte byte : bytes)
    if (byte != static_cast<std::byte>(value)) return false;
  return true;
}

/// Fills in a request over `bytes`, in one segment for which `segment` is the room.
inline void set_request(Bio& bio, Operation operation, Sector first, std::span<std::byte> bytes,
                        Segment& segment) {
  segment = {bytes.data(), bytes.size()};
  bio.operation = operation;
  bio.range = {first, to_sectors({bytes.size()})};
  bio.segments = {&segment, 1};
}

inline Errc transfer(BlockDevice& device, Operation operation, Sector first,
                     std::span<std::byte> bytes, BioFlags flags = {}) {
  Bio bio;
  Segment segment;
  set_request(bio, operation, first, bytes, segment);
  bio.flags = flags;
  return submit_and_wait(device, bio);
}

inline Errc read(BlockDevice& device, Sector first, std::span<std::byte> bytes,
                 BioFlags flags = {}) {
  return transfer(device, Operation::read, first, bytes, flags);
}

inline Errc write(BlockDevice& device, Sector first, std::span<std::byte> bytes,
                  BioFlags flags = {}) {
  return transfer(device, Operation::write, first, bytes, flags);
}

/// WRITE_ZEROES, DISCARD or FLUSH.
inline Errc request(BlockDevice& device, Operation operation, SectorRange range = {},
                    BioFlags flags = {}) {
  Bio bio;
  bio.operation = operation;
  bio.range = range;
  bio.flags = flags;
  return submit_and_wait(device, bio);
}

}  // namespace cowbell::test
