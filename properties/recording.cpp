// SPDX-License-Identifier: Apache-2.0
#include "properties/recording.hpp"

#include <algorithm>

#include "core/fiber.hpp"

namespace cowbell::properties {

Recording::Recording() : memory_(sizeof(Ring)) {}

// An implicit-lifetime type: the zeroes of fresh pages are one with nothing added.
Recording::Ring& Recording::ring() const {
  return *reinterpret_cast<Ring*>(memory_.data());
}

void Recording::add(const sim::Event& event) {
  Ring& to = ring();
  to.events[to.added % kRoom] = event;
  ++to.added;
}

std::vector<sim::Event> Recording::events() const {
  const Ring& from = ring();
  std::vector<sim::Event> events;
  for (std::uint64_t i = left_out(); i < from.added; ++i) events.push_back(from.events[i % kRoom]);
  return events;
}

std::uint64_t Recording::left_out() const {
  return ring().added - std::min<std::uint64_t>(ring().added, kRoom);
}

sim::Event ProgramRecorder::event(sim::Event::Kind kind) const {
  const FiberProperties* running = current_fiber();
  return {.kind = kind,
          .at = clock_.now(),
          .fiber = running == nullptr ? FiberName{} : FiberName{running->name, running->number}};
}

sim::Event ProgramRecorder::event(sim::Event::Kind kind, const model::Deed& deed) const {
  sim::Event event = this->event(kind);
  event.number = deed.statement;
  event.range = deed.range;
  event.statement = deed.kind;
  event.target = deed.device;
  event.snapshot = deed.snapshot;
  return event;
}

void ProgramRecorder::began(const model::Deed& deed) {
  sink_.add(event(sim::Event::Kind::began, deed));
}

void ProgramRecorder::ended(const model::Deed& deed, Errc outcome) {
  sim::Event over = event(sim::Event::Kind::ended, deed);
  over.error = outcome;
  sink_.add(over);
}

void ProgramRecorder::broke() {
  sink_.add(event(sim::Event::Kind::broke));
}

}  // namespace cowbell::properties
