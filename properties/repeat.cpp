// SPDX-License-Identifier: Apache-2.0
#include "properties/repeat.hpp"

#include <fmt/format.h>

namespace cowbell::properties {
namespace {

constexpr int kRepetitionsMaximum = 16;

std::optional<Difference> find_difference(Simulator& simulator, const model::Scenario& scenario) {
  sim::KeptEvents first;
  simulator.keep_events(&first);
  // Where fibers are stuck, nothing can run any more.
  bool held = simulator.run(scenario).held();
  std::optional<Difference> difference;
  for (int i = 0; i < kRepetitionsMaximum && held && !difference; ++i) {
    Comparison comparison(first.events);
    simulator.keep_events(&comparison);
    held = simulator.run(scenario).held();
    difference = comparison.difference();
  }
  simulator.keep_events(nullptr);
  return difference;
}

}  // namespace

void demand_repeats(Simulator& simulator, const model::Scenario& scenario, Outcome& outcome) {
  const Outcome again = simulator.run(scenario);
  if (again.event_hash == outcome.event_hash) return;
  model::Breach& breach = outcome.breach.emplace();
  breach.rule = Rule::S13;
  breach.what = fmt::format("two runs of the scenario have event hashes {:016x} and {:016x}",
                            outcome.event_hash, again.event_hash);
  if (again.held()) outcome.difference = find_difference(simulator, scenario);
  breach.history = outcome.difference
                       ? describe(*outcome.difference)
                       : "repeated with their events kept, the runs did not part again";
}

}  // namespace cowbell::properties
