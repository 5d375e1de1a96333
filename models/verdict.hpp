// SPDX-License-Identifier: Apache-2.0
// What a run comes to: it held, or the first thing that did not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/invariant.hpp"
#include "models/scenario.hpp"

namespace cowbell::model {

struct Breach {
  /// The rule that broke; none where only an expectation of the scenario itself was not met.
  std::optional<Rule> rule;
  /// One sentence: what happened, and what was allowed.
  std::string what;
  /// What was done to the block that broke, oldest first, one a line; for S13 the event in which
  /// two runs part, of both. Empty where there is neither.
  std::string history;
  /// Where an expectation was not met: what was there instead, in words that do not change with the
  /// size of the scenario, and whether an image was looked at. Empty for a rule.
  std::string found = {};
  bool found_in_image = false;
  SourceLine line;  ///< of the statement that showed it
  bool operator==(const Breach&) const = default;
};

struct Counts {
  std::uint64_t bios = 0;           ///< client requests answered and judged
  std::uint64_t bytes = 0;          ///< carried by them
  std::uint64_t blocks_verified = 0;  ///< logical blocks compared with the golden copy
  std::uint64_t chunks_copied = 0;  ///< chunks preserved for an image
  Counts& operator+=(const Counts& other);
};

struct Verdict {
  std::optional<Breach> breach;
  Counts counts;
  bool held() const { return !breach.has_value(); }
};

}  // namespace cowbell::model
