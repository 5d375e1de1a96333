// SPDX-License-Identifier: Apache-2.0
// Random scenarios until a count, a time, or a failure.
//
// Scenario i of an exploration is `generate(seed + i, shape)`, so one scenario is repeated by its
// own seed and a count of 1. Several machines share an exploration by shards: the K-th of N takes
// every N-th scenario, from the K-th on. Runs happen in forked children, `jobs` of them, each with
// one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "models/subject.hpp"
#include "properties/failure.hpp"
#include "properties/generate.hpp"
#include "properties/marks.hpp"

namespace cowbell::properties {

/// How far an exploration has come.
struct Progress {
  std::uint64_t scenarios = 0;
  std::uint64_t bios = 0;  ///< client requests answered and judged; repeated runs do not count
  double seconds = 0;
  std::size_t failures = 0;
};

inline constexpr std::uint64_t kShardsMaximum = 1'000'000;

struct ExploreOptions {
  std::uint64_t seed = 1;
  std::uint64_t shard = 1;   ///< from 1
  std::uint64_t shards = 1;  ///< `shard` is at most this, and this `kShardsMaximum`
  /// Scenarios of all shards together; without it and `seconds`, until a failure.
  std::optional<std::uint64_t> count;
  std::optional<double> seconds;
  unsigned jobs = 1;
  Shape shape;
  std::size_t failures_maximum = 1;
  /// One scenario in so many is run twice and the event hashes compared (S13); 0 for none.
  std::uint64_t repeat_one_in = 64;
  /// Whether failures are made smaller; else they are told as they were found.
  bool shrink = true;
  /// Where the minimal scenario of each failure is written; made if it is missing. Not written if
  /// empty.
  std::filesystem::path directory;
  /// The command as it was called, quoted for a shell: for the lines that repeat failures.
  std::string program = "cowbell";
  /// Makes what is under test; empty for the engine.
  model::SubjectMaker subject = {};
  /// Called a few times a second while scenarios run.
  std::function<void(const Progress&)> progress = [](const Progress&) {};
  /// Asked as often; once it is true, no run begins any more, and no failure is made smaller.
  std::function<bool()> interrupted = [] { return false; };
};

/// How many scenarios there are for the shard: no seed is behind 2^64 - 1.
std::uint64_t scenarios_of(const ExploreOptions& options);

struct Summary {
  std::uint64_t seed = 0;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  unsigned jobs = 1;
  Shape shape;
  std::uint64_t scenarios = 0;
  /// They are among the first so many of the shard; all of these, unless it was ended early.
  std::uint64_t places = 0;
  std::uint64_t repeated = 0;  ///< runs that were made only to compare; in no other figure
  model::Counts counts;
  Marks marks;
  double seconds = 0;  ///< of exploring, without shrinking
  /// Taken by the children; less than `seconds` times `jobs` where they had to share the machine.
  double processor_seconds = 0;
  bool interrupted = false;
  std::vector<Failure> failures;

  /// For one of the `jobs`.
  double scenarios_per_second() const;
  double bios_per_second() const;
};

/// Throws std::system_error if it cannot fork.
Summary explore(const ExploreOptions& options);

/// What was explored (`seed`, `shard`, `shards`, `places`, `shape`), `scenarios`, `bios`,
/// `scenarios_per_second`, `bios_per_second`, `failures`, `marks`, within how many scenarios each
/// must be hit (`marks_within`), which ones were not (`silent_marks`), and more.
nlohmann::ordered_json to_json(const Summary& summary);

}  // namespace cowbell::properties
