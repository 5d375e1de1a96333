// SPDX-License-Identifier: Apache-2.0
// `cowbell replay`: a recorded trace on real devices, or simulated ones, with a snapshot taken in
// its midst, and everything verified.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "replay/command.hpp"
#include "replay/device_run.hpp"
#include "replay/param_arguments.hpp"
#include "replay/read_trace.hpp"
#include "replay/replay_report.hpp"
#include "replay/simulated_run.hpp"
#include "replay/trace_scenario.hpp"
#include "replay/trace_summary.hpp"
#include "replay/trace_target.hpp"

namespace cowbell::replay {
namespace {

/// The growth step of the difference storage unless a parameter names another: the engine's own
/// default would reserve a GiB for the smallest trace.
constexpr SectorCount kStorageStep{(std::uint64_t{64} << 20) >> kSectorShift};

struct Options {
  std::string trace;
  std::vector<std::string> origins;
  std::string storage;
  std::string snapshot_at = "50%";
  std::uint32_t depth = 32;
  std::string verify = "all";
  std::vector<std::string> params;
  std::uint64_t seed = 1;
  bool simulated = false;
  bool destroy = false;
  Voice voice;
  std::string command_line;
};

/// Everything that is known before anything is touched.
struct Plan {
  Trace trace;
  TraceScenario made;
  DeviceWorldOptions devices;
  ReplayReport report;
};

using Refused = std::unexpected<std::string>;

/// Where the trace is to be played, in the world that was asked for.
std::expected<TraceTarget, std::string> find_target(const Options& options, const Trace& trace,
                                                    std::vector<std::string>& paths,
                                                    DeviceWorldOptions& devices) {
  TraceTarget target;
  const auto params = apply_param_arguments({}, options.params);
  if (!params) return Refused(params.error());
  target.params = *params;
  if (params->diff_storage_minimum == Params{}.diff_storage_minimum) {
    target.storage.minimum = kStorageStep;
  }
  target.devices.resize(trace.devices.size());
  paths.resize(trace.devices.size());
  if (options.simulated) return target;
  if (options.origins.empty()) return Refused("--origin is required, or --simulated");
  if (options.storage.empty()) return Refused("--storage is required, or --simulated");
  auto named = paths_of_devices(trace, options.origins);
  if (!named) return Refused(named.error());
  paths = *named;
  auto storage = storage_place(options.storage);
  if (!storage) return Refused(storage.error());
  devices.storage = *storage;
  if (const auto device = measure_storage_device(*storage)) target.storage = *device;
  devices.destroy = options.destroy;
  const TraceSummary summary = summarize(trace);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto device = measure_trace_target(paths[i], summary.alignment, summary.devices[i].end);
    if (!device) return Refused(device.error());
    target.devices[i] = *device;
  }
  return target;
}

std::expected<Plan, std::string> make_plan(const Options& options) {
  const auto point = parse_snapshot_point(options.snapshot_at);
  if (!point) {
    return Refused(
        fmt::format("--snapshot-at {}: expected a share such as 50%, or a number of "
                    "requests",
                    options.snapshot_at));
  }
  auto trace = read_trace_file(options.trace);
  if (!trace) return Refused(trace.error().text);
  Plan plan;
  plan.trace = *std::move(trace);
  std::vector<std::string> paths;
  const auto target = find_target(options, plan.trace, paths, plan.devices);
  if (!target) return Refused(target.error());
  auto made = make_trace_scenario(plan.trace, *target,
                                  {.snapshot = *point,
                                   .clients = options.depth,
                                   .verify_whole_image = options.verify == "all"});
  if (!made) return Refused(options.trace + ": " + made.error());
  plan.made = *std::move(made);
  if (options.simulated) {
    plan.made.scenario.schedule.kind = model::SchedulerKind::random;
    plan.made.scenario.schedule.seed = options.seed;
  }

  ReplayReport& report = plan.report;
  report.trace = options.trace;
  report.format = plan.trace.format;
  report.trace_requests = plan.trace.requests.size();
  for (const TraceRequest& request : plan.trace.requests) report.rounded += request.rounded();
  report.requests = plan.made.requests;
  report.snapshot_after = plan.made.snapshot_after;
  report.command = options.command_line;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const model::OriginSpec& origin = plan.made.scenario.origins[i];
    report.origins.push_back({plan.trace.devices[i], paths[i], to_bytes(origin.size)});
    if (!options.simulated) plan.devices.origins[origin.name] = paths[i];
  }
  return plan;
}

ExitCode tell(const ReplayReport& report, const Voice& voice) {
  if (voice.json) {
    print_json(replay_report_json(report));
  } else if (!voice.quiet || report.code() != ExitCode::held) {
    print(replay_report_text(report));
  }
  return report.code();
}

ExitCode replay_simulated(Plan& plan, const Options& options) {
  if (const auto refusal = refused_in_simulation(plan.made.scenario)) {
    return complain(ExitCode::wrong_input, refusal->why);
  }
  properties::Outcome outcome = run_simulated(plan.made.scenario);
  plan.report.counts = outcome.counts;
  plan.report.breach = std::move(outcome.breach);
  plan.report.ended_by_itself = outcome.ending == properties::Ending::returned;
  return tell(plan.report, options.voice);
}

ExitCode replay_on_devices(Plan& plan, const Options& options) {
  auto recorder = std::make_unique<TrafficRecorder>(
      TrafficSpan{plan.made.traffic_begin, plan.made.traffic_end},
      plan.made.scenario.program.size(), options.voice.progress());
  auto result =
      run_on_devices(plan.made.scenario, plan.devices, recorder.get(), options.command_line);
  if (!result) return complain(result.error().code, result.error().refusal.why);
  recorder->finish();
  plan.report.traffic = &recorder->figures();
  plan.report.counts = result->verdict.counts;
  plan.report.breach = std::move(result->verdict.breach);
  plan.report.environment_error = std::move(result->environment_error);
  const ExitCode code = tell(plan.report, options.voice);
  if (result->stuck) end_process(code);
  return code;
}

ExitCode replay(const Options& options) {
  auto plan = make_plan(options);
  if (!plan) return complain(ExitCode::wrong_input, plan.error());
  return options.simulated ? replay_simulated(*plan, options) : replay_on_devices(*plan, options);
}

}  // namespace

void add_replay_command(CLI::App& app, Job& job, const std::string& command_line) {
  CLI::App& command =
      *app.add_subcommand("replay", "Play a recorded trace, take a snapshot, verify everything");
  const auto options = std::make_shared<Options>();
  options->command_line = command_line;
  command.add_option("TRACE", options->trace, "A fio iolog (2 or 3), or the text of blkparse")
      ->required();
  command.add_option("--origin", options->origins,
                     "The file or block device to play on, which is overwritten as far as the "
                     "trace reaches; DEVICE=PATH for each if the trace has several devices");
  command.add_option("--storage", options->storage,
                     "Where the difference storage is: a directory, or the path of a file in it, "
                     "and then it is a file without a name there; or a block device, which is "
                     "overwritten");
  command
      .add_option("--snapshot-at", options->snapshot_at,
                  "When the snapshot is taken: a share of the requests, or their number")
      ->capture_default_str();
  command.add_flag(
      "--destroy", options->destroy,
      "What exists at --origin, and on a block device at --storage, may be overwritten");
  command.add_option("--depth", options->depth, "Requests on their way at once, at most")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      .add_option("--verify", options->verify,
                  "What is read of the image in the end: all of it, or what the trace touches")
      ->check(CLI::IsMember({"all", "touched"}))
      ->capture_default_str();
  command.add_option("--param", options->params, "NAME=VALUE: a parameter of the engine");
  CLI::Option* simulated =
      command.add_flag("--simulated", options->simulated, "Play on simulated devices");
  command.add_option("--seed", options->seed, "Of the simulated schedule")
      ->needs(simulated)
      ->capture_default_str();
  add_voice(command, options->voice);
  command.callback([options, &job] { job = [options] { return replay(*options); }; });
}

}  // namespace cowbell::replay
