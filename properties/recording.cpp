// SPDX-License-Identifier: Apache-2.0
#include "properties/recording.hpp"

#include <algorithm>

#include "core/fiber.hpp"

namespace cowbell::properties {
namespace {

bool same_deed(const sim::Event& a, const sim::Event& b) {
  return a.number == b.number && a.statement == b.statement && a.target == b.target &&
         a.range == b.range && a.snapshot == b.snapshot;
}

}  // namespace

Recording::Recording() : memory_(sizeof(Ring)) {}

// An implicit-lifetime type: the zeroes of fresh pages are one with nothing added.
Recording::Ring& Recording::ring() const {
  return *reinterpret_cast<Ring*>(memory_.data());
}

void Recording::add(const sim::Event& event) {
  Ring& to = ring();
  sim::Event& place = to.events[to.added % kRoom];
  if (to.added >= kRoom) make_room(to, place);
  place = event;
  ++to.added;
}

void Recording::make_room(Ring& ring, const sim::Event& oldest) {
  using enum sim::Event::Kind;
  if (oldest.kind != began && oldest.kind != ended) return;
  const bool take = oldest.statement == model::StatementKind::take;
  if (oldest.kind == began || take) {
    // However many takes there are, what has not ended finds room.
    if (ring.older_kept < (take ? kOlderRoom / 2 : kOlderRoom))
      ring.older[ring.older_kept++] = oldest;
    return;
  }
  sim::Event* const end = ring.older + ring.older_kept;
  sim::Event* const begun = std::find_if(
      ring.older, end, [&](const sim::Event& event) { return same_deed(event, oldest); });
  if (begun == end) return;
  std::copy(begun + 1, end, begun);
  --ring.older_kept;
}

std::vector<sim::Event> Recording::events() const {
  const Ring& from = ring();
  std::vector<sim::Event> events(from.older, from.older + from.older_kept);
  for (std::uint64_t i = from.added - std::min<std::uint64_t>(from.added, kRoom); i < from.added;
       ++i)
    events.push_back(from.events[i % kRoom]);
  return events;
}

std::uint64_t Recording::left_out() const {
  return ring().added - std::min<std::uint64_t>(ring().added, kRoom) - ring().older_kept;
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
