// SPDX-License-Identifier: Apache-2.0
// A verdict, for people and for machines.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "models/verdict.hpp"

namespace cowbell::replay {

/// "held" or "broke".
std::string_view verdict_word(const std::optional<model::Breach>& breach);

/// "S3 broken: WHAT", the history of the block, and `command`, the one line that repeats it.
/// `where` names what was run; the statement's line, if it has one, is put behind it.
std::string breach_text(const model::Breach& breach, std::string_view where,
                        std::string_view command);

/// Adds `verdict`, and for a breach `rule` (null if only an expectation was not met), `what`,
/// `history`, `line` and `command`.
void add_verdict(nlohmann::ordered_json& json, const std::optional<model::Breach>& breach,
                 std::string_view command);

/// Adds `bios`, `bytes`, `blocks_verified`, `chunks_copied` and `mismatches`.
void add_counts(nlohmann::ordered_json& json, const model::Counts& counts,
                const std::optional<model::Breach>& breach);

/// Blocks found to be wrong: a run ends at the first.
std::uint64_t mismatches(const std::optional<model::Breach>& breach);

}  // namespace cowbell::replay
