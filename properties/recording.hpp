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
/// end of a run that went on for too long is what explains it, with the statements that had begun
/// before and not ended, and the takes, which say what each storage is for.
class Recording final : public sim::EventSink {
 public:
  static constexpr std::size_t kRoom = 400'000;
  static constexpr std::size_t kOlderRoom = 4'096;

  Recording();

  /// For the child. Takes no memory.
  void add(const sim::Event& event) override;

  /// For the parent, once the child has ended: what was kept, oldest first.
  std::vector<sim::Event> events() const;
  /// Older events, which were not.
  std::uint64_t left_out() const;

 private:
  struct Ring {
    std::uint64_t added;
    std::uint64_t older_kept;
    sim::Event older[kOlderRoom];
    sim::Event events[kRoom];
  };
  Ring& ring() const;
  static void make_room(Ring& ring, const sim::Event& oldest);

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
