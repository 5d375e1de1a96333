// SPDX-License-Identifier: Apache-2.0
// Parameters of the engine, and devices, as they are named on the command line.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "core/params.hpp"

namespace cowbell::replay {

/// Sets each `NAME=VALUE` of `arguments` in `params`, in the engine's units. Errors: a sentence for
/// people, for an unknown name, a value out of bounds, or values that contradict each other.
std::expected<Params, std::string> apply_param_arguments(Params params,
                                                         const std::vector<std::string>& arguments);

/// Splits "NAME=PATH"; the name is empty for a path alone. A path may hold '=' if a name is given,
/// or if the text before its first '=' is no name of an origin.
std::pair<std::string, std::string> split_origin_argument(const std::string& argument);

}  // namespace cowbell::replay
