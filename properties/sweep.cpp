// SPDX-License-Identifier: Apache-2.0
#include "properties/sweep.hpp"

#include <fmt/format.h>

#include "properties/judge.hpp"
#include "properties/scenario_workers.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

/// Which faults are added to which scenario, in one list over all of them.
class Plan {
 public:
  /// The scenario as it is.
  void add(std::size_t scenario) { runs_.push_back({scenario, {}}); }

  void add(std::size_t scenario, const SweepFaults& faults, std::size_t pairs_maximum,
           SweepSummary& summary) {
    for (const SweepFault& fault : faults.once) runs_.push_back({scenario, {fault}});
    for (const SweepFault& fault : faults.sticky) runs_.push_back({scenario, {fault}});
    summary.once += faults.once.size();
    summary.sticky += faults.sticky.size();
    if (faults.once.size() > pairs_maximum) return;
    for (std::size_t i = 0; i < faults.once.size(); ++i) {
      for (std::size_t j = i + 1; j < faults.once.size(); ++j)
        runs_.push_back({scenario, {faults.once[i], faults.once[j]}});
      summary.pairs += faults.once.size() - 1 - i;
    }
  }

  std::uint64_t size() const { return runs_.size(); }
  std::size_t scenario_of(std::uint64_t position) const { return runs_[position].scenario; }

  model::Scenario at(std::uint64_t position, const std::vector<model::Scenario>& scenarios) const {
    model::Scenario scenario = scenarios[runs_[position].scenario];
    for (const SweepFault& fault : runs_[position].added) inject(scenario, fault);
    return scenario;
  }

 private:
  struct Run {
    std::size_t scenario;
    std::vector<SweepFault> added;
  };
  std::vector<Run> runs_;
};

}  // namespace

SweepSummary sweep(const std::vector<SweepScenario>& scenarios, const SweepOptions& options) {
  SweepSummary summary;
  summary.scenarios = scenarios.size();
  const Stopwatch stopwatch;
  std::vector<model::Scenario> opened;
  Plan plan;
  ForkedJudge judge({.subject = options.subject});
  for (const SweepScenario& swept : scenarios) {
    opened.push_back(open_to_faults(swept.scenario));
    const std::size_t last = opened.size() - 1;
    const Outcome outcome = judge(opened.back());
    if (outcome.held())
      plan.add(last, faults_to_try(outcome.marks), options.pairs_maximum, summary);
    else
      plan.add(last);  // fails again, and is told like any other
  }

  const auto scenario = [&](std::uint64_t position) { return plan.at(position, opened); };
  ScenarioWorkers workers(
      {.scenario = scenario, .count = plan.size(), .repeat_one_in = 0, .subject = options.subject},
      options.jobs);
  const auto failed = [&](std::uint64_t position, const Outcome& outcome) {
    if (summary.failures.size() < options.failures_maximum) {
      Failure& failure = summary.failures.emplace_back();
      failure.seed = position;
      failure.outcome = outcome;
      failure.program = options.program;
      failure.found =
          fmt::format("in the sweep of {}, run {} of {}",
                      scenarios[plan.scenario_of(position)].name, position + 1, plan.size());
    }
    if (summary.failures.size() >= options.failures_maximum) workers.enough();
  };
  while (workers.turn(failed)) options.progress(workers.done().scenarios, plan.size());
  summary.runs = workers.done().scenarios;
  summary.marks = workers.done().marks;
  summary.seconds = stopwatch.seconds();
  for (Failure& failure : summary.failures)
    reduce(failure, plan.at(failure.seed, opened), options.directory, options.subject);
  return summary;
}

nlohmann::ordered_json to_json(const SweepSummary& summary) {
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  for (const Failure& failure : summary.failures) failures.push_back(to_json(failure));
  return {{"scenarios", summary.scenarios},
          {"runs", summary.runs},
          {"once", summary.once},
          {"sticky", summary.sticky},
          {"pairs", summary.pairs},
          {"faults_injected", summary.marks[Mark::faults_injected]},
          {"allocations_refused", summary.marks[Mark::allocations_refused]},
          {"seconds", summary.seconds},
          {"failures", std::move(failures)}};
}

}  // namespace cowbell::properties
