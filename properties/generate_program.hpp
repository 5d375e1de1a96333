// SPDX-License-Identifier: Apache-2.0
// The program of a generated scenario, once its world stands.
#pragma once

#include "models/scenario.hpp"
#include "properties/draw.hpp"
#include "properties/generate.hpp"

namespace cowbell::properties {

/// Appends the program to `scenario`, whose origins and parameters are final.
void generate_program(Draw& draw, const Shape& shape, model::Scenario& scenario);

}  // namespace cowbell::properties
