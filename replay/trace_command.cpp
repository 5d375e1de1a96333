// SPDX-License-Identifier: Apache-2.0
// `cowbell trace`: what is in a trace.
#include <memory>
#include <nlohmann/json.hpp>

#include "replay/command.hpp"
#include "replay/read_trace.hpp"
#include "replay/trace_info.hpp"

namespace cowbell::replay {
namespace {

struct Options {
  std::string path;
  Voice voice;
};

ExitCode show(const Options& options) {
  const auto trace = read_trace_file(options.path);
  if (!trace) return complain(ExitCode::wrong_input, trace.error().text);
  const TraceSummary summary = summarize(*trace);
  if (options.voice.json) {
    print_json(trace_info_json(summary, options.path));
  } else if (!options.voice.quiet) {
    print(trace_info_text(summary, options.path));
  }
  return ExitCode::held;
}

}  // namespace

void add_trace_command(CLI::App& app, Job& job) {
  CLI::App& trace = *app.add_subcommand("trace", "What is in a recorded trace");
  trace.require_subcommand(1);
  CLI::App& info = *trace.add_subcommand("info", "Format, devices, requests, sizes and footprint");
  const auto options = std::make_shared<Options>();
  info.add_option("TRACE", options->path, "A fio iolog (2 or 3), or the text of blkparse")
      ->required();
  add_voice(info, options->voice);
  info.callback([options, &job] { job = [options] { return show(*options); }; });
}

}  // namespace cowbell::replay
