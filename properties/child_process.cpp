// SPDX-License-Identifier: Apache-2.0
#include "properties/child_process.hpp"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

#include "properties/crash_report.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

constexpr off_t kErrorTextMaximum = 32 * 1024;
constexpr std::chrono::milliseconds kTimeToReport{1'000};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ChildProcess::ChildProcess(const std::function<void()>& body) {
  error_file_ = memfd_create("cowbell-child-errors", MFD_CLOEXEC);
  if (error_file_ < 0) fail("memfd_create");
  // What is buffered would be written by both.
  std::fflush(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) {
    close(error_file_);
    fail("fork");
  }
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    // A dump of memory for each failure would fill the disk.
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    // A terminal interrupts the whole group, and it is for the parent to end in order.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    dup2(error_file_, STDERR_FILENO);
    body();
    std::fflush(stderr);
    _exit(0);
  }
  // The header of glibc 2.36 declares its wrapper without C linkage.
  handle_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (handle_ < 0) fail("pidfd_open");
}

ChildProcess::~ChildProcess() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(handle_);
  close(error_file_);
}

bool ChildProcess::wait(std::chrono::milliseconds longest) {
  if (ended_) return true;
  ChildProcess* const self = this;
  wait_any(std::span(&self, 1), longest);
  return reap(WNOHANG);
}

bool ChildProcess::reap(int options) {
  rusage usage{};
  if (wait4(pid_, &status_, options, &usage) != pid_) return false;
  ended_ = true;
  processor_seconds_ = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return true;
}

void ChildProcess::wait_any(std::span<ChildProcess* const> children,
                            std::chrono::milliseconds longest) {
  std::vector<pollfd> handles;
  for (const ChildProcess* child : children) {
    if (child->ended_) return;
    handles.push_back({.fd = child->handle_, .events = POLLIN, .revents = 0});
  }
  const Stopwatch stopwatch;
  auto left = longest;
  // A signal to this process says nothing of the children.
  while (poll(handles.data(), handles.size(), static_cast<int>(left.count())) < 0 && errno == EINTR)
    left = std::max(longest - duration_cast<std::chrono::milliseconds>(stopwatch.elapsed()),
                    std::chrono::milliseconds{0});
}

void ChildProcess::stop() {
  if (ended_) return;
  kill(pid_, kReportSignal);
  if (wait(kTimeToReport)) return;
  kill(pid_, SIGKILL);
  reap(0);
}

std::string ChildProcess::describe_end() const {
  if (WIFSIGNALED(status_)) {
    const int number = WTERMSIG(status_);
    return "signal " + std::to_string(number) + " (" + strsignal(number) + ")";
  }
  return "exit code " + std::to_string(WEXITSTATUS(status_));
}

std::string ChildProcess::error_text() const {
  const off_t size = lseek(error_file_, 0, SEEK_END);
  if (size <= 0) return {};
  const off_t length = std::min(size, kErrorTextMaximum);
  std::string text(static_cast<std::size_t>(length), '\0');
  const ssize_t got = pread(error_file_, text.data(), text.size(), size - length);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

}  // namespace cowbell::properties
