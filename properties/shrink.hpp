// SPDX-License-Identifier: Apache-2.0
// The one shrinker: makes a failing scenario smaller, as long as the same rule breaks.
//
// First the program, the faults and the world become smaller under seeded schedules: when one seed
// no longer shows the failure in a smaller program, a few others are tried. Then the decisions of
// the failing run are written down and taken away in turn, so that what is left is what matters,
// and the result repeats without the generator or the seed that made it.
#pragma once

#include <functional>

#include "models/scenario.hpp"
#include "properties/outcome.hpp"

namespace cowbell::properties {

/// Runs one scenario. Deterministic: the same scenario gives the same outcome.
using Judge = std::function<Outcome(const model::Scenario&)>;

struct ShrinkLimits {
  std::size_t runs_maximum = 2'000;
  /// Asked before each run; true ends the shrinking with what there is, after one more run that
  /// records its decisions.
  std::function<bool()> out_of_time = [] { return false; };
  /// For the runs that record, of which the last comes when the time is over; `judge` if empty.
  Judge record = {};
};

struct Shrunk {
  model::Scenario scenario;  ///< with `schedule recorded` if `repeated`
  Outcome outcome;           ///< of `scenario`
  std::size_t runs = 0;      ///< that it took
  bool repeated = false;     ///< false if the recorded decisions did not bring the failure back
};

/// `outcome` is what `judge` said of `scenario`, and a failure. The result breaks the same rule.
Shrunk shrink(const model::Scenario& scenario, const Outcome& outcome, const Judge& judge,
              const ShrinkLimits& limits = {});

}  // namespace cowbell::properties
