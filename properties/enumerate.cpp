// SPDX-License-Identifier: Apache-2.0
#include "properties/enumerate.hpp"

#include <fmt/format.h>

#include <atomic>

#include "properties/every_run.hpp"
#include "properties/scenario_workers.hpp"
#include "properties/shared_memory.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

/// Of all children.
struct Counters {
  std::atomic<std::uint64_t> programs;
  std::atomic<std::uint64_t> unseen;
  std::atomic<std::uint64_t> repeated;
  std::atomic<std::uint64_t> bounded;
  std::atomic<std::uint64_t> without_room;
};

/// Each child has a copy of its own, made when it is forked, but for the counters.
class Enumerator {
 public:
  Enumerator(const std::vector<SmallProgram>& programs, const EnumerateOptions& options)
      : programs_(programs),
        preemptions_maximum_(options.preemptions_maximum),
        every_run_(options.subject, options.prune_repeated) {}

  model::SubjectMaker subject() { return every_run_.subject(); }

  /// The outcome of the last run: the one that failed, if one did.
  Outcome run(Simulator& simulator, std::uint64_t position,
              const std::function<bool(const Outcome&)>& ran) {
    bool go_on = true;
    const LeftOut before = every_run_.left_out();
    Outcome outcome = every_run_(simulator, programs_[position], preemptions_maximum_,
                                 [&](const Outcome& one) { return go_on = ran(one); });
    const LeftOut after = every_run_.left_out();
    if (go_on && outcome.held()) ++counters_->programs;
    counters_->unseen += after.unseen - before.unseen;
    counters_->repeated += after.repeated - before.repeated;
    counters_->bounded += after.bounded - before.bounded;
    counters_->without_room += after.without_room - before.without_room;
    return outcome;
  }

  const Counters& counters() const { return *counters_; }

 private:
  const std::vector<SmallProgram>& programs_;
  const std::uint32_t preemptions_maximum_;
  EveryRun every_run_;
  Shared<Counters> counters_;
};

}  // namespace

EnumerateSummary enumerate(const std::vector<SmallProgram>& programs,
                           const EnumerateOptions& options) {
  EnumerateSummary summary;
  summary.preemptions_maximum = options.preemptions_maximum;
  const Stopwatch stopwatch;
  Enumerator enumerator(programs, options);
  const model::SubjectMaker subject = enumerator.subject();
  ScenarioWorkers workers({.scenario = {},
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
      failure.seed = position + 1;
      failure.name = fmt::format("program-{}", failure.seed);
      failure.outcome = outcome;
      failure.program = options.program;
      failure.found = fmt::format("in program {} of {}, after {} executions in all", position + 1,
                                  programs.size(), workers.done().scenarios);
    }
    if (summary.failures.size() >= options.failures_maximum) workers.enough();
  };
  const Counters& counters = enumerator.counters();
  while (workers.turn(failed)) {
    options.progress(counters.programs, workers.done().scenarios);
    if (!options.interrupted()) continue;
    summary.interrupted = true;
    workers.enough();
  }
  const WorkDone done = workers.done();
  summary.executions = done.scenarios;
  summary.bios = done.counts.bios;
  summary.programs = counters.programs;
  summary.left_out = {counters.unseen, counters.repeated, counters.bounded, counters.without_room};
  summary.seconds = stopwatch.seconds();
  for (std::size_t i = 0; i < summary.failures.size(); ++i)
    reduce(summary.failures[i], failed_scenarios[i], options.directory, options.subject,
           options.interrupted);
  return summary;
}

nlohmann::ordered_json to_json(const EnumerateSummary& summary) {
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  for (const Failure& failure : summary.failures) failures.push_back(to_json(failure));
  return {{"programs", summary.programs},
          {"executions", summary.executions},
          {"bios", summary.bios},
          {"unseen", summary.left_out.unseen},
          {"repeated", summary.left_out.repeated},
          {"bounded", summary.left_out.bounded},
          {"without_room", summary.left_out.without_room},
          {"preemptions", summary.preemptions_maximum},
          {"seconds", summary.seconds},
          {"interrupted", summary.interrupted},
          {"verdict", summary.failures.empty() ? "held" : "broke"},
          {"failures", std::move(failures)}};
}

}  // namespace cowbell::properties
