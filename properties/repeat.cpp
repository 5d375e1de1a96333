// SPDX-License-Identifier: Apache-2.0
#include "properties/repeat.hpp"

#include <fmt/format.h>

namespace cowbell::properties {
namespace {

constexpr int kRepetitionsMaximum = 16;

std::string broke(std::string_view run, const model::Breach& breach) {
  return fmt::format("{}, so no two could be compared: {}", run, breach.what);
}

/// Sets what `outcome` says of how the runs differ.
void find_difference(Simulator& simulator, const model::Scenario& scenario, Outcome& outcome) {
  std::string& history = outcome.breach->history;
  sim::KeptEvents first;
  simulator.keep_events(&first);
  Outcome last = simulator.run(scenario);
  if (!last.held()) history = broke("repeated with its events kept, a run broke", *last.breach);
  // Where fibers are stuck, nothing can run any more.
  for (int i = 0; i < kRepetitionsMaximum && last.held() && !outcome.difference; ++i) {
    Comparison comparison(first.events);
    simulator.keep_events(&comparison);
    last = simulator.run(scenario);
    outcome.difference = comparison.difference();
    history = outcome.difference ? describe(*outcome.difference)
                                 : "repeated with their events kept, the runs did not part again";
  }
  simulator.keep_events(nullptr);
}

}  // namespace

void demand_repeats(Simulator& simulator, const model::Scenario& scenario, Outcome& outcome) {
  const Outcome again = simulator.run(scenario);
  if (again.event_hash == outcome.event_hash) return;
  model::Breach& breach = outcome.breach.emplace();
  breach.rule = Rule::S13;
  breach.what = fmt::format("two runs of the scenario have event hashes {:016x} and {:016x}",
                            outcome.event_hash, again.event_hash);
  if (again.held())
    find_difference(simulator, scenario, outcome);
  else
    breach.history = broke("the second run broke", *again.breach);
}

}  // namespace cowbell::properties
