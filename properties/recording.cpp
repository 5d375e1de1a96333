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

sim::Event ProgramRecorder::event(const model::Deed& deed) const {
  const FiberProperties* running = current_fiber();
  return {.at = clock_.now(),
          .fiber = running == nullptr ? FiberName{} : FiberName{running->name, running->number},
          .number = deed.statement,
          .range = deed.range,
          .statement = deed.kind,
          .target = deed.device,
          .snapshot = deed.snapshot};
}

void ProgramRecorder::began(const model::Deed& deed) {
  sim::Event begun = event(deed);
  begun.kind = sim::Event::Kind::began;
  sink_.add(begun);
}

void ProgramRecorder::ended(const model::Deed& deed, Errc outcome, bool breached) {
  sim::Event over = event(deed);
  over.kind = sim::Event::Kind::ended;
  over.error = outcome;
  over.breached = breached;
  sink_.add(over);
}

}  // namespace cowbell::properties
