// SPDX-License-Identifier: Apache-2.0
// Runs the built `cowbell` as a user would, and keeps what it said.
#pragma once

#include <string>
#include <vector>

namespace cowbell::replay {

struct CommandRun {
  int code = -1;  ///< the exit code; -1 if it ended otherwise
  std::string out;
  std::string err;
};

/// Runs `cowbell` with `arguments`. Neither output is a terminal.
CommandRun cowbell_command(const std::vector<std::string>& arguments);

/// The whole contents of a file.
std::string contents_of(const std::string& path);
void write_file(const std::string& path, std::string_view contents);

}  // namespace cowbell::replay
