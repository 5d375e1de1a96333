// SPDX-License-Identifier: Apache-2.0
// The device through which one origin of a snapshot is read and written.
#pragma once

#include "core/block_device.hpp"
#include "core/snapshot.hpp"

namespace cowbell {

class SnapshotImage final : public BlockDevice {
 public:
  /// Opens the image of `origin` in `snapshot`, which must hold it. Owned by the caller, and may
  /// outlive the snapshot: after release it answers ENODEV. No request may be open when it is
  /// destroyed.
  SnapshotImage(Snapshot& snapshot, const Tracker& origin);
  ~SnapshotImage() override;

  /// The origin's capacity at take, its logical and physical block.
  Geometry geometry() const override;
  /// Errors: EIO (corrupted, or a device), ENODEV (released), ENOMEM, EINVAL, EAGAIN (NOWAIT).
  void submit(Bio& bio) override;
};

}  // namespace cowbell
