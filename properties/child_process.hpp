// SPDX-License-Identifier: Apache-2.0
// A forked child that may end at any moment: what it wrote to standard error is kept for whoever
// asks why. Runs that deadlock or break an invariant cannot be taken down in any other way.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <span>
#include <string>

namespace cowbell::properties {

class ChildProcess {
 public:
  /// Forks; the child runs `body` and exits without destroying anything. It dies with its parent,
  /// and neither of SIGINT nor of SIGTERM.
  /// The calling process has one thread. Throws std::system_error.
  explicit ChildProcess(const std::function<void()>& body);

  /// Kills the child if it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits for the end of the child, but not for longer. True if it has ended.
  bool wait(std::chrono::milliseconds longest);

  /// Waits for the end of any of them, but not for longer.
  static void wait_any(std::span<ChildProcess* const> children, std::chrono::milliseconds longest);

  /// Asks the child to say where it is (`kReportSignal`), then ends it.
  void stop();

  /// The child has ended: true if it did so by itself, without a signal or an exit code.
  bool ended_well() const { return status_ == 0; }
  /// The time of the processor that it took, once it has ended.
  double processor_seconds() const { return processor_seconds_; }
  /// "signal 6 (Aborted)", "exit code 1".
  std::string describe_end() const;

  /// What the child has written to standard error, its end if it is long.
  std::string error_text() const;

 private:
  bool reap(int options);

  int error_file_ = -1;
  int handle_ = -1;  // a pidfd
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
  double processor_seconds_ = 0;
};

}  // namespace cowbell::properties
