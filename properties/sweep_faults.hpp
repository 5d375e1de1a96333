// SPDX-License-Identifier: Apache-2.0
// Which faults a sweep tries on a scenario: every allocation refused and every request of every
// kind failing, one after the other, each once and from then on; every read and write short, or of
// nothing, once; and every device going for good with each of its requests. Neither torn writes,
// nor lies, nor stalls.
//
// Up to the fault, the run is the one without it. So the k-th request of that run is there to fail
// for each k that it had, and a sweep over those is complete: one further the run would be clean.
// The same goes for a second fault and the run with the first.
// Source: the I/O error and out-of-memory loops of SQLite's tests.
#pragma once

#include <variant>
#include <vector>

#include "models/scenario.hpp"
#include "properties/marks.hpp"

namespace cowbell::properties {

using SweepFault = std::variant<model::DeviceFault, model::MemoryFault>;

/// For a scenario whose run had these counts. Those that strike once come first.
struct SweepFaults {
  std::vector<SweepFault> once;
  std::vector<SweepFault> sticky;
};
SweepFaults faults_to_try(const Marks& marks);

/// The scenario without what an added fault would rightly break: expectations of state and of
/// bytes go, and a statement that must fail may fail. The golden copy still judges all of it.
model::Scenario open_to_faults(model::Scenario scenario);

/// Adds a fault before those of the scenario, so that it wins.
void inject(model::Scenario& scenario, const SweepFault& fault);

}  // namespace cowbell::properties
