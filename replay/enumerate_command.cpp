// SPDX-License-Identifier: Apache-2.0
// `cowbell enumerate`: all small programs, each in every way that it can go.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "properties/enumerate.hpp"
#include "replay/command.hpp"
#include "replay/progress_line.hpp"
#include "replay/search_report.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  properties::EnumerateOptions enumerate;
  unsigned operations = 3;
  std::string directory = "cowbell-failures";
  bool unpruned = false;
  Voice voice;
};

std::string summary_text(const properties::EnumerateSummary& summary, std::size_t programs) {
  const properties::LeftOut& left_out = summary.left_out;
  return fmt::format(
      "{} of {} programs, {} executions, {} requests judged in {:.1f} s\n"
      "bound           {} preemptions a run; with three operations an answer that overtakes is one "
      "in a run that has another; {} turns beyond it\n"
      "pruned          {} turns that nobody could have told apart; {} of the executions only ended "
      "a run that had come to a state gone through before\n"
      "without room    {} orders of answers that no latencies were left for\n"
      "verdict         {}\n",
      format_count(summary.programs), format_count(programs), format_count(summary.executions),
      format_count(summary.bios), summary.seconds, summary.preemptions_maximum,
      format_count(left_out.bounded), format_count(left_out.unseen),
      format_count(left_out.repeated), format_count(left_out.without_room),
      summary.failures.empty() ? "held" : "broke");
}

ExitCode enumerate(Options& options) {
  options.enumerate.directory = options.directory;
  const auto programs = properties::small_programs(options.operations);
  try {
    properties::EnumerateSummary summary;
    {
      ProgressLine line(options.voice.progress());
      options.enumerate.progress = [&](std::uint64_t done, std::uint64_t executions) {
        if (line.due())
          line.show(fmt::format("{} of {} programs, {} executions", format_count(done),
                                format_count(programs.size()), format_count(executions)));
  options.enumerate.prune_repeated = !options.unpruned;
      };
      summary = properties::enumerate(programs, options.enumerate);
    }
    return tell_search(summary.failures, properties::to_json(summary),
                       summary_text(summary, programs.size()), options.voice);
  } catch (const std::system_error& error) {
    return complain(ExitCode::environment, error.what());
  }
}

}  // namespace

void add_enumerate_command(CLI::App& app, Job& job, const std::string& program) {
  CLI::App& command =
      *app.add_subcommand("enumerate", "Run all small programs in every way that they can go");
  const auto options = std::make_shared<Options>();
  command.add_option("--operations", options->operations, "Programs of at most so many")
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  command
      .add_option("--preemptions", options->enumerate.preemptions_maximum,
                  "Schedules with at most so many")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command.add_flag("--unpruned", options->unpruned,
                   "Go through repeated states each time, to compare");
  command.add_option("--jobs", options->enumerate.jobs, "Processes side by side")
  options->enumerate.program = program;
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_option("--failures", options->enumerate.failures_maximum, "Stop after so many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--directory", options->directory, "Where failing scenarios are written")
      ->capture_default_str();
  add_voice(command, options->voice);
  command.callback([options, &job] { job = [options] { return enumerate(*options); }; });
}

}  // namespace cowbell::replay
