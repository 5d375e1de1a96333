// SPDX-License-Identifier: Apache-2.0
// The device through which one origin of a snapshot is read and written.
#pragma once

#include <boost/intrusive/list_hook.hpp>

#include "core/answer_queue.hpp"
#include "core/block_device.hpp"

namespace cowbell {

class ImageServer;
class Snapshot;
class Tracker;

class SnapshotImage final : public BlockDevice, public boost::intrusive::list_base_hook<> {
 public:
  /// Opens the image of `origin` in `snapshot`, which must hold it. Owned by the caller, and may
  /// outlive the snapshot: after release it answers ENODEV. No request may be open when it is
  /// destroyed.
  SnapshotImage(Snapshot& snapshot, const Tracker& origin);
  ~SnapshotImage() override;

  /// The origin's capacity at take, its logical and physical block.
  Geometry geometry() const override { return geometry_; }

  /// NOWAIT is answered EAGAIN where a lock, memory or the storage would be needed.
  /// Errors: EIO (the area is corrupted, or a device failed, whatever it answered), ENODEV
  /// (released), ENOMEM, EINVAL, EAGAIN, EOPNOTSUPP (the request's stack of frames is full).
  void submit(Bio& bio) override;

 private:
  friend class ImageServer;
  ImageServer* server_;  ///< null once the snapshot has been released
  Geometry geometry_;
  AnswerQueue answers_;
};

}  // namespace cowbell
