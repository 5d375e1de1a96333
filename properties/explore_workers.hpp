// SPDX-License-Identifier: Apache-2.0
// The children of an exploration: they take seeds from one board until there are none left, one of
// them fails, or the parent says that it is enough.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "models/subject.hpp"
#include "properties/child_process.hpp"
#include "properties/generate.hpp"
#include "properties/marks.hpp"
#include "properties/outcome.hpp"
#include "properties/run_report.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {

/// What all children are told. References are borrowed.
struct WorkPlan {
  std::uint64_t seed;
  std::uint64_t count;
  const Shape& shape;
  std::uint64_t repeat_one_in;
  const model::SubjectMaker& subject;
};

/// What the children have done so far.
struct WorkDone {
  std::uint64_t scenarios = 0;
  std::uint64_t repeated = 0;
  double processor_seconds = 0;  ///< of children that have ended
  model::Counts counts;
  Marks marks;
};

class ExploreWorkers {
 public:
  ExploreWorkers(const WorkPlan& plan, unsigned jobs);
  ~ExploreWorkers();

  /// Waits a short while for something to happen. Calls `failed` with the seed and the outcome of
  /// each run that failed; its child is replaced by another. False once all children have ended.
  bool turn(const std::function<void(std::uint64_t seed, const Outcome&)>& failed);

  /// No child begins another run.
  void enough();

  WorkDone done() const;

 private:
  /// For all children.
  struct Board {
    std::atomic<std::uint64_t> next;  ///< the first position that no child has taken
    std::atomic<bool> enough;
  };
  /// Of one child, and of those that replace it.
  struct Place {
    std::atomic<std::uint64_t> position;  ///< of the run that goes on
    std::atomic<std::uint64_t> end;       ///< of what the child has taken
    std::atomic<std::uint64_t> scenarios;
    std::atomic<std::uint64_t> bios;
    /// Written by the child only, read by the parent when the child has ended.
    WorkDone done;
  };
  struct Worker {
    Shared<Place> place;
    RunReport report;
    std::unique_ptr<ChildProcess> child;
    std::uint64_t seen_position = ~std::uint64_t{0};
    Stopwatch since_seen;
  };

  void start(Worker& worker);
  void explore(Worker& worker);
  bool take_seeds(Place& place);
  bool hangs(Worker& worker);

  const WorkPlan plan_;
  Shared<Board> board_;
  double processor_seconds_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace cowbell::properties
