// SPDX-License-Identifier: Apache-2.0
#include "replay/device_world_devices.hpp"

namespace cowbell::replay {

void Announcer::pass(Bio& bio, const Geometry& geometry, BlockDevice& device) {
  listener_.submitted(id_, bio);
  bio.status = Errc::none;
  bio.transferred = {};
  if (!bio.push({&Announcer::answered, this})) {
    bio.status = Errc::not_supported;
    listener_.answered(id_, bio);
    return reactor_.answer(bio);
  }
  bio.status = check_request(bio, geometry);
  if (bio.status != Errc::none) return reactor_.answer(bio);
  device.submit(bio);
}

void Announcer::answered(Bio& bio, void* announcer) noexcept {
  Announcer& self = *static_cast<Announcer*>(announcer);
  self.listener_.answered(self.id_, bio);
  bio.complete();
}

AnnouncedStorage::AnnouncedStorage(Announcer announcer, std::shared_ptr<StorageBacking> backing)
    : announcer_(announcer), backing_(std::move(backing)) {
  announcer_.granted(backing_->geometry().capacity);
}

Errc AnnouncedStorage::grow(SectorCount capacity) {
  announcer_.growth_began();
  const Errc error = backing_->grow(capacity);
  announcer_.growth_ended();
  if (error == Errc::none) announcer_.granted(backing_->geometry().capacity);
  return error;
}

bool AnnouncedStorage::lies_on(const BlockDevice& origin) const {
  const auto* announced = dynamic_cast<const AnnouncedOrigin*>(&origin);
  return announced != nullptr && backing_->lies_on(announced->device());
}

}  // namespace cowbell::replay
