// SPDX-License-Identifier: Apache-2.0
// The events of a run in a child, kept where its parent can read them however the child ends.
#pragma once

#include <vector>

#include "core/clock.hpp"
#include "models/program_listener.hpp"
#include "properties/shared_memory.hpp"
#include "sim/event.hpp"

namespace cowbell::properties {

/// In shared memory: made before the child is forked. Has room for the last `kRoom` events; the
/// end of a run that went on for too long is what explains it.
class Recording final : public sim::EventSink {
 public:
  static constexpr std::size_t kRoom = 400'000;

  Recording();

  /// For the child. Takes no memory.
  void add(const sim::Event& event) override;

  /// For the parent, once the child has ended: what there was room for, oldest first.
  std::vector<sim::Event> events() const;
  /// Older events for which there was no room.
  std::uint64_t left_out() const;

 private:
  struct Ring {
    std::uint64_t added;
    sim::Event events[kRoom];
  };
  Ring& ring() const;

  SharedMemory memory_;
};

/// What clients do, as events beside those of the world. What it is given is borrowed.
class ProgramRecorder final : public model::ProgramListener {
 public:
  ProgramRecorder(sim::EventSink& sink, const Clock& clock) : sink_(sink), clock_(clock) {}
  void began(const model::Deed& deed) override;
  void ended(const model::Deed& deed, Errc outcome) override;
  void broke() override;

 private:
  sim::Event event(sim::Event::Kind kind) const;
  sim::Event event(sim::Event::Kind kind, const model::Deed& deed) const;

  sim::EventSink& sink_;
  const Clock& clock_;
};

}  // namespace cowbell::properties
