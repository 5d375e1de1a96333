// SPDX-License-Identifier: Apache-2.0
// `cowbell sweep`: scenarios with each request and allocation failing, one after the other.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "models/scenario_text.hpp"
#include "properties/generate.hpp"
#include "properties/sweep.hpp"
#include "replay/command.hpp"
#include "replay/input_error.hpp"
#include "replay/interruption.hpp"
#include "replay/progress_line.hpp"
#include "replay/read_trace.hpp"
#include "replay/search_report.hpp"
#include "replay/simulated_run.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  properties::SweepOptions sweep;
  std::vector<std::string> files;
  std::uint64_t random = 0;
  std::uint64_t seed = 1;
  std::string directory = "cowbell-failures";
  Voice voice;
};

/// The scenarios to sweep. Errors: one line that names the file and what was expected.
std::expected<std::vector<properties::SweepScenario>, std::string> scenarios_of(
    const Options& options) {
  std::vector<properties::SweepScenario> scenarios;
  for (const std::string& file : options.files) {
    const auto text = read_input_file(file, model::kFileMaximum);
    if (!text) return std::unexpected(text.error().text);
    auto scenario = model::parse_scenario(*text);
    if (!scenario) return std::unexpected(model::format_error(file, scenario.error()));
    if (const auto refusal = refused_in_simulation(*scenario))
      return std::unexpected(input_error(file, refusal->line.number, refusal->why).text);
    scenarios.push_back({file, *std::move(scenario)});
  }
  for (std::uint64_t i = 0; i < options.random; ++i) {
    const std::uint64_t seed = options.seed + i;
    scenarios.push_back({fmt::format("seed {}", seed), properties::generate(seed, {})});
  }
  return scenarios;
}

std::string summary_text(const properties::SweepSummary& summary) {
  return fmt::format(
      "{}, {} in {:.1f} s: {} once, {} from then on, {}\n"
      "{} failed, {} refused\n"
      "verdict         {}\n",
      format_count(summary.scenarios, "scenario"), format_count(summary.runs, "run"),
      summary.seconds, format_count(summary.once, "fault"), format_count(summary.sticky),
      format_count(summary.pairs, "pair"),
      format_count(summary.marks[properties::Mark::faults_injected], "request"),
      format_count(summary.marks[properties::Mark::allocations_refused], "allocation"),
      verdict_of_search(summary.failures, summary.interrupted));
}

ExitCode sweep(Options& options) {
  const auto scenarios = scenarios_of(options);
  if (!scenarios) return complain(ExitCode::wrong_input, scenarios.error());
  if (scenarios->empty())
    return complain(ExitCode::wrong_input, "expected scenario files, or --random N");
  options.sweep.directory = options.directory;
  if (const std::string why = properties::make_directory(options.directory); !why.empty())
    return complain(ExitCode::environment, why);
  catch_interruptions();
  options.sweep.interrupted = interrupted;
  try {
    properties::SweepSummary summary;
    {
      ProgressLine line(options.voice.progress());
      options.sweep.progress = [&](std::uint64_t done, std::uint64_t all) {
        if (line.due())
          line.show(fmt::format("{} of {} runs", format_count(done), format_count(all)));
      };
      summary = properties::sweep(*scenarios, options.sweep);
    }
    return tell_search(summary.failures, properties::to_json(summary), summary_text(summary),
                       options.voice);
  } catch (const std::system_error& error) {
    return complain(ExitCode::environment, error.what());
  }
}

}  // namespace

void add_sweep_command(CLI::App& app, Job& job, const std::string& program) {
  CLI::App& command = *app.add_subcommand("sweep", "Fail each request and allocation of scenarios");
  const auto options = std::make_shared<Options>();
  options->sweep.program = program;
  command.add_option("FILES", options->files, "Scenarios, simulated");
  command.add_option("--random", options->random, "So many random scenarios beside them")
      ->check(CLI::Range(0, 1'000'000));
  command.add_option("--seed", options->seed, "The first random scenario; the others follow")
      ->capture_default_str();
  command
      .add_option("--pairs", options->sweep.pairs_maximum,
                  "Pairs of faults too, for scenarios with at most so many single ones")
      ->capture_default_str();
  command.add_option("--jobs", options->sweep.jobs, "Processes side by side")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_option("--failures", options->sweep.failures_maximum, "Stop after so many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--directory", options->directory, "Where failing scenarios are written")
      ->capture_default_str();
  add_voice(command, options->voice);
  command.callback([options, &job] { job = [options] { return sweep(*options); }; });
}

}  // namespace cowbell::replay
