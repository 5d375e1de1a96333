// SPDX-License-Identifier: Apache-2.0
// The seam to what holds preserved chunks: a block device that may also grow.
#pragma once

#include "core/block_device.hpp"

namespace cowbell {

class StorageBacking : public BlockDevice {
 public:
  /// True for a regular file; a block device never grows.
  virtual bool can_grow() const = 0;

  /// Makes the backing at least `capacity` long, with space reserved for all of it (fallocate).
  /// Suspends the calling fiber. A failure grants nothing and may be tried again.
  /// Errors: ENOSPC, EIO, ENODEV; EOPNOTSUPP if it cannot grow or cannot reserve.
  virtual Errc grow(SectorCount capacity) = 0;

  /// True if this backing lies on the very device that `origin` stands for: preserved chunks
  /// would then be written through the filter that preserves them (S8).
  virtual bool lies_on(const BlockDevice& origin) const = 0;
};

}  // namespace cowbell
