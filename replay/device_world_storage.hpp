// SPDX-License-Identifier: Apache-2.0
// What the world of real devices does not take as difference storage, by the look of it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "models/scenario.hpp"

namespace cowbell::replay {

/// Why `path` cannot be storage of this kind, as a sentence: it is of another kind, would be
/// overwritten without `destroy`, or lies on one of `origins` (paths by name). Opens nothing.
std::optional<std::string> refused_as_storage(model::StorageKind kind, const std::string& path,
                                              bool destroy,
                                              const std::map<std::string, std::string>& origins);

/// The first take, in the order of the file, before which another snapshot has not been released;
/// null if there is none.
const model::Statement* second_live_take(const model::Scenario& scenario);

}  // namespace cowbell::replay
