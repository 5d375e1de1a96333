// SPDX-License-Identifier: Apache-2.0
// A scenario that failed in a search, made as small as it goes, in a file and with the line that
// runs it again.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "models/subject.hpp"
#include "properties/outcome.hpp"
#include "properties/shrink.hpp"

namespace cowbell::properties {

struct Failure {
  std::uint64_t seed = 0;      ///< of the scenario, or the number of its run or program
  std::string name;            ///< behind the rule in that of its file: "17", "sweep-26"
  std::string found;           ///< "with seed 17"
  Outcome outcome;             ///< of the scenario that was found
  Shrunk minimal;              ///< what is left of it
  std::filesystem::path file;  ///< that holds `minimal`; empty if none was written
  std::string not_written;     ///< why none was, where there should be one; else empty
  std::string program;         ///< the command as it was called, quoted for a shell
  std::string command;         ///< the line that runs it again

  /// For people: the rule, what happened, the minimal scenario, its file, and the command.
  std::string describe() const;
};

/// Makes `directory` if it is missing. Returns why nothing can be written there; empty if it can.
std::string make_directory(const std::filesystem::path& directory);

/// Shrinks `scenario`, which failed with `failure.outcome`, and writes what is left to
/// `failure.file`, or if that is empty to a file in `directory` named by the rule and
/// `failure.name`. `directory` is made if it is missing; nothing is written if it is empty.
/// `failure.command` stays as it is where no file repeats the failure.
/// `subject` makes what was under test; empty for the engine. `stopped` ends the shrinking early.
void reduce(Failure& failure, const model::Scenario& scenario,
            const std::filesystem::path& directory, const model::SubjectMaker& subject,
            const std::function<bool()>& stopped);

nlohmann::ordered_json to_json(const Failure& failure);

}  // namespace cowbell::properties
