// SPDX-License-Identifier: Apache-2.0
#include "properties/property.hpp"

#include <rapidcheck.h>

#include "properties/minimize.hpp"

namespace cowbell::properties {
std::uint64_t any_seed() {
  return *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
}

void demand_holds(std::uint64_t seed, const Shape& shape, const JudgeOptions& options) {
  const model::Scenario scenario = generate(seed, shape);
  const Outcome outcome = judge(scenario, options);
  if (!outcome.held()) RC_FAIL(describe(minimize(scenario, outcome)));
}

}  // namespace cowbell::properties
