// SPDX-License-Identifier: Apache-2.0
// A scenario that failed in a search, made as small as it goes, in a file and with the line that
// runs it again.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "models/subject.hpp"
#include "properties/outcome.hpp"
#include "properties/shrink.hpp"

namespace cowbell::properties {

struct Failure {
  std::uint64_t seed = 0;      ///< of the scenario, or its position in the search
  std::string found;           ///< "with seed 17"
  Outcome outcome;             ///< of the scenario that was found
  Shrunk minimal;              ///< what is left of it
  std::filesystem::path file;  ///< that holds `minimal`; empty if none was written
  std::string program;         ///< the command as it was called, quoted for a shell
  std::string command;         ///< the line that runs it again

  /// For people: the rule, what happened, the minimal scenario, its file, and the command.
  std::string describe() const;
};

/// Shrinks `scenario`, which failed with `failure.outcome`, and writes what is left to
/// `failure.file`, or if that is empty to a file in `directory` named by the rule and the seed.
/// `directory` is made if it is missing; nothing is written if it is empty. `failure.command` stays
/// as it is where the file does not repeat the failure.
/// `subject` makes what was under test; empty for the engine.
/// Throws std::filesystem::filesystem_error if the file cannot be written.
void reduce(Failure& failure, const model::Scenario& scenario,
            const std::filesystem::path& directory, const model::SubjectMaker& subject);

nlohmann::ordered_json to_json(const Failure& failure);

}  // namespace cowbell::properties
