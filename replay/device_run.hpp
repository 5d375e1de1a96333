// SPDX-License-Identifier: Apache-2.0
// A scenario on real devices, in this process.
#pragma once

#include <expected>
#include <string>

#include "models/runner.hpp"
#include "replay/device_world.hpp"
#include "replay/exit_code.hpp"

namespace cowbell::replay {

/// Why nothing was run, and nothing was touched.
struct DeviceRefusal {
  ExitCode code = ExitCode::wrong_input;  ///< or `environment`
  model::Refusal refusal;
};

struct DeviceRunResult {
  model::Verdict verdict;
  /// The world is abandoned: the process must end by `end_process`.
  bool stuck = false;
  /// The first error that a device answered by itself; what follows from it is excused.
  std::optional<std::string> environment_error;

  ExitCode code() const {
    if (verdict.breach && (verdict.breach->rule || !environment_error)) return ExitCode::broke;
    return environment_error ? ExitCode::environment : ExitCode::held;
  }
};

/// The place for difference storage that a path names: itself if it is a directory or a block
/// device, or the directory of a file, which need not exist. Errors: a sentence.
std::expected<std::string, std::string> storage_place(const std::string& path);

/// Runs `scenario` once. `listener` may be null. An invariant that breaks ends the process with the
/// exit code of a broken rule, after `command`, the line that repeats the run, has been printed.
std::expected<DeviceRunResult, DeviceRefusal> run_on_devices(const model::Scenario& scenario,
                                                             const DeviceWorldOptions& options,
                                                             model::RequestListener* listener,
                                                             const std::string& command);

/// Ends this process at once, without destroying anything, after what was printed has got out.
[[noreturn]] void end_process(ExitCode code);

}  // namespace cowbell::replay
