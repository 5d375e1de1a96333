// SPDX-License-Identifier: Apache-2.0
// The devices of a simulated world: an origin, and the backing of a difference storage.
#pragma once

#include "core/storage_backing.hpp"
#include "core/wait_queue.hpp"
#include "sim/disk.hpp"

namespace cowbell::sim {

class OriginDevice final : public BlockDevice {
 public:
  explicit OriginDevice(DiskSurroundings& surroundings) : disk_(surroundings) {}

  Geometry geometry() const override { return disk_.geometry(); }
  void submit(Bio& bio) override { disk_.submit(bio); }

  bool stalled() const { return disk_.stalled(); }
  Disk& disk() { return disk_; }
  const Disk& disk() const { return disk_; }

 private:
  Disk disk_;
};

/// A sparse file, whose growth is granted at once or after a latency and reads zeroes where it is
/// new, or a block device, which never grows.
class StorageDevice final : public StorageBacking {
 public:
  explicit StorageDevice(DiskSurroundings& surroundings)
      : surroundings_(surroundings), disk_(surroundings) {}

  /// Empty and of `spec.size`; announces what is granted.
  void restart(model::DeviceId id, const model::StorageSpec& spec, bool whole_bodies);

  Geometry geometry() const override { return disk_.geometry(); }
  void submit(Bio& bio) override { disk_.submit(bio); }
  bool can_grow() const override { return can_grow_; }
  /// EOPNOTSUPP of a block device, which no fault can change and no time passes for.
  Errc grow(SectorCount capacity) override;
  bool lies_on(const BlockDevice&) const override { return false; }

  /// What is stalled goes on.
  void heal();
  /// As `Disk::cut_power`; a growth on its way is refused with ENODEV as well. What it holds is of
  /// no use to anybody from now on.
  void cut_power();
  bool stalled() const { return disk_.stalled() || !healed_.empty(); }

  Disk& disk() { return disk_; }
  const Disk& disk() const { return disk_; }
  std::size_t open_requests() const { return disk_.open_requests() + open_growths_; }

 private:
  void pass_time();
  void grant();

  DiskSurroundings& surroundings_;
  Disk disk_;
  bool can_grow_ = true;
  WaitQueue healed_{"the heal of a stalled growth"};
  WaitQueue grown_{"the growth of the storage"};
  std::size_t open_growths_ = 0;
};

}  // namespace cowbell::sim
