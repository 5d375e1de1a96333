// SPDX-License-Identifier: Apache-2.0
// The lanes of a timeline: who has one, what it is called, and in which order they stand.
#pragma once

#include <map>
#include <set>

#include "replay/timeline.hpp"

namespace cowbell::replay {

/// Lanes are given as they are asked for; `put_in_order` is the end.
class TimelineLanes {
 public:
  /// Borrowed.
  explicit TimelineLanes(const model::Scenario& scenario) : scenario_(scenario) {}

  Timeline::LaneIndex of(const FiberName& fiber);
  Timeline::LaneIndex of(model::DeviceId device);

  /// A take begins: the storage made next is for its snapshot.
  void take(model::SnapshotIndex snapshot);

  Timeline::Lane::Kind kind(Timeline::LaneIndex lane) const { return lanes_[lane].kind; }
  /// True for the lane of the program itself, which does the check at the end.
  bool is_program(Timeline::LaneIndex lane) const { return lanes_[lane].name == kProgram; }

  std::string fiber_name(const FiberName& fiber) const;
  std::string device_name(model::DeviceId device) const;

  /// Hands the lanes over to `timeline`, those without anything in them left out.
  void put_in_order(Timeline& timeline);

 private:
  static constexpr std::string_view kProgram = "check at the end";
  using Order = std::pair<std::uint32_t, std::uint32_t>;
  Timeline::LaneIndex add(Timeline::Lane lane, Order order);

  const model::Scenario& scenario_;
  std::vector<Timeline::Lane> lanes_;
  std::vector<Order> orders_;
  std::map<std::uint32_t, Timeline::LaneIndex> fibers_;
  std::map<std::pair<model::DeviceId::Kind, std::uint32_t>, Timeline::LaneIndex> devices_;
  std::vector<std::string> storages_;  // by number, what each is for
};

}  // namespace cowbell::replay
