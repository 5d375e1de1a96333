// SPDX-License-Identifier: Apache-2.0
#include "replay/device_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "replay/excusing_world.hpp"

namespace cowbell::replay {
namespace {

/// What the handler of SIGABRT prints: it can take no memory, and has no argument.
std::string last_words;

void say_last_words(int) {
  [[maybe_unused]] const ssize_t written =
      ::write(STDERR_FILENO, last_words.data(), last_words.size());
  std::_Exit(static_cast<int>(ExitCode::broke));
}

/// Different for every run, so that what an earlier one left on a device is told apart.
std::uint64_t number_of_this_run() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(now.count()) ^ (static_cast<std::uint64_t>(::getpid()) << 40);
}

}  // namespace

std::expected<std::string, std::string> storage_place(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status) || fs::is_block_file(status)) return path;
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return std::unexpected(fmt::format(
        "--storage {}: expected a directory, the path of a file, or a block device", path));
  }
  const fs::path parent = fs::path(path).parent_path();
  const std::string directory = parent.empty() ? "." : parent.string();
  if (fs::is_directory(directory, error)) return directory;
  return std::unexpected(fmt::format("--storage {}: there is no directory {}", path, directory));
}

std::expected<DeviceRunResult, DeviceRefusal> run_on_devices(const model::Scenario& scenario,
                                                             const DeviceWorldOptions& options,
                                                             model::RequestListener* listener,
                                                             const std::string& command) {
  auto devices = std::make_unique<DeviceWorld>(options);
  auto world = std::make_unique<ExcusingWorld>(*devices);
  auto runner = std::make_unique<model::Runner>();
  auto refusal = model::refused_by_runner(scenario);
  if (!refusal) refusal = world->refuses(scenario);
  if (refusal) return std::unexpected(DeviceRefusal{ExitCode::wrong_input, *refusal});

  last_words = fmt::format("\nRun it again: {}\n", command);
  const auto previous = std::signal(SIGABRT, say_last_words);
  auto result = runner->run(scenario, *world,
                            {.subject = {},
                             .record_history = true,
                             .stamp_run = number_of_this_run(),
                             .listener = listener});
  std::signal(SIGABRT, previous);
  if (!result) return std::unexpected(DeviceRefusal{ExitCode::environment, result.error()});
  DeviceRunResult out{.verdict = std::move(result->verdict),
                      .stuck = result->stuck,
                      .environment_error = world->first_error()};
  if (out.stuck) {
    static_cast<void>(runner.release());
    static_cast<void>(world.release());
    static_cast<void>(devices.release());
  }
  return out;
}

void end_process(ExitCode code) {
  std::fflush(stdout);
  std::fflush(stderr);
  std::_Exit(static_cast<int>(code));
}

}  // namespace cowbell::replay
