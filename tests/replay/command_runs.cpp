// SPDX-License-Identifier: Apache-2.0
#include "tests/replay/command_runs.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::string& out,
                         const std::string& err) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  ::dup2(::open(out.c_str(), kFlags, 0600), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), kFlags, 0600), STDERR_FILENO);
  std::string program = COWBELL_COMMAND;
  std::vector<char*> pointers{program.data()};
  std::vector<std::string> copies = arguments;
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  ::_exit(127);
}

}  // namespace

CommandRun cowbell_command(const std::vector<std::string>& arguments) {
  const test::TemporaryDirectory directory;
  const std::string out = directory.path("out");
  const std::string err = directory.path("err");
  const pid_t child = ::fork();
  if (child == 0) become(arguments, out, err);
  int status = 0;
  CommandRun run;
  if (::waitpid(child, &status, 0) == child && WIFEXITED(status)) run.code = WEXITSTATUS(status);
  run.out = contents_of(out);
  run.err = contents_of(err);
  return run;
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
