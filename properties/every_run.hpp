// SPDX-License-Identifier: Apache-2.0
// One small program, run in this process in every way that it can go.
#pragma once

#include <functional>

#include "properties/enumerate_programs.hpp"
#include "properties/simulate.hpp"
#include "sim/exhaustive_source.hpp"

namespace cowbell::properties {

/// What a search has left out, in turns not taken.
struct LeftOut {
  std::uint64_t unseen = 0;    ///< nobody could have seen a difference
  std::uint64_t repeated = 0;  ///< runs that came to a repeated state, and only ended from there
  std::uint64_t bounded = 0;   ///< beyond the bound
  std::uint64_t without_room = 0;  ///< orders of answers that no latencies were left for
};

class EveryRun {
 public:
  /// `make` makes what is under test; empty for the engine. Without `prune_repeated` states are
  /// gone through as often as they are come to, for comparison.
  EveryRun(const model::SubjectMaker& make, bool prune_repeated);
  EveryRun(const EveryRun&) = delete;
  EveryRun& operator=(const EveryRun&) = delete;

  /// For the simulator that is to run the program; this outlives it.
  model::SubjectMaker subject();

  /// Calls `ran` for each run, until it says no or a run has failed. The outcome is that of the
  /// last run.
  Outcome operator()(Simulator& simulator, const SmallProgram& program,
                     std::uint32_t preemptions_maximum,
                     const std::function<bool(const Outcome&)>& ran);

  /// Of all programs so far.
  LeftOut left_out() const;

 private:
  sim::ExhaustiveSearch search_;
  sim::ExhaustiveSource source_{search_};
  const model::SubjectMaker make_;
  Marks marks_;
  Coincidences coincidences_{marks_};
};

}  // namespace cowbell::properties
