// SPDX-License-Identifier: Apache-2.0
// Small programs, each run in every way that it can go: every schedule with at most so many
// preemptions, every order of answers, every order of effects (`sim/exhaustive_source.hpp` says
// what each of these means and what is left out, `SmallProgram::overtakings_count` what is
// counted).
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "properties/every_run.hpp"
#include "properties/failure.hpp"

namespace cowbell::properties {

struct EnumerateOptions {
  std::uint32_t preemptions_maximum = 2;  ///< a run, as `SmallProgram::overtakings_count` counts
  /// Whether repeated states are gone through once; else each time, for comparison.
  bool prune_repeated = true;
  unsigned jobs = 1;
  std::size_t failures_maximum = 1;
  /// Where the minimal scenario of each failure is written; not written if empty.
  std::filesystem::path directory;
  /// The command as it was called, quoted for a shell: for the lines that repeat failures.
  std::string program = "cowbell";
  /// Makes what is under test; empty for the engine.
  model::SubjectMaker subject = {};
  /// Called a few times a second with the programs and the executions that are done.
  std::function<void(std::uint64_t, std::uint64_t)> progress = [](std::uint64_t, std::uint64_t) {};
  /// As for `explore`.
  std::function<bool()> interrupted = [] { return false; };
};

struct EnumerateSummary {
  std::uint64_t programs = 0;  ///< that were run in every way
  std::uint64_t executions = 0;
  std::uint64_t bios = 0;  ///< client requests answered and judged
  LeftOut left_out;
  std::uint32_t preemptions_maximum = 0;
  double seconds = 0;
  bool interrupted = false;
  std::vector<Failure> failures;
};

/// A program that failed is not gone through any further. Throws as `explore`.
EnumerateSummary enumerate(const std::vector<SmallProgram>& programs,
                           const EnumerateOptions& options);

nlohmann::ordered_json to_json(const EnumerateSummary& summary);

}  // namespace cowbell::properties
