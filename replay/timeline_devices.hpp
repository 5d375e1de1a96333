// SPDX-License-Identifier: Apache-2.0
// What devices do in a timeline: requests, faults, growth, and the figures that come from them.
#pragma once

#include <array>
#include <map>

#include "replay/timeline_lanes.hpp"
#include "replay/timeline_rows.hpp"

namespace cowbell::replay {

/// Told of events in their order; adds requests, notes and counters. All it is given is borrowed.
class TimelineDevices {
 public:
  TimelineDevices(TimelineLanes& lanes, TimelineRows& rows, Timeline& timeline)
      : lanes_(lanes), rows_(rows), timeline_(timeline) {}

  /// `row` is where the sender sent it.
  void submitted(const sim::Event& event, Timeline::Row row, Timeline::LaneIndex sender);
  void took_effect(const sim::Event& event);
  void answered(const sim::Event& event);
  void injected(const sim::Event& event);
  void granted(const sim::Event& event);
  void grow_refused(const sim::Event& event);
  void resized(const sim::Event& event);

  /// `lane`: kNoLane for the world as a whole.
  void note(const sim::Event& event, Timeline::LaneIndex lane, std::string text, bool fault);
  void count(const std::string& name, Time at, std::uint64_t bytes);

  /// What is still open stays so, until the last row.
  void end(Timeline::Row last_row, Time now);

 private:
  using Key = std::array<std::uint64_t, 3>;  // the device and the number of the request
  static Key key(const sim::Event& event);
  void fill(const sim::Event& event);

  TimelineLanes& lanes_;
  TimelineRows& rows_;
  Timeline& timeline_;
  std::map<Key, std::size_t> open_;                           // into requests
  std::map<std::uint32_t, std::vector<SectorRange>> filled_;  // of each storage
};

}  // namespace cowbell::replay
