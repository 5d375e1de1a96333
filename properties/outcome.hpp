// SPDX-License-Identifier: Apache-2.0
// What one run of a scenario came to, seen from outside of the process that ran it.
#pragma once

#include <cstdint>
#include <optional>

#include "models/recorded_decisions.hpp"
#include "models/verdict.hpp"
#include "properties/difference.hpp"
#include "properties/marks.hpp"

namespace cowbell::properties {

/// How the run ended.
enum class Ending : std::uint8_t {
  returned,  ///< with a verdict
  aborted,   ///< an invariant broke and ended the process
  crashed,   ///< the process ended and named no rule
  hung       ///< the process did not end within the time that it was given
};

struct Outcome {
  Ending ending = Ending::returned;
  std::optional<model::Breach> breach;  ///< always there unless `returned`
  model::Counts counts;
  Marks marks;
  std::uint64_t event_hash = 0;        ///< 0 unless `returned`
  model::RecordedDecisions decisions;  ///< those of the run, as far as it came
  /// Of two runs that broke S13; none if no repetition showed it.
  std::optional<Difference> difference = {};

  bool held() const { return !breach.has_value(); }
};

/// True if both broke the same rule; for failures that name no rule, if they ended the same way and
/// found the same instead of what the scenario expects.
bool same_failure(const Outcome& a, const Outcome& b);

}  // namespace cowbell::properties
