// SPDX-License-Identifier: Apache-2.0
// `cowbell shrink`: a failing scenario, smaller.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "models/scenario_text.hpp"
#include "properties/command_line.hpp"
#include "properties/failure.hpp"
#include "replay/command.hpp"
#include "replay/input_error.hpp"
#include "replay/read_trace.hpp"
#include "replay/simulated_run.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  std::string file;
  std::string directory = "cowbell-failures";
  std::string program;
  Voice voice;
};

ExitCode shrink(const Options& options) {
  const auto text = read_input_file(options.file, model::kFileMaximum);
  if (!text) return complain(ExitCode::wrong_input, text.error().text);
  const auto scenario = model::parse_scenario(*text);
  if (!scenario)
    return complain(ExitCode::wrong_input, model::format_error(options.file, scenario.error()));
  if (const auto refusal = refused_in_simulation(*scenario))
    return complain(ExitCode::wrong_input,
                    input_error(options.file, refusal->line.number, refusal->why).text);
  if (const std::string why = properties::make_directory(options.directory); !why.empty())
    return complain(ExitCode::environment, why);
  properties::Failure failure;
  failure.outcome = run_simulated(*scenario);
  if (failure.outcome.held())
    return complain(ExitCode::wrong_input, options.file + ": holds, so there is nothing to shrink");
  failure.found = "in " + options.file;
  failure.program = options.program;
  failure.command = options.program + " run " + properties::shell_quoted(options.file);
  failure.file = std::filesystem::path(options.directory) /
                 (std::filesystem::path(options.file).stem().string() + "-small.cowbell");
  try {
    properties::reduce(failure, *scenario, options.directory, {}, [] { return false; });
  } catch (const std::system_error& error) {
    return complain(ExitCode::environment, error.what());
  }
  if (options.voice.json)
    print_json(properties::to_json(failure));
  else
    print(options.voice.quiet && failure.not_written.empty() ? failure.file.string() + "\n"
                                                             : failure.describe());
  return ExitCode::broke;
}

}  // namespace

void add_shrink_command(CLI::App& app, Job& job, const std::string& program) {
  CLI::App& command = *app.add_subcommand(
      "shrink", "Make a scenario that fails smaller, in 10 seconds and 3 to record it");
  const auto options = std::make_shared<Options>();
  options->program = program;
  command.add_option("FILE", options->file, "A scenario that fails in the simulator")->required();
  command.add_option("--directory", options->directory, "Where the smaller one is written")
      ->capture_default_str();
  add_voice(command, options->voice);
  command.callback([options, &job] { job = [options] { return shrink(*options); }; });
}

}  // namespace cowbell::replay
