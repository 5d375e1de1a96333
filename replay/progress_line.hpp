// SPDX-License-Identifier: Apache-2.0
// One line on a terminal that says how far something has come, and is gone when it is done.
#pragma once

#include <chrono>
#include <string_view>

namespace cowbell::replay {

class ProgressLine {
 public:
  /// Shows nothing unless `wanted` and standard error is a terminal.
  explicit ProgressLine(bool wanted);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// True if a line would be shown now: at most ten are in a second. Cheap.
  bool due();
  /// Puts `text` in place of the line before, cut to the width of the terminal.
  void show(std::string_view text);
  /// Takes the line away; it may come back.
  void clear();

 private:
  bool shown_ = false;
  const bool wanted_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace cowbell::replay
