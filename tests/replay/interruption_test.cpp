// SPDX-License-Identifier: Apache-2.0
// Searches that are ended from outside: what they have done is told, and nobody is left behind.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/replay/command_runs.hpp"

namespace cowbell::replay {
namespace {

/// Behind `name` in /proc/PID/status; empty where there is no such process.
std::string status_of(pid_t process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  return {};
}

bool runs(pid_t process) {
  const std::string state = status_of(process, "State");
  return !state.empty() && !state.starts_with("Z") && !state.starts_with("X");
}

/// `how` is "SigCgt" or "SigIgn": caught, or ignored.
bool handles(pid_t process, const std::string& how, int number) {
  const std::string signals = status_of(process, how);
  return !signals.empty() && (std::stoull(signals, nullptr, 16) >> (number - 1) & 1) != 0;
}

std::vector<pid_t> children_of(pid_t process) {
  const std::string id = std::to_string(process);
  std::ifstream list("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

/// False if it does not come true in a long time.
bool soon(const std::function<bool()>& comes_true) {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!comes_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

class Interruption : public testing::Test {
 protected:
  std::vector<std::string> search(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--jobs", "2", "--directory", directory_.path()});
    return arguments;
  }
  /// Once they work, and all of them know what to do with a signal.
  static std::vector<pid_t> workers_of(const RunningCommand& command) {
    std::vector<pid_t> workers;
    EXPECT_TRUE(soon([&] { return (workers = children_of(command.pid())).size() == 2; }));
    for (const pid_t worker : workers)
      EXPECT_TRUE(soon([&] { return !runs(worker) || handles(worker, "SigIgn", SIGTERM); }));
    return workers;
  }
  static void expect_gone(const std::vector<pid_t>& workers) {
    for (const pid_t worker : workers) EXPECT_TRUE(soon([&] { return !runs(worker); }));
  }
  test::TemporaryDirectory directory_;
};

// Method: each search, interrupted with all of its process group, as a terminal does it.
TEST_F(Interruption, LetsASearchTellWhatItHasDone) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"explore", "--seconds", "300"},
        {"sweep", "--random", "2000"},
        {"enumerate"}}) {
    for (const int number : {SIGINT, SIGTERM}) {
      RunningCommand command(search(arguments));
      const std::vector<pid_t> workers = workers_of(command);
      ::kill(-command.pid(), number);
      const CommandRun run = command.end();
      EXPECT_EQ(run.code, 0) << arguments[0] << run.out << run.err;
      EXPECT_NE(run.out.find("held, interrupted by a signal"), std::string::npos) << run.out;
      expect_gone(workers);
    }
  }
}

// Method: the same for machines, with the command alone interrupted.
TEST_F(Interruption, IsSaidInJson) {
  RunningCommand command(search({"explore", "--seconds", "300", "--json"}));
  workers_of(command);
  ::kill(command.pid(), SIGTERM);
  const CommandRun run = command.end();
  EXPECT_EQ(run.code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_TRUE(json["failures"].empty());
}

// Method: workers that cannot end, because they are stopped; so the command waits for them until it
// is interrupted once more, in the other way.
TEST_F(Interruption, EndsAtOnceTheSecondTime) {
  RunningCommand command(search({"explore", "--seconds", "300"}));
  const std::vector<pid_t> workers = workers_of(command);
  for (const pid_t worker : workers) ::kill(worker, SIGSTOP);
  ::kill(command.pid(), SIGINT);
  ASSERT_TRUE(soon([&] { return !handles(command.pid(), "SigCgt", SIGTERM); }));
  ::kill(command.pid(), SIGTERM);
  EXPECT_EQ(command.end().code, -1);
  expect_gone(workers);
}

}  // namespace
}  // namespace cowbell::replay
