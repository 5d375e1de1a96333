// SPDX-License-Identifier: Apache-2.0
// What the RapidCheck properties have in common: RapidCheck draws a seed, our generator makes the
// scenario, a child runs it, and our shrinker makes what failed small. RapidCheck's own shrinking
// stays out of it, because it explodes on programs.
#pragma once

#include <cstdint>

#include "properties/generate.hpp"
#include "properties/judge.hpp"

namespace cowbell::properties {

/// A seed that RapidCheck draws and does not shrink. Only inside a property.
std::uint64_t any_seed();

/// Fails the property with the minimal scenario if the one of `seed` does not hold.
void demand_holds(std::uint64_t seed, const Shape& shape, const JudgeOptions& options = {});

}  // namespace cowbell::properties
