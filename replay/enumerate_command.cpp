// SPDX-License-Identifier: Apache-2.0
// `cowbell enumerate`: all small programs, each in every way that it can go.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "properties/enumerate.hpp"
#include "replay/command.hpp"
#include "replay/interruption.hpp"
#include "replay/progress_line.hpp"
#include "replay/search_report.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  properties::EnumerateOptions enumerate;
  unsigned operations = 3;
  bool unpruned = false;
  std::string directory = "cowbell-failures";
  Voice voice;
};

std::string summary_text(const properties::EnumerateSummary& summary,
                         const std::vector<properties::SmallProgram>& programs) {
  const properties::LeftOut& left_out = summary.left_out;
  return fmt::format(
      "{} of {} programs, {}, {} judged in {:.1f} s\n"
      "bound           at most {} a run: another ready fiber goes on than the first, or a timer "
      "before all of them{}; {} beyond it\n"
      "pruned          {} that nobody could have told apart; {} of the executions only ended "
      "a run that had come to a state gone through before\n"
      "too long        {} of answers in which one would have come after more than 15 later ones\n"
      "not tried       that of three requests to one block one takes effect between the two "
      "others, while all three are on their way\n"
      "verdict         {}\n",
      format_count(summary.programs), format_count(programs.size()),
      format_count(summary.executions, "execution"), format_count(summary.bios, "request"),
      summary.seconds, format_count(summary.preemptions_maximum, "preemption"),
      std::ranges::any_of(programs, &properties::SmallProgram::overtakings_count)
          ? "; with three operations, an older snapshot being one, a later request answered first "
            "is a preemption too in a run that has another"
          : "",
      format_count(left_out.bounded, "turn"), format_count(left_out.unseen, "turn"),
      format_count(left_out.repeated), format_count(left_out.without_room, "order"),
      verdict_of_search(summary.failures, summary.interrupted));
}

ExitCode enumerate(Options& options) {
  options.enumerate.directory = options.directory;
  if (const std::string why = properties::make_directory(options.directory); !why.empty())
    return complain(ExitCode::environment, why);
  catch_interruptions();
  options.enumerate.interrupted = interrupted;
  options.enumerate.prune_repeated = !options.unpruned;
  const auto programs = properties::small_programs(options.operations);
  try {
    properties::EnumerateSummary summary;
    {
      ProgressLine line(options.voice.progress());
      options.enumerate.progress = [&](std::uint64_t done, std::uint64_t executions) {
        if (line.due())
          line.show(fmt::format("{} of {} programs, {} executions", format_count(done),
                                format_count(programs.size()), format_count(executions)));
      };
      summary = properties::enumerate(programs, options.enumerate);
    }
    return tell_search(summary.failures, properties::to_json(summary),
                       summary_text(summary, programs), options.voice);
  } catch (const std::system_error& error) {
    return complain(ExitCode::environment, error.what());
  }
}

}  // namespace

void add_enumerate_command(CLI::App& app, Job& job, const std::string& program) {
  CLI::App& command =
      *app.add_subcommand("enumerate", "Run all small programs in every way that they can go");
  const auto options = std::make_shared<Options>();
  options->enumerate.program = program;
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
