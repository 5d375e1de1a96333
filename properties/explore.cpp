// SPDX-License-Identifier: Apache-2.0
#include "properties/explore.hpp"

#include <fmt/format.h>

#include <fstream>
#include <limits>

#include "models/scenario_text.hpp"
#include "properties/explore_workers.hpp"
#include "properties/minimize.hpp"

namespace cowbell::properties {
namespace {

void write_minimal(Failure& failure, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  failure.file =
      directory / fmt::format("{}-{}.cowbell", failure_name(failure.outcome), failure.seed);
  std::ofstream file(failure.file, std::ios::binary);
  file << "# "
       << failure.minimal.outcome.breach->what.substr(
              0, failure.minimal.outcome.breach->what.find('\n'))
       << '\n'
       << to_string(failure.minimal.scenario);
  file.close();
  if (!file)
    throw std::filesystem::filesystem_error("cannot write", failure.file,
                                            std::make_error_code(std::errc::io_error));
}

}  // namespace

double Summary::scenarios_per_second() const {
  return seconds > 0 ? static_cast<double>(scenarios) / seconds / jobs : 0;
}

double Summary::bios_per_second() const {
  return seconds > 0 ? static_cast<double>(counts.bios) / seconds / jobs : 0;
}

Summary explore(const ExploreOptions& options) {
  Summary summary;
  summary.seed = options.seed;
  summary.jobs = std::max(options.jobs, 1u);
  const Stopwatch stopwatch;
  ExploreWorkers workers(
      {.seed = options.seed,
       .count = options.count.value_or(std::numeric_limits<std::uint64_t>::max() / 2),
       .shape = options.shape,
       .repeat_one_in = options.repeat_one_in,
       .subject = options.subject},
      summary.jobs);
  const auto failed = [&](std::uint64_t seed, const Outcome& outcome) {
    if (summary.failures.size() < options.failures_maximum) {
      Failure& failure = summary.failures.emplace_back();
      failure.seed = seed;
      failure.outcome = outcome;
    }
    if (summary.failures.size() >= options.failures_maximum) workers.enough();
  };
  while (workers.turn(failed)) {
    const WorkDone done = workers.done();
    options.progress({.scenarios = done.scenarios,
                      .bios = done.counts.bios,
                      .seconds = stopwatch.seconds(),
                      .failures = summary.failures.size()});
    if (options.seconds && stopwatch.seconds() >= *options.seconds) workers.enough();
  }
  summary.seconds = stopwatch.seconds();
  const WorkDone done = workers.done();
  summary.scenarios = done.scenarios;
  summary.repeated = done.repeated;
  summary.counts = done.counts;
  summary.processor_seconds = done.processor_seconds;
  summary.marks = done.marks;
  for (Failure& failure : summary.failures) {
    failure.minimal =
        minimize(generate(failure.seed, options.shape), failure.outcome, options.subject);
    failure.command = fmt::format("cowbell explore --seed {} --count 1", failure.seed);
    if (options.directory.empty()) continue;
    write_minimal(failure, options.directory);
    if (failure.minimal.repeated) failure.command = "cowbell run " + failure.file.string();
  }
  return summary;
}

std::string Failure::describe() const {
  std::string text = properties::describe(minimal);
  text += fmt::format("\nFound with seed {}.\n", seed);
  if (!file.empty()) text += fmt::format("Written to {}\n", file.string());
  text += fmt::format("Run it again: {}\n", command);
  return text;
}

nlohmann::ordered_json to_json(const Summary& summary) {
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  for (const Failure& failure : summary.failures) {
    const model::Breach& breach = *failure.minimal.outcome.breach;
    failures.push_back({{"seed", failure.seed},
                        {"rule", failure_name(failure.minimal.outcome)},
                        {"what", breach.what},
                        {"history", breach.history},
                        {"scenario", to_string(failure.minimal.scenario)},
                        {"statements", failure.minimal.scenario.program.size()},
                        {"shrink_runs", failure.minimal.runs},
                        {"repeats", failure.minimal.repeated},
                        {"file", failure.file.string()},
                        {"command", failure.command}});
  }
  nlohmann::ordered_json marks = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kMarkCount; ++i)
    marks[std::string(mark_name(static_cast<Mark>(i)))] = summary.marks[static_cast<Mark>(i)];
  return {{"seed", summary.seed},
          {"jobs", summary.jobs},
          {"seconds", summary.seconds},
          {"processor_seconds", summary.processor_seconds},
          {"scenarios", summary.scenarios},
          {"repeated", summary.repeated},
          {"bios", summary.counts.bios},
          {"bytes", summary.counts.bytes},
          {"blocks_verified", summary.counts.blocks_verified},
          {"chunks_copied", summary.counts.chunks_copied},
          {"scenarios_per_second", summary.scenarios_per_second()},
          {"bios_per_second", summary.bios_per_second()},
          {"failures", std::move(failures)},
          {"marks", std::move(marks)}};
}

}  // namespace cowbell::properties
