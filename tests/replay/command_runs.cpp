// SPDX-License-Identifier: Apache-2.0
#include "tests/replay/command_runs.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace cowbell::replay {
namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::string& out,
                         const std::string& err) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  ::dup2(::open(out.c_str(), kFlags, 0600), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), kFlags, 0600), STDERR_FILENO);
  ::setpgid(0, 0);
  // What a shell runs in the background has it ignored, and all that it starts.
  ::signal(SIGINT, SIG_DFL);
  std::string program = COWBELL_COMMAND;
  std::vector<char*> pointers{program.data()};
  std::vector<std::string> copies = arguments;
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  ::_exit(127);
}

}  // namespace

RunningCommand::RunningCommand(const std::vector<std::string>& arguments) : pid_(::fork()) {
  if (pid_ == 0) become(arguments, directory_.path("out"), directory_.path("err"));
}

RunningCommand::~RunningCommand() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

CommandRun RunningCommand::end() {
  int status = 0;
  CommandRun run;
  if (::waitpid(pid_, &status, 0) == pid_ && WIFEXITED(status)) run.code = WEXITSTATUS(status);
  pid_ = -1;
  run.out = contents_of(directory_.path("out"));
  run.err = contents_of(directory_.path("err"));
  return run;
}

CommandRun cowbell_command(const std::vector<std::string>& arguments) {
  return RunningCommand(arguments).end();
}

std::string contents_of(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path, std::ios::binary).rdbuf();
  return contents.str();
}

void write_file(const std::string& path, std::string_view contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

}  // namespace cowbell::replay
