// SPDX-License-Identifier: Apache-2.0
// Changes to a scenario that leave it one that the parser accepts and prints back the same.
#pragma once

#include "models/scenario.hpp"

namespace cowbell::properties {

/// Drops what has lost its meaning: statements that refer to a snapshot never taken above (unless
/// they demand ENOENT) or to an origin that it does not hold, barriers that part nothing, and
/// names of snapshots that nobody mentions. Clients and snapshots are numbered in the order of
/// their first mention.
void tidy(model::Scenario& scenario);

/// Removes an origin with all that refers to it; a take of this one alone goes too. The scenario
/// must be tidied afterwards.
void drop_origin(model::Scenario& scenario, model::OriginIndex origin);

/// True for statements of which `device` is a part.
bool names_device(model::StatementKind kind);

/// The origins that `take` takes, a bit each, the shorthand for all of them resolved.
std::uint64_t origins_of_take(const model::Scenario& scenario, const model::Statement& take);

/// The bytes of a chunk of that origin, as the engine will choose them.
std::uint64_t chunk_bytes(const model::Scenario& scenario, const model::OriginSpec& origin);

/// One past the last sector that any statement asks for on that origin or its images.
Sector end_of_use(const model::Scenario& scenario, model::OriginIndex origin);

}  // namespace cowbell::properties
