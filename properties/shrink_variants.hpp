// SPDX-License-Identifier: Apache-2.0
// The ways to make a scenario a little plainer. Each function lists scenarios that are one step
// plainer than its argument, the boldest step first; none of them leads back, so that taking steps
// until none is left comes to an end. The results must be tidied before they run.
#pragma once

#include <vector>

#include "models/scenario.hpp"

namespace cowbell::properties {

using Variants = std::vector<model::Scenario>;

/// Without all faults, then without each; rates become single requests, sticky ones single.
Variants with_plainer_faults(const model::Scenario& scenario);
/// Without all latencies, then without each; ranges of time become their lower bound.
Variants with_plainer_latencies(const model::Scenario& scenario);
/// Without one origin, or with all that is done to it done to another; then with the takes of
/// several origins narrowed to one.
Variants with_fewer_origins(const model::Scenario& scenario);
/// With the statements of one client given to another.
Variants with_fewer_clients(const model::Scenario& scenario);
/// With parameters, the storage and the geometry of origins at their defaults, or near.
Variants with_plainer_world(const model::Scenario& scenario);
/// With flags, segments, fills, background and allowances off; what asks an
/// image asks the origin; zeroes and discards become writes.
Variants with_plainer_statements(const model::Scenario& scenario);
/// With shorter ranges nearer to the start of the device, and devices that end after the last.
Variants with_smaller_ranges(const model::Scenario& scenario);

}  // namespace cowbell::properties
