// SPDX-License-Identifier: Apache-2.0
// Scenarios run again and again, each time with another fault in them: every one that
// `sweep_faults.hpp` lists, and for small scenarios every pair. What there is to fail behind a
// first fault, the run with that one says: retries are not in the run without faults.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "properties/failure.hpp"
#include "properties/sweep_faults.hpp"

namespace cowbell::properties {

struct SweepScenario {
  std::string name;  ///< for messages: its file, or the seed that makes it
  model::Scenario scenario;
};

struct SweepOptions {
  unsigned jobs = 1;
  /// Scenarios with at most so many faults that strike once are swept with pairs of them too.
  std::size_t pairs_maximum = 100;
  std::size_t failures_maximum = 1;
  /// Where the minimal scenario of each failure is written; not written if empty.
  std::filesystem::path directory;
  /// The command as it was called, quoted for a shell: for the lines that repeat failures.
  std::string program = "cowbell";
  /// Makes what is under test; empty for the engine.
  model::SubjectMaker subject = {};
  /// Called a few times a second, with the runs made and the runs known to be there.
  std::function<void(std::uint64_t, std::uint64_t)> progress = [](std::uint64_t, std::uint64_t) {};
  /// As for `explore`.
  std::function<bool()> interrupted = [] { return false; };
};

struct SweepSummary {
  std::uint64_t scenarios = 0;
  std::uint64_t runs = 0;  ///< with a fault, or a pair of them, added: the sum of the next three
  std::uint64_t once = 0;
  std::uint64_t sticky = 0;
  std::uint64_t pairs = 0;
  Marks marks;  ///< of these runs
  double seconds = 0;
  bool interrupted = false;
  std::vector<Failure> failures;
};

/// A scenario that fails as it is, or without an added fault, is a failure too, and is not swept.
/// Throws as `explore`.
SweepSummary sweep(const std::vector<SweepScenario>& scenarios, const SweepOptions& options);

nlohmann::ordered_json to_json(const SweepSummary& summary);

}  // namespace cowbell::properties
