// SPDX-License-Identifier: Apache-2.0
#include "properties/simulate.hpp"

#include "models/engine_subject.hpp"
#include "properties/marking_subject.hpp"
#include "properties/marking_world.hpp"

namespace cowbell::properties {

Simulator::Simulator(Detail detail, const model::SubjectMaker& subject) {
  world_.record(detail == Detail::all);
  options_.record_history = detail == Detail::all;
  const model::SubjectMaker make = subject ? subject : model::EngineSubject::maker();
  options_.subject = [this, make](const Environment& environment, const Params& params) {
    return std::make_unique<MarkingSubject>(make(environment, params), marks_, coincidences_);
  };
}

void Simulator::keep_events(sim::EventSink* sink) {
  world_.keep_events(sink);
  recorder_.reset();
  if (sink != nullptr) recorder_.emplace(*sink, world_.environment().clock);
  options_.program_listener = recorder_ ? &*recorder_ : nullptr;
}

void Simulator::enumerate(sim::ExhaustiveSource& source) {
  world_.enumerate(&source);
  world_.record(true);
  recorder_.emplace(source, world_.environment().clock);
  options_.program_listener = &*recorder_;
}

Outcome Simulator::run(const model::Scenario& scenario) {
  marks_ = {};
  coincidences_.restart();
  MarkingWorld world(world_, marks_, coincidences_);
  MarkingListener listener(marks_, coincidences_);
  options_.listener = &listener;
  auto result = runner_.run(scenario, world, options_);
  Outcome outcome;
  if (!result) {
    outcome.breach = {.rule = std::nullopt,
                      .what = "the scenario is refused: " + result.error().why,
                      .history = {},
                      .line = result.error().line};
    return outcome;
  }
  outcome.breach = std::move(result->verdict.breach);
  outcome.counts = result->verdict.counts;
  outcome.event_hash = world_.event_hash();
  outcome.marks = marks_;
  outcome.marks.add(Mark::chunks_preserved, outcome.counts.chunks_copied);
  outcome.marks.add(Mark::allocations, world_.allocations());
  return outcome;
}

}  // namespace cowbell::properties
