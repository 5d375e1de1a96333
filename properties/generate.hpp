// SPDX-License-Identifier: Apache-2.0
// The one generator: decisions in, a scenario out. The explorer, the RapidCheck properties and the
// fuzz targets all take their scenarios from here; a `Shape` narrows what may come.
//
// What it aims at: few and small devices and chunks, so that requests meet; ranges at the borders
// of chunks and at a few hot places; takes and releases in the middle of traffic; limits that are
// sometimes too small; in a share of scenarios faults, few of them. Each scenario leaves out some
// families of statements altogether (swarm testing: Groce et al., "Swarm Testing", 2012).
#pragma once

#include <cstdint>
#include <span>

#include "models/scenario.hpp"
#include "sim/decisions.hpp"

namespace cowbell::properties {

/// What a scenario may contain. The default allows everything that the generator knows.
struct Shape {
  std::uint32_t clients_maximum = 4;      ///< 1 to 4
  std::uint32_t origins_minimum = 1;      ///< 1 to `origins_maximum`
  std::uint32_t origins_maximum = 3;      ///< at least 1
  std::uint32_t statements_maximum = 12;  ///< typically; one scenario in 32 is four times as long
  bool image_writes = true;
  bool storage_faults = true;  ///< stalls among them; likewise below
  bool origin_faults = true;
  bool memory_faults = true;
  bool power_cuts = true;
  bool tight_limits = true;    ///< memory, metadata or storage that may not suffice
  bool always_faults = false;  ///< a scenario without faults is made one with
  model::SchedulerKind scheduler = model::SchedulerKind::random;
  bool any_scheduler = true;  ///< otherwise always `scheduler`
  /// Of every device; nothing but stalls then says otherwise. `none` for latencies of any kind.
  model::Profile profile = model::Profile::none;
};

/// Draws from the workload's stream only. The result is valid: it parses back from its text.
model::Scenario generate(sim::Decisions& decisions, const Shape& shape = {});

/// The scenario of that seed: what `explore` runs.
model::Scenario generate(std::uint64_t seed, const Shape& shape = {});

/// For fuzzing: the program is made from the front of `bytes`, the recorded decisions of its
/// schedule from their end backwards, so that neither shifts when the other grows.
model::Scenario from_bytes(std::span<const std::uint8_t> bytes);

}  // namespace cowbell::properties
