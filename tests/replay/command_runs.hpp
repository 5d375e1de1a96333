// SPDX-License-Identifier: Apache-2.0
// Runs the built `cowbell` as a user would, and keeps what it said.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/uring/places.hpp"

namespace cowbell::replay {

struct CommandRun {
  int code = -1;  ///< the exit code; -1 if it ended otherwise
  std::string out;
  std::string err;
};

/// A `cowbell` beside the test, the first of a process group of its own; killed with this object.
class RunningCommand {
 public:
  explicit RunningCommand(const std::vector<std::string>& arguments);
  ~RunningCommand();
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;

  pid_t pid() const { return pid_; }
  /// Waits for its end.
  CommandRun end();

 private:
  test::TemporaryDirectory directory_;
  pid_t pid_;
};

/// Runs `cowbell` with `arguments`. Neither output is a terminal.
CommandRun cowbell_command(const std::vector<std::string>& arguments);

/// The whole contents of a file.
std::string contents_of(const std::string& path);
void write_file(const std::string& path, std::string_view contents);

}  // namespace cowbell::replay
