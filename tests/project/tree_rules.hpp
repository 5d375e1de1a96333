// SPDX-License-Identifier: Apache-2.0
// Rules about the project's own sources that no compiler checks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/project/source_tree.hpp"

namespace cowbell::project {

/// A place that breaks a rule. Lines count from 1; 0 is the file as a whole.
struct Finding {
  std::string path;
  std::size_t line = 0;
  std::string what;
  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

/// One "path:line: what" a line, for failure messages.
std::string describe(const Findings& findings);

/// Includes point one way: tests → everything; replay, fuzz → properties → sim → models → core;
/// core/uring → core; replay → core/uring. Only core/uring, and what tests it, sees liburing.
Findings check_includes(const SourceTree& tree);

/// The licence line is first, or second after `#!`.
Findings check_licence_line(const SourceTree& tree);

Findings check_pragma_once(const SourceTree& tree);

/// Lines are at most 100 columns, files at most 500 lines.
Findings check_sizes(const SourceTree& tree);

/// What would let a run depend on anything but its scenario (S13), and Boost's own waiting in core.
Findings check_banned_words(const SourceTree& tree);

/// Nothing lies at `top` but the project's folders and what tools look for there. Hidden entries
/// are the tools' own, and what .gitignore names is not committed.
Findings check_top(const std::filesystem::path& top);

/// Every .cpp is named in the CMakeLists.txt of its folder or of one above.
Findings check_registered(const SourceTree& tree);

}  // namespace cowbell::project
