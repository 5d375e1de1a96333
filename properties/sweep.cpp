// SPDX-License-Identifier: Apache-2.0
#include "properties/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "properties/scenario_workers.hpp"
#include "properties/shared_memory.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

/// Of a scenario as it is, or opened to faults and with these added.
struct Run {
  std::size_t scenario = 0;
  bool as_it_is = false;
  std::vector<SweepFault> added = {};
};

/// A fault, and what is there to fail behind it.
struct First {
  SweepFault fault;
  std::vector<SweepFault> seconds;
};

/// Each pair of which one fault strikes in the run with the other alone. Both are in force from the
/// beginning, so it is the same pair in either order.
void add_pairs(std::vector<Run>& runs, std::size_t scenario, const std::vector<First>& firsts) {
  for (auto first = firsts.begin(); first != firsts.end(); ++first) {
    for (const SweepFault& second : first->seconds) {
      const auto twin = std::find_if(firsts.begin(), first,
                                     [&](const First& other) { return other.fault == second; });
      const bool added_before =
          twin != first && std::ranges::find(twin->seconds, first->fault) != twin->seconds.end();
      if (second != first->fault && !added_before)
        runs.push_back({.scenario = scenario, .added = {first->fault, second}});
    }
  }
}

/// Makes the runs, those of one kind after those of another: which there are, the ones before say.
class Sweeper {
 public:
  Sweeper(const std::vector<SweepScenario>& scenarios, const SweepOptions& options)
      : scenarios_(scenarios), options_(options) {
    summary_.scenarios = scenarios.size();
  }

  SweepSummary sweep() {
    std::vector<Run> as_they_are(scenarios_.size());
    for (std::size_t i = 0; i < as_they_are.size(); ++i) as_they_are[i] = {i, true};
    std::vector<Run> opened;
    make(as_they_are,
         [&](const Run& run, const Marks&) { opened.push_back({.scenario = run.scenario}); });

    std::vector<Run> once;
    std::vector<Run> sticky;
    std::vector<bool> is_small(scenarios_.size());
    make(opened, [&](const Run& run, const Marks& marks) {
      const SweepFaults faults = faults_to_try(marks);
      for (const SweepFault& fault : faults.once)
        once.push_back({.scenario = run.scenario, .added = {fault}});
      for (const SweepFault& fault : faults.sticky)
        sticky.push_back({.scenario = run.scenario, .added = {fault}});
      is_small[run.scenario] = faults.once.size() <= options_.pairs_maximum;
    });

    std::vector<std::vector<First>> firsts(scenarios_.size());
    summary_.once = make_faulty(once, [&](const Run& run, const Marks& marks) {
      if (is_small[run.scenario])
        firsts[run.scenario].push_back({run.added[0], faults_to_try(marks).once});
    });
    summary_.sticky = make_faulty(sticky);

    std::vector<Run> pairs;
    for (std::size_t i = 0; i < firsts.size(); ++i) add_pairs(pairs, i, firsts[i]);
    summary_.pairs = make_faulty(pairs);

    summary_.runs = summary_.once + summary_.sticky + summary_.pairs;
    summary_.seconds = stopwatch_.seconds();
    for (std::size_t i = 0; i < summary_.failures.size(); ++i)
      reduce(summary_.failures[i], failed_scenarios_[i], options_.directory, options_.subject,
             options_.interrupted);
    return std::move(summary_);
  }

 private:
  /// Told of each run that held, in their order, once all have been made.
  using Held = std::function<void(const Run&, const Marks&)>;
  struct Ending {
    bool held;
    Marks marks;
  };

  model::Scenario scenario_of(const Run& run) const {
    const model::Scenario& scenario = scenarios_[run.scenario].scenario;
    if (run.as_it_is) return scenario;
    model::Scenario opened = open_to_faults(scenario);
    for (const SweepFault& fault : run.added) inject(opened, fault);
    return opened;
  }

  /// Returns how many were made: fewer than there are if the sweep was ended early.
  std::uint64_t make_faulty(const std::vector<Run>& runs, const Held& held = {}) {
    const WorkDone done = make(runs, held);
    summary_.marks += done.marks;
    return done.scenarios;
  }

  WorkDone make(const std::vector<Run>& runs, const Held& held) {
    const bool over = summary_.interrupted || summary_.failures.size() >= options_.failures_maximum;
    if (over || runs.empty()) return {};
    const SharedMemory memory(runs.size() * sizeof(Ending));
    auto* const endings = reinterpret_cast<Ending*>(memory.data());
    ScenarioWorkers workers({.scenario = {},
                             .count = runs.size(),
                             .repeat_one_in = 0,
                             .subject = options_.subject,
                             .run_all =
                                 [&](Simulator& simulator, std::uint64_t position,
                                     const std::function<bool(const Outcome&)>& ran) {
                                   Outcome outcome = simulator.run(scenario_of(runs[position]));
                                   if (held) endings[position] = {outcome.held(), outcome.marks};
                                   ran(outcome);
                                   return outcome;
                                 }},
                            options_.jobs);
    const auto failed = [&](std::uint64_t position, const Outcome& outcome) {
      if (summary_.failures.size() < options_.failures_maximum)
        add_failure(runs[position], planned_ + position + 1, outcome);
      if (summary_.failures.size() >= options_.failures_maximum) workers.enough();
    };
    while (workers.turn(failed)) {
      options_.progress(planned_ + workers.done().scenarios, planned_ + runs.size());
      if (!options_.interrupted()) continue;
      summary_.interrupted = true;
      workers.enough();
    }
    planned_ += runs.size();
    for (std::size_t i = 0; held && i < runs.size(); ++i)
      if (endings[i].held) held(runs[i], endings[i].marks);
    return workers.done();
  }

  void add_failure(const Run& run, std::uint64_t number, const Outcome& outcome) {
    Failure& failure = summary_.failures.emplace_back();
    failure.seed = number;
    failure.name = fmt::format("sweep-{}", number);
    failure.outcome = outcome;
    failure.program = options_.program;
    failure.found = fmt::format(
        "in the sweep of {}, {}", scenarios_[run.scenario].name,
        run.added.empty() ? "before any fault was added" : fmt::format("run {}", number));
    failed_scenarios_.push_back(scenario_of(run));
  }

  const std::vector<SweepScenario>& scenarios_;
  const SweepOptions& options_;
  const Stopwatch stopwatch_;
  SweepSummary summary_;
  std::vector<model::Scenario> failed_scenarios_;  // of `summary_.failures`
  std::uint64_t planned_ = 0;                      // runs of the kinds that are through
};

}  // namespace

SweepSummary sweep(const std::vector<SweepScenario>& scenarios, const SweepOptions& options) {
  return Sweeper(scenarios, options).sweep();
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
          {"interrupted", summary.interrupted},
          {"failures", std::move(failures)}};
}

}  // namespace cowbell::properties
