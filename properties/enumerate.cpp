// SPDX-License-Identifier: Apache-2.0
#include "properties/enumerate.hpp"

#include <fmt/format.h>

#include <atomic>

#include "models/engine_subject.hpp"
#include "properties/marking_subject.hpp"
#include "properties/scenario_workers.hpp"
#include "properties/shared_memory.hpp"
#include "properties/simulate.hpp"
#include "properties/stopwatch.hpp"
#include "sim/exhaustive_source.hpp"

namespace cowbell::properties {
namespace {

/// Another subject whose takes are told to the source.
class WatchedTakes final : public MarkingSubject {
 public:
  WatchedTakes(std::unique_ptr<Subject> subject, Marks& marks, Coincidences& coincidences,
               sim::ExhaustiveSource& source)
      : MarkingSubject(std::move(subject), marks, coincidences), source_(source) {}

  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    source_.take_began();
    const TakeError error = MarkingSubject::take(take, name, origins, storage, limit);
    source_.take_ended();
    return error;
  }

 private:
  sim::ExhaustiveSource& source_;
};

/// Of all children.
struct Counters {
  std::atomic<std::uint64_t> programs;
  std::atomic<std::uint64_t> pruned;
  std::atomic<std::uint64_t> bounded;
  std::atomic<std::uint64_t> without_room;
};

/// Goes through all runs of a program. Each child has a copy of its own, made when it is forked.
class Enumerator {
 public:
  Enumerator(const std::vector<SmallProgram>& programs, const EnumerateOptions& options)
      : programs_(programs),
        preemptions_maximum_(options.preemptions_maximum),
        make_(options.subject ? options.subject : model::EngineSubject::maker()) {}

  model::SubjectMaker subject() {
    return [this](const Environment& environment, const Params& params) {
      return std::make_unique<WatchedTakes>(make_(environment, params), marks_, coincidences_,
                                            source_);
    };
  }

  /// The outcome of the last run: the one that failed, if one did.
  Outcome run(Simulator& simulator, std::uint64_t position,
              const std::function<bool(const Outcome&)>& ran) {
    const SmallProgram& program = programs_[position];
    simulator.enumerate(source_);
    source_.explore_after(program.prepared_takes);
    search_.restart(program.preemptions(preemptions_maximum_));
    Outcome outcome;
    bool go_on = true;
    do {
      outcome = simulator.run(program.scenario);
      go_on = ran(outcome) && outcome.held();
    } while (go_on && search_.next());
    if (go_on) ++counters_->programs;
    counters_->pruned += search_.pruned() - pruned_;
    counters_->bounded += search_.bounded() - bounded_;
    counters_->without_room += source_.without_room() - without_room_;
    pruned_ = search_.pruned();
    bounded_ = search_.bounded();
    without_room_ = source_.without_room();
    return outcome;
  }

  const Counters& counters() const { return *counters_; }

 private:
  const std::vector<SmallProgram>& programs_;
  const std::uint32_t preemptions_maximum_;
  sim::ExhaustiveSearch search_;
  sim::ExhaustiveSource source_{search_};
  const model::SubjectMaker make_;
  Marks marks_;
  Coincidences coincidences_{marks_};
  Shared<Counters> counters_;
  // What of the counts has been told.
  std::uint64_t pruned_ = 0;
  std::uint64_t bounded_ = 0;
  std::uint64_t without_room_ = 0;
};

}  // namespace

EnumerateSummary enumerate(const std::vector<SmallProgram>& programs,
                           const EnumerateOptions& options) {
  EnumerateSummary summary;
  summary.preemptions_maximum = options.preemptions_maximum;
  const Stopwatch stopwatch;
  Enumerator enumerator(programs, options);
  const model::SubjectMaker subject = enumerator.subject();
  ScenarioWorkers workers(
      {.scenario = [&](std::uint64_t position) { return programs[position].scenario; },
       .count = programs.size(),
       .repeat_one_in = 0,
       .subject = subject,
       .run_all =
           [&](Simulator& simulator, std::uint64_t position,
               const std::function<bool(const Outcome&)>& ran) {
             return enumerator.run(simulator, position, ran);
           }},
      options.jobs);
  std::vector<model::Scenario> failed_scenarios;
  const auto failed = [&](std::uint64_t position, const Outcome& outcome) {
    if (summary.failures.size() < options.failures_maximum) {
      model::Scenario& scenario = failed_scenarios.emplace_back(programs[position].scenario);
      scenario.schedule = {
          .kind = model::SchedulerKind::recorded, .recorded = outcome.decisions, .line = {}};
      Failure& failure = summary.failures.emplace_back();
      failure.seed = position;
      failure.outcome = outcome;
      failure.found = fmt::format("in program {} of {}, after {} executions in all", position + 1,
                                  programs.size(), workers.done().scenarios);
    }
    if (summary.failures.size() >= options.failures_maximum) workers.enough();
  };
  const Counters& counters = enumerator.counters();
  while (workers.turn(failed)) options.progress(counters.programs, workers.done().scenarios);
  const WorkDone done = workers.done();
  summary.executions = done.scenarios;
  summary.bios = done.counts.bios;
  summary.programs = counters.programs;
  summary.pruned = counters.pruned;
  summary.bounded = counters.bounded;
  summary.without_room = counters.without_room;
  summary.seconds = stopwatch.seconds();
  for (std::size_t i = 0; i < summary.failures.size(); ++i)
    reduce(summary.failures[i], failed_scenarios[i], options.directory, options.subject);
  return summary;
}

nlohmann::ordered_json to_json(const EnumerateSummary& summary) {
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  for (const Failure& failure : summary.failures) failures.push_back(to_json(failure));
  return {{"programs", summary.programs},
          {"executions", summary.executions},
          {"bios", summary.bios},
          {"pruned", summary.pruned},
          {"bounded", summary.bounded},
          {"without_room", summary.without_room},
          {"preemptions", summary.preemptions_maximum},
          {"seconds", summary.seconds},
          {"verdict", summary.failures.empty() ? "held" : "broke"},
          {"failures", std::move(failures)}};
}

}  // namespace cowbell::properties
