// SPDX-License-Identifier: Apache-2.0
#include "replay/simulated_run.hpp"

#include "models/runner.hpp"
#include "properties/judge.hpp"
#include "sim/world.hpp"

namespace cowbell::replay {
namespace {

/// The world has limits of its own against a run without end; this is for one that never switches:
/// as long as the explorer waits, and for each statement far longer than it takes.
std::chrono::milliseconds time_maximum(const model::Scenario& scenario) {
  constexpr std::chrono::seconds kAtLeast{20};
  constexpr std::chrono::milliseconds kStatement{10};
  return kAtLeast + kStatement * scenario.program.size();
}

}  // namespace

std::optional<model::Refusal> refused_in_simulation(const model::Scenario& scenario) {
  if (auto refusal = model::refused_by_runner(scenario)) return refusal;
  return sim::World().refuses(scenario);
}

properties::Outcome run_simulated(const model::Scenario& scenario,
                                  const SimulatedRunOptions& options) {
  return properties::judge(scenario, {.twice = options.twice,
                                      .time_maximum = time_maximum(scenario),
                                      .recording = options.recording});
}

}  // namespace cowbell::replay
