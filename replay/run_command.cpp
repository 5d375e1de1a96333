// SPDX-License-Identifier: Apache-2.0
// `cowbell run`: a scenario file, in the simulator or on real devices.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "models/scenario_text.hpp"
#include "replay/command.hpp"
#include "replay/device_run.hpp"
#include "replay/explain_run.hpp"
#include "replay/param_arguments.hpp"
#include "replay/read_trace.hpp"
#include "replay/simulated_run.hpp"
#include "replay/text.hpp"
#include "replay/verdict_text.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  std::string file;
  std::vector<std::string> origins;
  std::string storage;
  bool destroy = false;
  bool twice = false;
  ExplainOptions explain;
  Voice voice;
  std::string command_line;
};

struct Report {
  model::Counts counts;
  std::optional<model::Breach> breach;
  std::optional<std::uint64_t> event_hash;  ///< of a simulated run
  std::optional<properties::Difference> difference;
};

ExitCode tell(const Report& report, const Options& options) {
  if (options.voice.json) {
    nlohmann::ordered_json out = {{"file", options.file}, {"event_hash", nullptr}};
    if (report.event_hash) out["event_hash"] = fmt::format("{:016x}", *report.event_hash);
    add_counts(out, report.counts, report.breach);
    add_verdict(out, report.breach, options.command_line);
    if (report.difference) out["difference"] = to_json(report.difference);
    print_json(out);
  } else if (report.breach) {
    print(breach_text(*report.breach, options.file, options.command_line));
  } else if (!options.voice.quiet) {
    print(fmt::format("{}: held; {}, {} verified, {} copied\n", options.file,
                      format_count(report.counts.bios, "request"),
                      format_count(report.counts.blocks_verified, "block"),
                      format_count(report.counts.chunks_copied, "chunk")));
  }
  return report.breach ? ExitCode::broke : ExitCode::held;
}

ExitCode refuse(ExitCode code, const model::Refusal& refusal, const Options& options) {
  if (refusal.line.number == 0) return complain(code, options.file + ": " + refusal.why);
  return complain(code, input_error(options.file, refusal.line.number, refusal.why).text);
}

ExitCode run_in_simulation(const model::Scenario& scenario, std::string_view text,
                           const Options& options) {
  if (const auto refusal = refused_in_simulation(scenario)) {
    return refuse(ExitCode::wrong_input, *refusal, options);
  }
  std::optional<properties::Recording> recording;
  if (options.explain.any()) recording.emplace();
  properties::Outcome outcome = run_simulated(
      scenario, {.recording = recording ? &*recording : nullptr, .twice = options.twice});
  if (recording) {
    const PageContent content{.file = options.file,
                              .scenario_text = text,
                              .breach = outcome.breach ? &*outcome.breach : nullptr,
                              .command = options.command_line};
    const auto explained = explain(options.explain, scenario, *recording, content);
    if (!explained) return complain(ExitCode::environment, explained.error());
  }
  Report report{.counts = outcome.counts,
                .breach = std::move(outcome.breach),
                .event_hash = {},
                .difference = outcome.difference};
  if (outcome.ending == properties::Ending::returned) report.event_hash = outcome.event_hash;
  return tell(report, options);
}

ExitCode run_on_named_devices(const model::Scenario& scenario, const Options& options) {
  if (options.storage.empty()) return complain(ExitCode::wrong_input, "--storage is required");
  const auto storage = storage_place(options.storage);
  if (!storage) return complain(ExitCode::wrong_input, storage.error());
  DeviceWorldOptions devices;
  devices.storage = *storage;
  devices.destroy = options.destroy;
  for (const std::string& argument : options.origins) {
    const auto [name, path] = split_origin_argument(argument);
    if (name.empty() || !devices.origins.emplace(name, path).second) {
      return complain(ExitCode::wrong_input,
                      fmt::format("--origin {}: expected NAME=PATH, each name once", argument));
    }
  }
  auto result = run_on_devices(scenario, devices, nullptr, options.command_line);
  if (!result) return refuse(result.error().code, result.error().refusal, options);
  const Report report{.counts = result->verdict.counts,
                      .breach = std::move(result->verdict.breach),
                      .event_hash = {},
                      .difference = {}};
  tell(report, options);
  if (result->environment_error) complain(result->code(), *result->environment_error);
  if (result->stuck) end_process(result->code());
  return result->code();
}

ExitCode run(const Options& options) {
  const auto text = read_input_file(options.file, model::kFileMaximum);
  if (!text) return complain(ExitCode::wrong_input, text.error().text);
  const auto scenario = model::parse_scenario(*text);
  if (!scenario) {
    return complain(ExitCode::wrong_input, model::format_error(options.file, scenario.error()));
  }
  if (options.explain.on_terminal() && options.voice.json)
    return complain(ExitCode::wrong_input,
                    "--json prints nothing else: name a file for --timeline");
  if (options.origins.empty() && options.storage.empty())
    return run_in_simulation(*scenario, *text, options);
  if (options.explain.any() || options.twice)
    return complain(ExitCode::wrong_input, "--timeline, --html and --twice are for simulated runs");
  return run_on_named_devices(*scenario, options);
}

}  // namespace

void add_run_command(CLI::App& app, Job& job, const std::string& command_line) {
  CLI::App& command = *app.add_subcommand("run", "Run a scenario file");
  const auto options = std::make_shared<Options>();
  options->command_line = command_line;
  command.add_option("FILE", options->file, "A scenario; simulated unless devices are named")
      ->required();
  command.add_option("--origin", options->origins,
                     "NAME=PATH: the file or block device that is this origin");
  command.add_option("--storage", options->storage,
                     "The directory for difference storage, or the block device that is it");
  command.add_flag(
      "--destroy", options->destroy,
      "What exists at --origin, and on a block device at --storage, may be overwritten");
  command.add_flag("--twice", options->twice,
                   "Run it twice and compare everything that happens, as S13 demands");
  add_explain_options(command, options->explain);
  add_voice(command, options->voice);
  command.callback([options, &job] {
    options->explain.quiet = options->voice.quiet;
    job = [options] { return run(*options); };
  });
}

}  // namespace cowbell::replay
