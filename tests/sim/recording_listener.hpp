// SPDX-License-Identifier: Apache-2.0
// Keeps what a world announces.
#pragma once

#include <vector>

#include "models/effects.hpp"

namespace cowbell::sim {

struct Announcement {
  enum class Kind {
    submitted,
    took_effect,
    answered,
    injected,
    allocation_refused,
    granted,
    resized,
    power_cut,
    power_restored
  } kind;
  model::DeviceId device;
  const Bio* bio = nullptr;
  SectorRange blocks;
  bool operator==(const Announcement&) const = default;
};

class RecordingListener final : public model::EffectListener {
 public:
  void submitted(model::DeviceId device, const Bio& bio) override {
    all.push_back({Announcement::Kind::submitted, device, &bio, bio.range});
  }
  void took_effect(model::DeviceId device, const Bio& bio, SectorRange blocks) override {
    all.push_back({Announcement::Kind::took_effect, device, &bio, blocks});
  }
  void answered(model::DeviceId device, const Bio& bio) override {
    all.push_back({Announcement::Kind::answered, device, &bio, bio.range});
  }
  void injected(const model::InjectedFault& fault) override {
    all.push_back({Announcement::Kind::injected, fault.device, nullptr, fault.range});
    faults.push_back(fault);
  }
  void allocation_refused() override {
    all.push_back({Announcement::Kind::allocation_refused, {}, nullptr, {}});
  }
  void growth_began(model::DeviceId) override {}
  void growth_ended(model::DeviceId) override {}
  void granted(model::DeviceId storage, SectorCount capacity) override {
    all.push_back({Announcement::Kind::granted, storage, nullptr, {{}, capacity}});
  }
  void resized(model::DeviceId origin, SectorCount capacity) override {
    all.push_back({Announcement::Kind::resized, origin, nullptr, {{}, capacity}});
  }
  void power_cut(std::uint64_t) override {
    all.push_back({Announcement::Kind::power_cut, {}, nullptr, {}});
  }
  void power_restored() override {
    all.push_back({Announcement::Kind::power_restored, {}, nullptr, {}});
  }

  std::size_t count(Announcement::Kind kind) const {
    std::size_t found = 0;
    for (const Announcement& announcement : all) found += announcement.kind == kind ? 1 : 0;
    return found;
  }

  std::vector<Announcement> all;
  std::vector<model::InjectedFault> faults;
};

}  // namespace cowbell::sim
