// SPDX-License-Identifier: Apache-2.0
// Time on the wall, for budgets, figures and children that hang. No run ever sees it.
#pragma once

#include <chrono>

namespace cowbell::properties {

class Stopwatch {
 public:
  std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - start_; }
  double seconds() const { return std::chrono::duration<double>(elapsed()).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace cowbell::properties
