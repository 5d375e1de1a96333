// SPDX-License-Identifier: Apache-2.0
// The world of real devices: origins at paths that were named, storage in unlinked files of a
// directory or on a block device, time and fibers of one reactor.
#pragma once

#include <map>
#include <memory>
#include <memory_resource>
#include <set>
#include <string>
#include <vector>

#include "core/uring/buffer_memory.hpp"
#include "core/uring/reactor.hpp"
#include "core/uring/storage_device.hpp"
#include "models/world.hpp"
#include "replay/device_world_devices.hpp"
#include "replay/device_world_origins.hpp"

namespace cowbell::replay {

struct DeviceWorldOptions {
  std::map<std::string, std::string> origins;  ///< the path of each origin, by its name
  std::string storage;  ///< a directory, or a block device for scenarios whose storage is one
  /// What is on block devices and in files that exist may be overwritten.
  bool destroy = false;
};

/// The engine's memory, counted.
class CountedMemory final : public std::pmr::memory_resource {
 public:
  ByteCount in_use() const { return in_use_; }
  ByteCount peak() const { return peak_; }
  void restart() { peak_ = in_use_; }

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  uring::BufferMemory memory_;
  ByteCount in_use_;
  ByteCount peak_;
};

/// A path that leads nowhere becomes a file of the origin's size; it stays after the run, and a
/// later run of the same world may use it again. A larger device is used from its beginning. What
/// was there is overwritten with zeroes over the size of the origin, and that is all that is lost.
/// A block device as storage loses what it holds over the size of the storage, is held from `open`
/// to `close`, and serves one snapshot at a time.
class DeviceWorld final : public model::World {
 public:
  explicit DeviceWorld(DeviceWorldOptions options) : options_(std::move(options)) {}
  ~DeviceWorld() override;

  /// Wrong input: statements that need a simulated world, origins without a path, paths whose
  /// contents may not be overwritten, storage of another kind than the scenario's or on an origin's
  /// own device. Opens nothing.
  std::optional<model::Refusal> refuses(const model::Scenario& scenario) const override;

  /// Besides what `refuses` says, only what the machine says: no permission, no space, a device
  /// that is in use or too small, no io_uring.
  std::optional<model::Refusal> open(const model::Scenario& scenario,
                                     model::EffectListener& listener) override;
  model::Rest run(const std::function<void()>& program) override;
  void close() override;

  Environment environment() override { return {*reactor_, memory_, reactor_->stacks()}; }
  BlockDevice& origin(model::OriginIndex origin) override { return *origins_[origin]; }
  Result<StorageBacking*> make_storage() override;
  void drop_storage(StorageBacking& storage) override;
  model::DeviceId storage_id(const StorageBacking& storage) const override;
  void heal() override {}
  void resize(model::OriginIndex, SectorCount) override {}
  void cut_power() override {}
  void restore_power() override {}
  bool whole_bodies() const override { return true; }
  bool announces_effects() const override { return false; }
  ByteCount memory_in_use() const override { return memory_.in_use(); }
  ByteCount memory_peak() const override { return memory_.peak(); }
  std::string describe_fibers() const override { return reactor_->describe_fibers(); }

 private:
  using Places = std::vector<std::unique_ptr<OriginPlace>>;

  std::optional<std::string> open_reactor();
  std::optional<std::string> check_storage(const model::StorageSpec& storage);
  std::optional<std::string> open_storage_device(const model::StorageSpec& storage);
  std::optional<std::string> erase(BlockDevice& device, const OriginPlace& place, SectorCount size);
  std::optional<model::Refusal> make_origins(Places& places);

  DeviceWorldOptions options_;
  std::set<std::string> made_;  ///< paths of files that this world has made
  CountedMemory memory_;
  std::unique_ptr<uring::Reactor> reactor_;

  const model::Scenario* scenario_ = nullptr;  ///< while open
  model::EffectListener* listener_ = nullptr;
  std::vector<std::unique_ptr<AnnouncedOrigin>> origins_;
  std::shared_ptr<uring::StorageDevice> storage_device_;  ///< of a scenario that has one
  std::vector<std::unique_ptr<AnnouncedStorage>> storages_;
  std::uint32_t storages_made_ = 0;
};

}  // namespace cowbell::replay
