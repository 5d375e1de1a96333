// SPDX-License-Identifier: Apache-2.0
// A scenario in the simulated world, in a child process: one that deadlocks or breaks an invariant
// ends its process.
#pragma once

#include <optional>

#include "models/world.hpp"
#include "properties/outcome.hpp"
#include "properties/recording.hpp"

namespace cowbell::replay {

/// The first thing of `scenario` that the simulator cannot obey; nothing if it obeys.
std::optional<model::Refusal> refused_in_simulation(const model::Scenario& scenario);

struct SimulatedRunOptions {
  /// Keeps the events of the run; borrowed, null for none.
  properties::Recording* recording = nullptr;
  /// Runs it once more; all must happen as it did (S13).
  bool twice = false;
};

/// Runs a scenario that is not refused. Throws std::system_error if it cannot fork.
properties::Outcome run_simulated(const model::Scenario& scenario,
                                  const SimulatedRunOptions& options = {});

}  // namespace cowbell::replay
