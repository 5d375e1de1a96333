// SPDX-License-Identifier: Apache-2.0
// Runs a scenario text in the simulated world, against the engine or a subject that lies.
#pragma once

#include <string>
#include <string_view>

#include "models/runner.hpp"

namespace cowbell::model::testing {

/// `text` is a scenario without its header. A text that does not parse, and a scenario that is
/// refused, end the test program.
RunResult simulate(std::string_view text, const RunOptions& options = {});

/// The rule that broke: "S3"; "held"; "expectation" where no rule broke but the verdict is bad.
std::string outcome(std::string_view text, const SubjectMaker& subject = {});

}  // namespace cowbell::model::testing
