// SPDX-License-Identifier: Apache-2.0
#include "properties/failure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

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

std::string cannot_write(const std::filesystem::path& path, const std::error_code& error) {
  return fmt::format("cannot write to {}: {}", path.string(), error.message());
}

/// Returns why it could not; empty if it could.
std::string write_minimal(const Failure& failure) {
  std::ofstream file(failure.file, std::ios::binary);
  file << fmt::format("# {}: {}\n", failure_name(failure.minimal.outcome),
                      first_line(failure.minimal.outcome.breach->what))
       << to_string(failure.minimal.scenario);
  file.close();
  return file ? "" : cannot_write(failure.file, {errno, std::generic_category()});
}

}  // namespace

std::string make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error && access(directory.c_str(), W_OK | X_OK) != 0)
    error = {errno, std::generic_category()};
  return error ? cannot_write(directory, error) : "";
}

void reduce(Failure& failure, const model::Scenario& scenario,
            const std::filesystem::path& directory, const model::SubjectMaker& subject,
            const std::function<bool()>& stopped) {
  failure.minimal = minimize(scenario, failure.outcome, subject, stopped);
  if (directory.empty()) return;
  if (failure.file.empty())
    failure.file =
        directory / fmt::format("{}-{}.cowbell", failure_name(failure.outcome), failure.name);
  failure.not_written = make_directory(directory);
  if (failure.not_written.empty()) failure.not_written = write_minimal(failure);
  if (!failure.not_written.empty()) failure.file.clear();
  if (failure.file.empty() || !failure.minimal.repeated) return;
  failure.command = failure.program + " run " + shell_quoted(failure.file.string());
  if (failure.minimal.outcome.breach->rule == Rule::S13) failure.command += " --twice";
}

std::string Failure::describe() const {
  std::string text = properties::describe(minimal);
  text += fmt::format("\nFound {}.\n", found);
  if (!file.empty()) text += fmt::format("Written to {}\n", file.string());
  if (!not_written.empty()) text += fmt::format("Not written: {}\n", not_written);
  if (!command.empty()) text += fmt::format("Run it again: {}\n", command);
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
          {"not_written", failure.not_written},
          {"command", failure.command}};
}

}  // namespace cowbell::properties
