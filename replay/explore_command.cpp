// SPDX-License-Identifier: Apache-2.0
// `cowbell explore`: random scenarios until a count, a time, or a failure.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "models/scenario_text.hpp"
#include "properties/explore.hpp"
#include "properties/merge.hpp"
#include "replay/command.hpp"
#include "replay/interruption.hpp"
#include "replay/progress_line.hpp"
#include "replay/read_trace.hpp"
#include "replay/search_report.hpp"
#include "replay/text.hpp"
#include "replay/trace_lines.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  properties::ExploreOptions explore;
  std::string directory = "cowbell-failures";
  std::string scheduler;
  std::string profile;
  std::string shard;
  bool as_found = false;
  std::vector<std::string> merge;
  Voice voice;
};

const std::map<std::string, model::SchedulerKind>& schedulers() {
  static const std::map<std::string, model::SchedulerKind> kinds = {
      {"random", model::SchedulerKind::random},
      {"pct", model::SchedulerKind::pct},
      {"round_robin", model::SchedulerKind::round_robin}};
  return kinds;
}

const std::map<std::string, model::Profile>& profiles() {
  static const std::map<std::string, model::Profile> kinds = {{"nvme", model::Profile::nvme},
                                                              {"ssd", model::Profile::ssd},
                                                              {"hdd", model::Profile::hdd},
                                                              {"network", model::Profile::network}};
  return kinds;
}

std::uint64_t rounded(double value) {
  return static_cast<std::uint64_t>(value + 0.5);
}

std::string progress_text(const properties::Progress& progress) {
  return fmt::format("{}, {}, {:.0f} s, {}", format_count(progress.scenarios, "scenario"),
                     format_count(progress.bios, "bio"), progress.seconds,
                     format_count(progress.failures, "failure"));
}

std::string summary_text(const properties::Summary& summary) {
  std::string out;
  const auto row = [&](std::string_view what, std::string_view value) {
    out += fmt::format("{:<16}{}\n", what, value);
  };
  row("seeds",
      summary.shards > 1
          ? fmt::format("from {}, shard {} of {}", summary.seed, summary.shard, summary.shards)
          : fmt::format("{} to {}{}", summary.seed,
                        summary.seed + summary.places - (summary.places > 0),
                        summary.scenarios == summary.places
                            ? ""
                            : fmt::format(", {} of them left out",
                                          format_count(summary.places - summary.scenarios))));
  row("scenarios", fmt::format("{} in {:.1f} s, {} of them run twice and compared",
                               format_count(summary.scenarios), summary.seconds,
                               format_count(summary.repeated)));
  row("bios", fmt::format("{}, {} verified", format_count(summary.counts.bios),
                          format_count(summary.counts.blocks_verified, "block")));
  row("chunks copied", format_count(summary.counts.chunks_copied));
  row("per core", fmt::format("{} scenarios and {} bios a second",
                              format_count(rounded(summary.scenarios_per_second())),
                              format_count(rounded(summary.bios_per_second()))));
  const auto mark_row = [&](std::string_view name, std::string_view count, std::string_view within,
                            std::string_view note) {
    out += fmt::format("{:<32}{:>14}{:>14}{}\n", name, count, within, note);
  };
  mark_row("marks", "count", "one within", "");
  const auto silent = properties::silent_marks(summary.marks, summary.scenarios);
  for (std::size_t i = 0; i < properties::kMarkCount; ++i) {
    const auto mark = static_cast<properties::Mark>(i);
    mark_row(fmt::format("  {}", properties::mark_name(mark)), format_count(summary.marks[mark]),
             format_count(properties::mark_within(mark)),
             std::ranges::find(silent, mark) == silent.end() ? "" : "  silent");
  }
  row("verdict", verdict_of_search(summary.failures, summary.interrupted));
  return out;
}

/// Without what narrowed the search a seed is another scenario; a file is what it is.
void name_shape(properties::Summary& summary, const Options& options) {
  for (auto& failure : summary.failures) {
    if (failure.minimal.repeated && !failure.file.empty()) continue;
    if (!options.scheduler.empty()) failure.command += " --scheduler " + options.scheduler;
    if (!options.profile.empty()) failure.command += " --profile " + options.profile;
  }
}

/// What is wrong with the text of a time; empty if nothing.
std::string not_above_zero(const std::string& text) {
  double seconds = 0;
  if (CLI::detail::lexical_cast(text, seconds) && seconds > 0) return {};
  return "expected a number above 0, not " + text;
}

/// Of the options that were given, those beside `--merge` only say how to speak, or this throws.
void demand_that_all_can_merge(const std::vector<CLI::Option*>& given) {
  for (const CLI::Option* option : given)
    if (const std::string name = option->get_name();
        name != "--merge" && name != "--json" && name != "--quiet")
      throw CLI::ExcludesError("--merge", name);
}

/// Reads "K/N" into the options. False if it is no shard.
bool take_shard(Options& options) {
  const std::size_t slash = options.shard.find('/');
  if (slash == std::string::npos) return false;
  const auto number = parse_number<std::uint64_t>(std::string_view(options.shard).substr(0, slash));
  const auto of = parse_number<std::uint64_t>(std::string_view(options.shard).substr(slash + 1));
  if (!number || !of || *number < 1 || *number > *of || *of > properties::kShardsMaximum)
    return false;
  options.explore.shard = *number;
  options.explore.shards = *of;
  return true;
}

/// What is wrong with the seeds to explore; empty if nothing.
std::string wrong_seeds(const properties::ExploreOptions& explore) {
  constexpr auto kLastSeed = std::numeric_limits<std::uint64_t>::max();
  if (explore.count.value_or(0) > 0 && *explore.count - 1 > kLastSeed - explore.seed)
    return fmt::format("--seed {} --count {}: the last seed is {}", explore.seed, *explore.count,
                       kLastSeed);
  if (properties::scenarios_of(explore) > 0) return {};
  return explore.shards > 1 ? fmt::format("shard {} of {} has no scenarios to explore",
                                          explore.shard, explore.shards)
                            : "--count 0: there is nothing to explore";
}

/// One line for each row of shards that is not there.
std::string missing_text(const nlohmann::ordered_json& missing) {
  const std::uint64_t first = missing["first"];
  const std::uint64_t last = missing["last"];
  const std::uint64_t shards = missing["shards"];
  const std::uint64_t seed = missing["seed"];
  if (first == last)
    return fmt::format("shard {} of {}, of the seeds from {}, is missing", first, shards, seed);
  return fmt::format("shards {} to {} of {}, of the seeds from {}, are missing", first, last,
                     shards, seed);
}

ExitCode merge(const Options& options) {
  std::vector<properties::NamedSummary> summaries;
  for (const std::string& file : options.merge) {
    const auto text = read_input_file(file, model::kFileMaximum);
    if (!text) return complain(ExitCode::wrong_input, text.error().text);
    auto json = nlohmann::ordered_json::parse(*text, nullptr, false);
    if (json.is_discarded()) return complain(ExitCode::wrong_input, file + ": expected JSON");
    summaries.push_back({file, std::move(json)});
  }
  const auto sum = properties::merge(summaries);
  if (!sum) return complain(ExitCode::wrong_input, sum.error());
  for (const auto& missing : (*sum)["missing_shards"])
    complain(ExitCode::held, missing_text(missing));
  const bool held = (*sum)["failures"].empty();
  if (!held || !options.voice.quiet) print_json(*sum);
  return held ? ExitCode::held : ExitCode::broke;
}

ExitCode explore(Options& options) {
  if (!options.merge.empty()) return merge(options);
  if (!options.shard.empty() && !take_shard(options))
    return complain(ExitCode::wrong_input,
                    fmt::format("--shard {}: expected K/N, K from 1 to N, N at most {}",
                                options.shard, properties::kShardsMaximum));
  if (const std::string why = wrong_seeds(options.explore); !why.empty())
    return complain(ExitCode::wrong_input, why);
  if (!options.as_found) {
    const std::string why = properties::make_directory(options.directory);
    if (!why.empty()) return complain(ExitCode::environment, why);
  }
  catch_interruptions();
  options.explore.interrupted = interrupted;
  options.explore.shrink = !options.as_found;
  if (!options.scheduler.empty()) {
    options.explore.shape.scheduler = schedulers().at(options.scheduler);
    options.explore.shape.any_scheduler = false;
  }
  if (!options.profile.empty()) options.explore.shape.profile = profiles().at(options.profile);
  options.explore.directory = options.directory;
  try {
    properties::Summary summary;
    {
      ProgressLine line(options.voice.progress());
      options.explore.progress = [&](const properties::Progress& progress) {
        if (line.due()) line.show(progress_text(progress));
      };
      summary = properties::explore(options.explore);
    }
    name_shape(summary, options);
    return tell_search(summary.failures, properties::to_json(summary), summary_text(summary),
                       options.voice);
  } catch (const std::system_error& error) {
    return complain(ExitCode::environment, error.what());
  }
}

}  // namespace

void add_explore_command(CLI::App& app, Job& job, const std::string& program) {
  CLI::App& command = *app.add_subcommand("explore", "Run random simulated scenarios");
  const auto options = std::make_shared<Options>();
  options->explore.program = program;
  command.add_option("--seed", options->explore.seed, "The first scenario; the others follow")
      ->capture_default_str();
  CLI::Option* count = command.add_option("--count", options->explore.count,
                                          "Scenarios; without it and --seconds, until a failure");
  command.add_option("--seconds", options->explore.seconds, "Time to go on for")
      ->check(not_above_zero)
      ->excludes(count);
  command.add_option("--shard", options->shard,
                     "K/N: every N-th scenario from the K-th on, for one of N machines");
  command
      .add_option("--merge", options->merge,
                  "Explore nothing: join what shards printed with --json, as JSON")
      ->expected(1, 1'000'000);
  command.add_option("--jobs", options->explore.jobs, "Processes side by side")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_option("--scheduler", options->scheduler, "One scheduler for all; any without it")
      ->check(CLI::IsMember({"random", "pct", "round_robin"}));
  command.add_option("--profile", options->profile, "Devices as quick as these; any without it")
      ->check(CLI::IsMember({"nvme", "ssd", "hdd", "network"}));
  command.add_option("--failures", options->explore.failures_maximum, "Stop after so many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_flag("--as-found", options->as_found,
                   "Tell failures as they were found: nothing is made smaller or written");
  command.add_option("--directory", options->directory, "Where failing scenarios are written")
      ->capture_default_str();
  add_voice(command, options->voice);
  command.callback([options, &command, &job] {
    if (!options->merge.empty()) demand_that_all_can_merge(command.parse_order());
    job = [options] { return explore(*options); };
  });
}

}  // namespace cowbell::replay
