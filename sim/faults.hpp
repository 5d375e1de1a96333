// SPDX-License-Identifier: Apache-2.0
// The faults and latencies of a scenario, laid over devices whose contents stay pristine, so that
// they can be lifted: heal, then demand progress (S8).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/effects.hpp"
#include "sim/decisions.hpp"
#include "sim/service_time.hpp"

namespace cowbell::sim {

/// Why the simulated disk cannot obey `fault`; nothing if it can.
std::optional<std::string> unsupported(const model::DeviceFault& fault);

class FaultOverlay {
 public:
  /// What is wrong with a request.
  struct Hit {
    model::FaultEffect effect;
    Errc error;
  };

  /// Counts begin at 0. `faults` is borrowed until the next `restart`.
  void restart(std::span<const model::DeviceFault> faults, std::size_t origins);

  /// Counts a request that has reached `device` and tells what befalls it. The first fault that
  /// matches wins; those of a rate draw under `Concern::fault` when their turn comes.
  std::optional<Hit> arrive(model::DeviceId device, model::RequestKind kind, SectorRange range,
                            Decisions& decisions);

  /// Nothing befalls any later request. Counting goes on.
  void heal() { healed_ = true; }

 private:
  using Counts = std::array<std::uint64_t, model::kRequestKindCount>;

  bool fires(const model::DeviceFault& fault, model::DeviceId device, SectorRange range,
             Decisions& decisions) const;
  const Counts& counts(const model::Site& site) const;

  std::array<std::vector<const model::DeviceFault*>, model::kRequestKindCount> by_kind_;
  std::vector<Counts> origin_counts_;
  Counts storage_counts_{};
  Counts all_counts_{};
  bool healed_ = false;
};

class Latencies {
 public:
  /// How long a request takes where no line says otherwise.
  static constexpr Time kDefaultLow = std::chrono::microseconds(10);
  static constexpr Time kDefaultHigh = std::chrono::microseconds(100);

  /// `lines` is borrowed until the next `restart`.
  void restart(std::span<const model::LatencySpec> lines);

  /// The time between submission and answer; nothing for a stall. Drawn under `Concern::latency`
  /// as one of 16 steps between two bounds, the lower first, so that choices stay small. Where no
  /// line says how long, `service` does, if the device has a profile.
  std::optional<Time> draw(model::DeviceId device, model::RequestKind kind, Decisions& decisions,
                           const Service* service = nullptr);

  /// Stalls are lifted, latencies stay.
  void heal() { healed_ = true; }

 private:
  std::array<std::vector<const model::LatencySpec*>, model::kRequestKindCount> by_kind_;
  bool healed_ = false;
};

}  // namespace cowbell::sim
