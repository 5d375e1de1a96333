// SPDX-License-Identifier: Apache-2.0
#include "properties/scenario_workers.hpp"

#include <algorithm>

#include "properties/crash_report.hpp"
#include "properties/judge.hpp"
#include "properties/repeat.hpp"

namespace cowbell::properties {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPositionsAtOnce = 32;
constexpr std::chrono::milliseconds kTurn = 100ms;
// The longest that one run may take.
constexpr std::chrono::seconds kRunTimeMaximum = 20s;

/// What a search has chosen cannot be found again without it.
struct LastChoices {
  const Simulator* simulator;
  RunReport* report;

  static void speak(void* context) noexcept {
    const auto* const self = static_cast<const LastChoices*>(context);
    self->report->write_decisions(self->simulator->recorded());
  }
};

}  // namespace

ScenarioWorkers::ScenarioWorkers(const WorkPlan& plan, unsigned jobs) : plan_(plan) {
  for (unsigned i = 0; i < std::max(jobs, 1u); ++i)
    start(*workers_.emplace_back(std::make_unique<Worker>()));
}

ScenarioWorkers::~ScenarioWorkers() = default;

void ScenarioWorkers::start(Worker& worker) {
  worker.report.clear();
  worker.seen_position = ~std::uint64_t{0};
  worker.child = std::make_unique<ChildProcess>([this, &worker] { work(worker); });
}

bool ScenarioWorkers::take_positions(Place& place) {
  if (place.position != place.end) return true;
  const std::uint64_t at_once = plan_.run_all ? 1 : kPositionsAtOnce;
  const std::uint64_t first = board_->next.fetch_add(at_once);
  if (first >= plan_.count) return false;
  place.position = first;
  place.end = std::min(first + at_once, plan_.count);
  return true;
}

void ScenarioWorkers::work(Worker& worker) {
  Place& place = *worker.place;
  // Never destroyed: after a breach its fibers may be stuck.
  auto* const simulator = new Simulator(Simulator::Detail::verdict, plan_.subject);
  LastChoices last_choices{simulator, &worker.report};
  if (plan_.run_all) speak_before_end(LastChoices::speak, &last_choices);
  while (!board_->enough && take_positions(place)) {
    if (plan_.run_all) {
      const Outcome outcome = run_all(worker, *simulator);
      if (!outcome.held()) return worker.report.write(outcome);
      ++place.position;
      continue;
    }
    const model::Scenario scenario = plan_.scenario(place.position);
    Outcome outcome = simulator->run(scenario);
    ++place.done.scenarios;
    place.done.counts += outcome.counts;
    place.done.marks += outcome.marks;
    if (outcome.held() && plan_.repeat_one_in != 0 && place.position % plan_.repeat_one_in == 0) {
      demand_repeats(*simulator, scenario, outcome);
      ++place.done.repeated;
    }
    place.scenarios = place.done.scenarios;
    place.bios = place.done.counts.bios;
    if (!outcome.held()) {
      worker.report.write(outcome);
      return;
    }
    ++place.position;
  }
}

Outcome ScenarioWorkers::run_all(Worker& worker, Simulator& simulator) {
  Place& place = *worker.place;
  Outcome last = plan_.run_all(simulator, place.position, [&](const Outcome& outcome) {
    ++place.done.scenarios;
    place.done.counts += outcome.counts;
    place.done.marks += outcome.marks;
    place.scenarios = place.done.scenarios;
    place.bios = place.done.counts.bios;
    return !board_->enough;
  });
  last.decisions = simulator.recorded();
  return last;
}

bool ScenarioWorkers::hangs(Worker& worker) {
  const std::uint64_t position = worker.place->position;
  const std::uint64_t scenarios = worker.place->scenarios;
  if (position != worker.seen_position || scenarios != worker.seen_scenarios) {
    worker.seen_position = position;
    worker.seen_scenarios = scenarios;
    worker.since_seen = {};
  }
  return worker.since_seen.elapsed() > kRunTimeMaximum;
}

bool ScenarioWorkers::turn(const std::function<void(std::uint64_t, const Outcome&)>& failed) {
  std::vector<ChildProcess*> running;
  for (const auto& worker : workers_)
    if (worker->child != nullptr) running.push_back(worker->child.get());
  if (running.empty()) return false;
  ChildProcess::wait_any(running, kTurn);
  for (const auto& worker : workers_) {
    if (worker->child == nullptr) continue;
    const bool ended = worker->child->wait(0ms);
    const bool hung = !ended && hangs(*worker);
    if (!ended && !hung) continue;
    if (hung) worker->child->stop();
    processor_seconds_ += worker->child->processor_seconds();
    const bool failure = hung || worker->report.written() || !worker->child->ended_well();
    if (!failure) {
      worker->child.reset();
      continue;
    }
    // A run that ended its child counts as well.
    if (!worker->report.written()) worker->place->done.scenarios = worker->place->scenarios + 1;
    const Outcome outcome = outcome_of(*worker->child, worker->report, hung);
    const std::uint64_t position = worker->place->position;
    worker->child.reset();
    ++worker->place->position;
    failed(position, outcome);
    if (!board_->enough) start(*worker);
  }
  return true;
}

void ScenarioWorkers::enough() {
  board_->enough = true;
}

WorkDone ScenarioWorkers::done() const {
  WorkDone sum;
  sum.processor_seconds = processor_seconds_;
  for (const auto& worker : workers_) {
    const Place& place = *worker->place;
    sum.end = std::max<std::uint64_t>(sum.end, place.position);
    if (worker->child != nullptr) {
      sum.scenarios += place.scenarios;
      sum.counts.bios += place.bios;
      continue;
    }
    sum.scenarios += place.done.scenarios;
    sum.repeated += place.done.repeated;
    sum.counts += place.done.counts;
    sum.marks += place.done.marks;
  }
  return sum;
}

}  // namespace cowbell::properties
