// SPDX-License-Identifier: Apache-2.0
// Counts what a world announces on its way to whoever listens.
#pragma once

#include "models/world.hpp"
#include "properties/coincidences.hpp"

namespace cowbell::properties {

/// A world that is another, with its announcements counted. The arguments are borrowed.
class MarkingWorld final : public model::World, private model::EffectListener {
 public:
  MarkingWorld(model::World& world, Marks& marks, Coincidences& coincidences)
      : world_(world), marks_(marks), coincidences_(coincidences) {}

  std::optional<model::Refusal> refuses(const model::Scenario& scenario) const override {
    return world_.refuses(scenario);
  }
  std::optional<model::Refusal> open(const model::Scenario& scenario,
                                     model::EffectListener& listener) override;
  model::Rest run(const std::function<void()>& program) override { return world_.run(program); }
  void close() override { world_.close(); }
  Environment environment() override { return world_.environment(); }
  BlockDevice& origin(model::OriginIndex origin) override { return world_.origin(origin); }
  Result<StorageBacking*> make_storage() override { return world_.make_storage(); }
  void drop_storage(StorageBacking& storage) override { world_.drop_storage(storage); }
  model::DeviceId storage_id(const StorageBacking& storage) const override {
    return world_.storage_id(storage);
  }
  void heal() override { world_.heal(); }
  void resize(model::OriginIndex origin, SectorCount size) override { world_.resize(origin, size); }
  void cut_power() override { world_.cut_power(); }
  void restore_power() override { world_.restore_power(); }
  bool whole_bodies() const override { return world_.whole_bodies(); }
  bool repeats() const override { return world_.repeats(); }
  bool announces_effects() const override { return world_.announces_effects(); }
  ByteCount memory_in_use() const override { return world_.memory_in_use(); }
  ByteCount memory_peak() const override { return world_.memory_peak(); }
  std::string describe_fibers() const override { return world_.describe_fibers(); }

 private:
  void submitted(model::DeviceId device, const Bio& bio) override;
  void took_effect(model::DeviceId device, const Bio& bio, SectorRange blocks) override {
    listener_->took_effect(device, bio, blocks);
  }
  void answered(model::DeviceId device, const Bio& bio) override {
    coincidences_.answered_by_device(device, bio);
    listener_->answered(device, bio);
  }
  void injected(const model::InjectedFault& fault) override;
  void allocation_refused() override;
  void stalled(model::DeviceId device) override;
  void growth_began(model::DeviceId storage) override;
  void growth_ended(model::DeviceId storage) override {
    coincidences_.growth_ended();
    listener_->growth_ended(storage);
  }
  void granted(model::DeviceId storage, SectorCount capacity) override;
  void resized(model::DeviceId origin, SectorCount capacity) override;
  void power_cut(std::uint64_t undone) override;
  void power_restored() override { listener_->power_restored(); }

  model::World& world_;
  Marks& marks_;
  Coincidences& coincidences_;
  const model::Scenario* scenario_ = nullptr;
  model::EffectListener* listener_ = nullptr;
};

}  // namespace cowbell::properties
