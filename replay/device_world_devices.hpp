// SPDX-License-Identifier: Apache-2.0
// The devices of the world of real ones: cut to what the scenario says, and announced.
#pragma once

#include <memory>

#include "core/storage_backing.hpp"
#include "core/uring/device.hpp"
#include "models/effects.hpp"

namespace cowbell::replay {

/// Tells the listener of each request that passes, and refuses what the scenario's device would
/// refuse, though the real one may be larger or take smaller blocks.
class Announcer {
 public:
  /// Both are borrowed and outlive the requests that pass.
  Announcer(model::DeviceId id, model::EffectListener& listener, uring::Reactor& reactor)
      : id_(id), listener_(listener), reactor_(reactor) {}

  model::DeviceId id() const { return id_; }
  void pass(Bio& bio, const Geometry& geometry, BlockDevice& device);
  void growth_began() { listener_.growth_began(id_); }
  void growth_ended() { listener_.growth_ended(id_); }
  void granted(SectorCount capacity) { listener_.granted(id_, capacity); }

 private:
  static void answered(Bio& bio, void* announcer) noexcept;

  model::DeviceId id_;
  model::EffectListener& listener_;
  uring::Reactor& reactor_;
};

class AnnouncedOrigin final : public BlockDevice {
 public:
  /// `geometry` is the scenario's.
  AnnouncedOrigin(Announcer announcer, std::unique_ptr<uring::Device> device,
                  const Geometry& geometry)
      : announcer_(announcer), device_(std::move(device)), geometry_(geometry) {}

  Geometry geometry() const override { return geometry_; }
  void submit(Bio& bio) override { announcer_.pass(bio, geometry_, *device_); }
  uring::Device& device() { return *device_; }
  const uring::Device& device() const { return *device_; }

 private:
  Announcer announcer_;
  std::unique_ptr<uring::Device> device_;
  Geometry geometry_;
};

class AnnouncedStorage final : public StorageBacking {
 public:
  /// Announces what `backing` has at first as granted.
  AnnouncedStorage(Announcer announcer, std::shared_ptr<StorageBacking> backing);

  Geometry geometry() const override { return backing_->geometry(); }
  void submit(Bio& bio) override { announcer_.pass(bio, backing_->geometry(), *backing_); }
  bool can_grow() const override { return backing_->can_grow(); }
  Errc grow(SectorCount capacity) override;
  /// Knows the origins of its own world.
  bool lies_on(const BlockDevice& origin) const override;

  model::DeviceId id() const { return announcer_.id(); }

 private:
  Announcer announcer_;
  std::shared_ptr<StorageBacking> backing_;
};

}  // namespace cowbell::replay
