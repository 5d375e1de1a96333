// SPDX-License-Identifier: Apache-2.0
// The parts of a generated scenario that stand before its program. Each draws from `draw` and fills
// its part of `scenario`; they are called in the order in which they stand here.
#pragma once

#include "models/scenario.hpp"
#include "properties/draw.hpp"
#include "properties/generate.hpp"

namespace cowbell::properties {

void generate_origins(Draw& draw, const Shape& shape, model::Scenario& scenario);
void generate_limits(Draw& draw, const Shape& shape, model::Scenario& scenario);
void generate_storage(Draw& draw, const Shape& shape, model::Scenario& scenario);
void generate_latencies(Draw& draw, const Shape& shape, model::Scenario& scenario);
void generate_faults(Draw& draw, const Shape& shape, model::Scenario& scenario);
void generate_schedule(Draw& draw, const Shape& shape, model::Scenario& scenario);

}  // namespace cowbell::properties
