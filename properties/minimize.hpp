// SPDX-License-Identifier: Apache-2.0
// From a scenario that failed to the smallest one that fails in the same way, and its text.
#pragma once

#include <functional>
#include <string>

#include "models/subject.hpp"
#include "properties/shrink.hpp"

namespace cowbell::properties {

/// Runs `scenario`, which failed with `outcome`, again and shrinks it, in children, for 8 seconds
/// at most; runs that record decisions have 2 seconds more. A run that takes longer than a second
/// and 10 ms for each statement has hung, or where the first one ended, twice its time longer; one
/// that was cut short before that shows nothing. In a fresh process another rule may break, where
/// memory was read that nobody had written: that one is then the failure. If none does, the
/// scenario comes back as it is, not `repeated`.
/// `subject` makes what was under test; empty for the engine. Once `stopped`, which is asked before
/// each run, is true, nothing becomes smaller any more.
Shrunk minimize(
    const model::Scenario& scenario, const Outcome& outcome,
    const model::SubjectMaker& subject = {},
    const std::function<bool()>& stopped = [] { return false; });

/// "S3"; "crash" or "expectation" for a failure that names no rule.
std::string failure_name(const Outcome& outcome);

/// For people: the rule, what happened, what was done to the block, and the scenario.
std::string describe(const Shrunk& minimal);

}  // namespace cowbell::properties
