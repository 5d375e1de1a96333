// SPDX-License-Identifier: Apache-2.0
// Wall time and processor time of a stretch of a run.
#pragma once

#include <sys/resource.h>

#include <chrono>

namespace cowbell::bench {

/// How fast something was and what it cost.
struct Sample {
  double per_second = 0;
  double cpu = 0;  ///< seconds of processor time for each request, of this process with its threads
};

/// One sample out of several stretches of a measurement.
class Stretches {
 public:
  void add(double requests, const Sample& sample) {
    requests_ += requests;
    wall_ += requests / sample.per_second;
    cpu_ += requests * sample.cpu;
  }
  Sample sample() const { return {requests_ / wall_, cpu_ / requests_}; }

 private:
  double requests_ = 0;
  double wall_ = 0;  ///< seconds
  double cpu_ = 0;
};

class Stopwatch {
 public:
  /// Of `requests` since this was made.
  Sample sample(double requests) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_;
    return {requests / wall.count(), (cpu_now() - cpu_) / requests};
  }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
  }

 private:
  static double cpu_now() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_now();
};

}  // namespace cowbell::bench
