// SPDX-License-Identifier: Apache-2.0
#include "sim/devices.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell::sim {

void StorageDevice::restart(model::DeviceId id, const model::StorageSpec& spec, bool whole_bodies) {
  COWBELL_INVARIANT(S11, open_growths_ == 0);
  can_grow_ = spec.kind == model::StorageKind::file;
  disk_.restart(id,
                Geometry{.capacity = spec.size,
                         .logical_block = spec.logical_block,
                         .physical_block = spec.logical_block},
                whole_bodies, false, spec.profile);
  grant();
}

Errc StorageDevice::grow(SectorCount capacity) {
  if (!can_grow_) return Errc::not_supported;
  ++open_growths_;
  surroundings_.listener->growth_began(disk_.id());
  std::optional<FaultOverlay::Hit> hit;
  if (disk_.has_power()) {
    hit = disk_.arrive_grow(capacity);
    pass_time();
  }
  if (!disk_.has_power()) hit = {model::FaultEffect::gone, Errc::no_device};
  surroundings_.listener->growth_ended(disk_.id());
  --open_growths_;
  if (hit) {
    surroundings_.log.grow_refused(disk_.id(), capacity, hit->error);
    return hit->error;
  }
  disk_.set_capacity(std::max(capacity, disk_.geometry().capacity));
  grant();
  return Errc::none;
}

void StorageDevice::pass_time() {
  std::optional<Time> latency = disk_.draw_latency(model::RequestKind::grow);
  if (!latency) {
    surroundings_.listener->stalled(disk_.id());
    healed_.wait();
    if (!disk_.has_power()) return;
    latency = disk_.draw_latency(model::RequestKind::grow);
  }
  grown_.wait_until(surroundings_.clock, later(surroundings_.clock.now(), *latency));
}

void StorageDevice::grant() {
  const SectorCount capacity = disk_.geometry().capacity;
  surroundings_.log.granted(disk_.id(), capacity);
  surroundings_.listener->granted(disk_.id(), capacity);
}

void StorageDevice::heal() {
  disk_.heal();
  healed_.wake_all();
}

void StorageDevice::cut_power() {
  disk_.cut_power();
  healed_.wake_all();
  grown_.wake_all();
}

}  // namespace cowbell::sim
