// SPDX-License-Identifier: Apache-2.0
// The `cowbell` command. Exit codes: 0 held, 1 a rule broke, 2 wrong usage or input, 3 the
// environment failed.
#include <cstdio>
#include <exception>

#include "properties/command_line.hpp"
#include "replay/command.hpp"

namespace {

using cowbell::replay::complain;
using cowbell::replay::ExitCode;
using cowbell::replay::Job;

ExitCode do_job(const Job& job) {
  try {
    return job();
  } catch (const std::exception& error) {
    return complain(ExitCode::environment, error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Copy-on-write block snapshots, explored in simulation and replayed on devices",
               "cowbell");
  app.require_subcommand(1);
  Job job;
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  const std::string again = cowbell::properties::command_line(arguments);
  const std::string program = cowbell::properties::command_line(arguments.first(1));
  cowbell::replay::add_explore_command(app, job, program);
  cowbell::replay::add_sweep_command(app, job, program);
  cowbell::replay::add_enumerate_command(app, job, program);
  cowbell::replay::add_run_command(app, job, again);
  cowbell::replay::add_shrink_command(app, job, program);
  cowbell::replay::add_replay_command(app, job, again);
  cowbell::replay::add_trace_command(app, job);
  cowbell::replay::check_numbers(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.get_subcommands().empty() && !app.remaining().empty())
      return static_cast<int>(
          complain(ExitCode::wrong_input, "there is no command `" + app.remaining().front() +
                                              "`; --help lists those that there are"));
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::wrong_input);
  }
  ExitCode code = do_job(job);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    code = complain(ExitCode::environment, "cannot write to standard output");
  }
  return static_cast<int>(code);
}
