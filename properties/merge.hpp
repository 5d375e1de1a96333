// SPDX-License-Identifier: Apache-2.0
// The summaries of explorations on several machines, made into one.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace cowbell::properties {

struct NamedSummary {
  std::string name;             ///< of the file, for messages
  nlohmann::ordered_json json;  ///< what `to_json(Summary)` made
};

/// Sums counts and marks, keeps the longest time, joins the failures and counts them by rule, and
/// lists what was `explored` and the `missing_shards`: from the `first` to the `last` of so many.
/// Errors: what of which summary is not as expected, that two of them explored the same seeds, in
/// what the scenarios of two differ in shape, or which sum is too large.
std::expected<nlohmann::ordered_json, std::string> merge(std::span<const NamedSummary> summaries);

}  // namespace cowbell::properties
