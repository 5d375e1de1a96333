// SPDX-License-Identifier: Apache-2.0
// What the subcommands of `cowbell` share: how one is added, and how it speaks.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "replay/exit_code.hpp"

namespace cowbell::replay {

/// The subcommand that was asked for; empty until the command line has been read.
using Job = std::function<ExitCode()>;

/// Each adds its subcommand to `app`, and has it set `job` when it is chosen. Both are borrowed
/// until the job has been done. `command_line` is what repeats the job, `program` its first word.
void add_explore_command(CLI::App& app, Job& job, const std::string& program);
void add_run_command(CLI::App& app, Job& job, const std::string& command_line);
void add_sweep_command(CLI::App& app, Job& job, const std::string& program);
void add_enumerate_command(CLI::App& app, Job& job, const std::string& program);
void add_shrink_command(CLI::App& app, Job& job, const std::string& program);
void add_replay_command(CLI::App& app, Job& job, const std::string& command_line);
void add_trace_command(CLI::App& app, Job& job);

/// How a command speaks.
struct Voice {
  bool json = false;   ///< one JSON value on standard output and nothing else
  bool quiet = false;  ///< nothing unless something is wrong

  bool progress() const { return !json && !quiet; }
};

/// Lets no option of `app` and its subcommands take a whole number that is none, or that is too
/// large: -1 would count as 18446744073709551615.
void check_numbers(CLI::App& app);

/// Adds `--json` and `--quiet`.
void add_voice(CLI::App& command, Voice& voice);

/// Writes "cowbell: TEXT" to standard error and returns `code`.
ExitCode complain(ExitCode code, std::string_view text);

/// Both write to standard output. In JSON, bytes that are no UTF-8 are replaced.
void print(std::string_view text);
void print_json(const nlohmann::ordered_json& value);

}  // namespace cowbell::replay
