// SPDX-License-Identifier: Apache-2.0
// How a search for failures ends: what every command that searches says, and its exit code.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "properties/failure.hpp"
#include "replay/command.hpp"

namespace cowbell::replay {

/// "held" or "broke", and that the search was interrupted.
std::string verdict_of_search(const std::vector<properties::Failure>& failures, bool interrupted);

/// Prints `json`, or each failure and then `text`, as `voice` wants it.
ExitCode tell_search(const std::vector<properties::Failure>& failures,
                     const nlohmann::ordered_json& json, std::string_view text, const Voice& voice);

}  // namespace cowbell::replay
