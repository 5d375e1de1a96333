// SPDX-License-Identifier: Apache-2.0
// Scenarios run in this process, one after the other, in one simulated world that is used again
// and again.
#pragma once

#include "models/runner.hpp"
#include "properties/coincidences.hpp"
#include "properties/outcome.hpp"
#include "properties/recording.hpp"
#include "sim/world.hpp"

namespace cowbell::properties {

class Simulator {
 public:
  enum class Detail : std::uint8_t {
    verdict,  ///< what an exploration needs
    all       ///< the choices of the run, and the history of the block that broke
  };

  /// `subject` makes what is under test; empty for the engine.
  explicit Simulator(Detail detail = Detail::verdict, const model::SubjectMaker& subject = {});

  /// Keeps the events of runs from now on in `sink`, borrowed; null for none.
  void keep_events(sim::EventSink* sink);

  /// `source`, borrowed, makes the choices of runs from now on, and `recorded` has them.
  void enumerate(sim::ExhaustiveSource& source);

  /// Runs one scenario. After a breach the process must end without destroying this: fibers may be
  /// stuck. The outcome is without decisions; `recorded` has them.
  /// A scenario that the world refuses is a breach of no rule.
  Outcome run(const model::Scenario& scenario);

  /// The choices of the last run, or of the one that goes on; empty without `Detail::all`
  /// or `enumerate`.
  const model::RecordedDecisions& recorded() const { return world_.recorded(); }

 private:
  sim::World world_;
  Marks marks_;  // of the run that goes on
  Coincidences coincidences_{marks_};
  model::Runner runner_;
  model::RunOptions options_;
  std::optional<ProgramRecorder> recorder_;
};

}  // namespace cowbell::properties
