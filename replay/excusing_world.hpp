// SPDX-License-Identifier: Apache-2.0
// A world of real devices whose errors are not the engine's: what a device answers by itself is
// announced like an injected fault, so that the golden copy excuses what follows from it and
// nothing else. The first is kept for the report.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "models/world.hpp"

namespace cowbell::replay {

class ExcusingWorld final : public model::World, private model::EffectListener {
 public:
  /// `world` is borrowed.
  explicit ExcusingWorld(model::World& world) : world_(world) {}

  /// "origin A answered EIO to a read of 4096 bytes at byte 8192"; nothing if no device failed.
  const std::optional<std::string>& first_error() const { return first_error_; }

  std::optional<model::Refusal> refuses(const model::Scenario& scenario) const override {
    return world_.refuses(scenario);
  }
  std::optional<model::Refusal> open(const model::Scenario& scenario,
                                     model::EffectListener& listener) override;
  model::Rest run(const std::function<void()>& program) override { return world_.run(program); }
  void close() override { world_.close(); }
  Environment environment() override { return world_.environment(); }
  BlockDevice& origin(model::OriginIndex origin) override { return world_.origin(origin); }
  Result<StorageBacking*> make_storage() override;
  void drop_storage(StorageBacking& storage) override;
  model::DeviceId storage_id(const StorageBacking& storage) const override;
  void heal() override { world_.heal(); }
  void resize(model::OriginIndex origin, SectorCount size) override { world_.resize(origin, size); }
  void cut_power() override { world_.cut_power(); }
  void restore_power() override { world_.restore_power(); }
  bool whole_bodies() const override { return world_.whole_bodies(); }
  bool announces_effects() const override { return world_.announces_effects(); }
  ByteCount memory_in_use() const override { return world_.memory_in_use(); }
  ByteCount memory_peak() const override { return world_.memory_peak(); }
  std::string describe_fibers() const override { return world_.describe_fibers(); }

 private:
  /// Storage that tells of growths that failed.
  class Storage final : public StorageBacking {
   public:
    Storage(ExcusingWorld& world, StorageBacking& backing, model::DeviceId id)
        : world_(world), backing_(backing), id_(id) {}
    Geometry geometry() const override { return backing_.geometry(); }
    void submit(Bio& bio) override { backing_.submit(bio); }
    bool can_grow() const override { return backing_.can_grow(); }
    Errc grow(SectorCount capacity) override;
    bool lies_on(const BlockDevice& origin) const override { return backing_.lies_on(origin); }
    StorageBacking& backing() const { return backing_; }
    model::DeviceId id() const { return id_; }

   private:
    ExcusingWorld& world_;
    StorageBacking& backing_;
    model::DeviceId id_;
  };

  void submitted(model::DeviceId device, const Bio& bio) override {
    listener_->submitted(device, bio);
  }
  void took_effect(model::DeviceId device, const Bio& bio, SectorRange blocks) override {
    listener_->took_effect(device, bio, blocks);
  }
  void answered(model::DeviceId device, const Bio& bio) override;
  void injected(const model::InjectedFault& fault) override { listener_->injected(fault); }
  void allocation_refused() override { listener_->allocation_refused(); }
  void growth_began(model::DeviceId storage) override { listener_->growth_began(storage); }
  void growth_ended(model::DeviceId storage) override { listener_->growth_ended(storage); }
  void granted(model::DeviceId storage, SectorCount capacity) override {
    listener_->granted(storage, capacity);
  }
  void resized(model::DeviceId origin, SectorCount capacity) override {
    listener_->resized(origin, capacity);
  }
  void power_cut(std::uint64_t undone) override { listener_->power_cut(undone); }
  void power_restored() override { listener_->power_restored(); }

  void growth_failed(model::DeviceId storage, SectorCount capacity, Errc error);

  model::World& world_;
  const model::Scenario* scenario_ = nullptr;
  model::EffectListener* listener_ = nullptr;
  std::list<Storage> storages_;
  std::uint32_t storages_made_ = 0;  ///< failed ones counted
  std::optional<std::string> first_error_;
};

}  // namespace cowbell::replay
