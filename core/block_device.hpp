// SPDX-License-Identifier: Apache-2.0
// The seam to every block device: origins, images, trackers and fault injectors alike, so that
// they stack.
#pragma once

#include "core/bio.hpp"

namespace cowbell {

struct Geometry {
  SectorCount capacity;
  ByteCount logical_block{kSectorSize};   ///< the smallest unit of a request; a power of two
  ByteCount physical_block{kSectorSize};  ///< the unit that the medium writes as a whole
  ByteCount minimum_io{kSectorSize};      ///< the smallest request that costs no read before write
  bool operator==(const Geometry&) const = default;
};

class BlockDevice {
 public:
  virtual ~BlockDevice() = default;

  /// As of now: the capacity of a device may change.
  virtual Geometry geometry() const = 0;

  /// Takes the request and returns without waiting; the answer comes by the bio's completion,
  /// perhaps before this call returns. The bio and its memory belong to the device until then.
  /// Answers: whatever the device says; EINVAL for a request that `check_request` refuses.
  virtual void submit(Bio& bio) = 0;
};

/// EINVAL for a request that is misaligned, empty, past the end, or whose segments do not add up.
Errc check_request(const Bio& bio, const Geometry& geometry);

/// Submits and suspends the calling fiber until the answer. Returns `bio.outcome()`.
Errc submit_and_wait(BlockDevice& device, Bio& bio);

/// The same with a bio of its own.
Errc transfer(BlockDevice& device, Operation operation, SectorRange range,
              std::span<const Segment> segments);

}  // namespace cowbell
