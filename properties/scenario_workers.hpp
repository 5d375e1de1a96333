// SPDX-License-Identifier: Apache-2.0
// Children that run many scenarios: they take positions from one board until there are none left or
// the parent says that it is enough. What fails is told, and the next child goes on behind it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "models/scenario.hpp"
#include "models/subject.hpp"
#include "properties/child_process.hpp"
#include "properties/marks.hpp"
#include "properties/outcome.hpp"
#include "properties/run_report.hpp"
#include "properties/simulate.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {

/// What all children are told. References are borrowed.
struct WorkPlan {
  /// Makes the scenario of a position below `count`; the same one each time. Empty with `run_all`.
  std::function<model::Scenario(std::uint64_t)> scenario;
  std::uint64_t count;
  /// One position in so many is run twice and the event hashes compared (S13); 0 for none.
  std::uint64_t repeat_one_in;
  const model::SubjectMaker& subject;
  /// For a search that makes the runs of a position itself, in a child: tells of each run, until it
  /// is answered false, and returns the outcome of the last. Empty for one run of its scenario.
  std::function<Outcome(Simulator& simulator, std::uint64_t position,
                        const std::function<bool(const Outcome&)>& ran)>
      run_all = {};
};

/// What the children have done so far.
struct WorkDone {
  std::uint64_t scenarios = 0;
  std::uint64_t end = 0;  ///< nothing at this position or behind it has been run
  std::uint64_t repeated = 0;
  double processor_seconds = 0;  ///< of children that have ended
  model::Counts counts;
  Marks marks;
};

class ScenarioWorkers {
 public:
  ScenarioWorkers(const WorkPlan& plan, unsigned jobs);
  ~ScenarioWorkers();

  /// Waits a short while for something to happen. Calls `failed` with the position and the outcome
  /// of each run that failed; its child is replaced by another. False once all children have ended.
  bool turn(const std::function<void(std::uint64_t position, const Outcome&)>& failed);

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
    /// Written by the child, and by the parent when the child has ended.
    WorkDone done;
  };
  struct Worker {
    Shared<Place> place;
    RunReport report;
    std::unique_ptr<ChildProcess> child;
    std::uint64_t seen_position = ~std::uint64_t{0};
    std::uint64_t seen_scenarios = 0;
    Stopwatch since_seen;
  };

  void start(Worker& worker);
  void work(Worker& worker);
  Outcome run_all(Worker& worker, Simulator& simulator);
  bool take_positions(Place& place);
  bool hangs(Worker& worker);

  const WorkPlan plan_;
  Shared<Board> board_;
  double processor_seconds_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace cowbell::properties
