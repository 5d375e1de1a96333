// SPDX-License-Identifier: Apache-2.0
#include "properties/explore_workers.hpp"

#include <algorithm>

#include "properties/judge.hpp"
#include "properties/simulate.hpp"

namespace cowbell::properties {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeedsAtOnce = 32;
constexpr std::chrono::milliseconds kTurn = 100ms;
// The longest that one run may take.
constexpr std::chrono::seconds kRunTimeMaximum = 20s;

}  // namespace

ExploreWorkers::ExploreWorkers(const WorkPlan& plan, unsigned jobs) : plan_(plan) {
  for (unsigned i = 0; i < std::max(jobs, 1u); ++i)
    start(*workers_.emplace_back(std::make_unique<Worker>()));
}

ExploreWorkers::~ExploreWorkers() = default;

void ExploreWorkers::start(Worker& worker) {
  worker.report.clear();
  worker.seen_position = ~std::uint64_t{0};
  worker.child = std::make_unique<ChildProcess>([this, &worker] { explore(worker); });
}

bool ExploreWorkers::take_seeds(Place& place) {
  if (place.position != place.end) return true;
  const std::uint64_t first = board_->next.fetch_add(kSeedsAtOnce);
  if (first >= plan_.count) return false;
  place.position = first;
  place.end = std::min(first + kSeedsAtOnce, plan_.count);
  return true;
}

void ExploreWorkers::explore(Worker& worker) {
  Place& place = *worker.place;
  // Never destroyed: after a breach its fibers may be stuck.
  auto* const simulator = new Simulator(Simulator::Detail::verdict, plan_.subject);
  while (!board_->enough && take_seeds(place)) {
    const std::uint64_t seed = plan_.seed + place.position;
    const model::Scenario scenario = generate(seed, plan_.shape);
    Outcome outcome = simulator->run(scenario);
    ++place.done.scenarios;
    place.done.counts += outcome.counts;
    place.done.marks += outcome.marks;
    if (outcome.held() && plan_.repeat_one_in != 0 && seed % plan_.repeat_one_in == 0) {
      const Outcome again = simulator->run(scenario);
      ++place.done.repeated;
      if (again.event_hash != outcome.event_hash)
        outcome.breach = not_deterministic(outcome.event_hash, again.event_hash);
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

bool ExploreWorkers::hangs(Worker& worker) {
  const std::uint64_t position = worker.place->position;
  if (position != worker.seen_position) {
    worker.seen_position = position;
    worker.since_seen = {};
  }
  return worker.since_seen.elapsed() > kRunTimeMaximum;
}

bool ExploreWorkers::turn(const std::function<void(std::uint64_t, const Outcome&)>& failed) {
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
    const Outcome outcome = outcome_of(*worker->child, worker->report, hung);
    const std::uint64_t seed = plan_.seed + worker->place->position;
    worker->child.reset();
    ++worker->place->position;
    failed(seed, outcome);
    if (!board_->enough) start(*worker);
  }
  return true;
}

void ExploreWorkers::enough() {
  board_->enough = true;
}

WorkDone ExploreWorkers::done() const {
  WorkDone sum;
  sum.processor_seconds = processor_seconds_;
  for (const auto& worker : workers_) {
    const Place& place = *worker->place;
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
