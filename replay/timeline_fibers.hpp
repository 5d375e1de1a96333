// SPDX-License-Identifier: Apache-2.0
// What fibers do in a timeline: statements of clients, work of the engine, and waits.
#pragma once

#include <array>
#include <map>

#include "replay/timeline_lanes.hpp"
#include "replay/timeline_rows.hpp"

namespace cowbell::replay {

/// Told of events in their order; adds spans. All it is given is borrowed.
class TimelineFibers {
 public:
  TimelineFibers(const model::Scenario& scenario, TimelineLanes& lanes, TimelineRows& rows,
                 std::vector<Timeline::Span>& spans)
      : scenario_(scenario), lanes_(lanes), rows_(rows), spans_(spans) {}

  void resumed(const sim::Event& event);
  void suspended(const sim::Event& event);
  void began(const sim::Event& event);
  void ended(const sim::Event& event);

  /// The lane of the fiber that sends a request, which is at work from then on; kNoLane for none.
  Timeline::LaneIndex sender(const sim::Event& event, Timeline::Row row);

  /// What is still open stays so, until the last row; waits that took no time go.
  void end(Timeline::Row last_row, Time now);

  /// The deed that `ended` is about to end shows the breach.
  void breaks_with(const sim::Event& ended);

  /// Marks what shows the breach, after the end. False if nothing that a fiber does shows it.
  bool mark(const model::Breach& breach);

 private:
  using Span = Timeline::Span;
  struct Fiber {
    Timeline::LaneIndex lane = Timeline::kNoLane;
    std::optional<std::size_t> work;  // into spans
    std::optional<std::size_t> wait;
    std::uint32_t deeds = 0;  // open, those aside not counted
  };
  struct OpenDeed {
    std::size_t span;
    std::uint32_t fiber;
  };
  using DeedKey = std::array<std::uint64_t, 5>;

  Span* showing(const model::Breach& breach);
  static DeedKey key(const sim::Event& event);
  std::string deed_text(const sim::Event& event) const;
  Fiber& fiber(const FiberName& name);
  bool waits_for_nothing_new(const Fiber& leaving, std::string_view waits_for) const;
  void begin_work(Fiber& working, const sim::Event& event, Timeline::Row row);
  std::size_t begin_span(Span::Kind kind, Timeline::LaneIndex lane, const sim::Event& event,
                         Timeline::Row row, std::string text);
  void end_span(std::size_t index, const sim::Event& event, Timeline::Row row);

  const model::Scenario& scenario_;
  TimelineLanes& lanes_;
  TimelineRows& rows_;
  std::vector<Span>& spans_;
  std::map<std::uint32_t, Fiber> fibers_;
  std::map<DeedKey, OpenDeed> deeds_;
  std::uint32_t running_ = 0;  // the fiber that goes on; 0 for none
};

}  // namespace cowbell::replay
