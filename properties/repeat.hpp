// SPDX-License-Identifier: Apache-2.0
// A scenario that held, run again in the same world: everything must happen as it did (S13).
#pragma once

#include "properties/simulate.hpp"

namespace cowbell::properties {

/// Runs `scenario`, which held with `outcome` in `simulator`, once more. Another event hash is a
/// breach of S13, and `outcome` gets it. Both runs are then repeated with their events kept, until
/// two part; a breach in a repetition ends the search. No sink for events may be in place, and none
/// is afterwards.
void demand_repeats(Simulator& simulator, const model::Scenario& scenario, Outcome& outcome);

}  // namespace cowbell::properties
