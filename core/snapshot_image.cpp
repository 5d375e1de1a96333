// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot_image.hpp"

#include "core/image_server.hpp"
#include "core/invariant.hpp"
#include "core/snapshot.hpp"

namespace cowbell {

SnapshotImage::SnapshotImage(Snapshot& snapshot, const Tracker& origin)
    : server_(snapshot.image_server(origin)) {
  COWBELL_INVARIANT(S4, server_ != nullptr);
  geometry_ = server_->geometry();
  server_->opened(*this);
}

SnapshotImage::~SnapshotImage() {
  if (server_ != nullptr) server_->closed(*this);
}

void SnapshotImage::submit(Bio& bio) {
  if (const Errc error = check_request(bio, geometry_); error != Errc::none)
    return answers_.answer(bio, error);
  if (server_ == nullptr) return answers_.answer(bio, Errc::no_device);
  server_->submit(bio);
}

}  // namespace cowbell
