// SPDX-License-Identifier: Apache-2.0
#include "properties/failure.hpp"

#include <fmt/format.h>

#include <fstream>

#include "models/scenario_text.hpp"
#include "properties/command_line.hpp"
#include "properties/minimize.hpp"

namespace cowbell::properties {
namespace {

/// Without the colon of a line that leads to others.
std::string_view first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return text.substr(0, text.size() - text.ends_with(':'));
}

void write_minimal(Failure& failure, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  if (failure.file.empty())
    failure.file =
        directory / fmt::format("{}-{}.cowbell", failure_name(failure.outcome), failure.seed);
  std::ofstream file(failure.file, std::ios::binary);
  file << fmt::format("# {}: {}\n", failure_name(failure.minimal.outcome),
                      first_line(failure.minimal.outcome.breach->what))
       << to_string(failure.minimal.scenario);
  file.close();
  if (!file)
    throw std::filesystem::filesystem_error("cannot write", failure.file,
                                            std::make_error_code(std::errc::io_error));
}

}  // namespace

void reduce(Failure& failure, const model::Scenario& scenario,
            const std::filesystem::path& directory, const model::SubjectMaker& subject) {
  failure.minimal = minimize(scenario, failure.outcome, subject);
  if (directory.empty()) return;
  write_minimal(failure, directory);
  if (!failure.minimal.repeated) return;
  failure.command = failure.program + " run " + shell_quoted(failure.file.string());
  if (failure.minimal.outcome.breach->rule == Rule::S13) failure.command += " --twice";
}

std::string Failure::describe() const {
  std::string text = properties::describe(minimal);
  text += fmt::format("\nFound {}.\n", found);
  if (!file.empty()) text += fmt::format("Written to {}\n", file.string());
  text += fmt::format("Run it again: {}\n", command);
  if (!file.empty()) {
    const auto page = std::filesystem::path(file).replace_extension("html");
    text += fmt::format("See what happened: {} run {} --html {}\n", program,
                        shell_quoted(file.string()), shell_quoted(page.string()));
  }
  return text;
}

nlohmann::ordered_json to_json(const Failure& failure) {
  const model::Breach& breach = *failure.minimal.outcome.breach;
  return {{"seed", failure.seed},
          {"rule", failure_name(failure.minimal.outcome)},
          {"what", breach.what},
          {"history", breach.history},
          {"difference", to_json(failure.minimal.outcome.difference)},
          {"scenario", to_string(failure.minimal.scenario)},
          {"statements", failure.minimal.scenario.program.size()},
          {"shrink_runs", failure.minimal.runs},
          {"repeats", failure.minimal.repeated},
          {"file", failure.file.string()},
          {"command", failure.command}};
}

}  // namespace cowbell::properties
