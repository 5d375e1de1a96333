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

/// Runs a scenario that is not refused, with its events kept in `recording` unless that is null.
/// Throws std::system_error if it cannot fork.
properties::Outcome run_simulated(const model::Scenario& scenario,
                                  properties::Recording* recording = nullptr);

}  // namespace cowbell::replay
