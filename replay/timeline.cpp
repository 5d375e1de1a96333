// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline.hpp"

#include <fmt/format.h>

#include "replay/timeline_devices.hpp"
#include "replay/timeline_fibers.hpp"

namespace cowbell::replay {
namespace {

using Kind = sim::Event::Kind;

class Builder {
 public:
  explicit Builder(const model::Scenario& scenario)
      : lanes_(scenario), fibers_(scenario, lanes_, rows_, timeline_.spans) {}

  Timeline build(std::span<const sim::Event> events, const model::Breach* breach) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      add(events[i]);
      if (breach != nullptr && events[i].kind == Kind::broke)
        broke(events[i], *breach, i + 1 == events.size() ? nullptr : &events[i + 1]);
    }
    if (!timeline_.rows.empty()) {
      fibers_.end(timeline_.rows.size() - 1, events.back().at);
      devices_.end(timeline_.rows.size() - 1, events.back().at);
      if (breach != nullptr && !marked_ && !fibers_.mark(*breach))
        mark_row(timeline_.rows.size() - 1, events.back().at, *breach);
    }
    lanes_.put_in_order(timeline_);
    return std::move(timeline_);
  }

 private:
  void add(const sim::Event& event) {
    switch (event.kind) {
      case Kind::switched:
        return fibers_.resumed(event);
      case Kind::suspended:
        return fibers_.suspended(event);
      case Kind::overtaken:
        return;
      case Kind::submitted:
        return submitted(event);
      case Kind::took_effect:
        return devices_.took_effect(event);
      case Kind::answered:
        return devices_.answered(event);
      case Kind::injected:
        return devices_.injected(event);
      case Kind::allocation_refused:
        return allocation_refused(event);
      case Kind::memory:
        return devices_.count("memory in use", event.at, event.bytes.value);
      case Kind::granted:
        return devices_.granted(event);
      case Kind::grow_refused:
        return devices_.grow_refused(event);
      case Kind::resized:
        return devices_.resized(event);
      case Kind::healed:
        return devices_.note(event, Timeline::kNoLane, "all faults and stalls are lifted", false);
      case Kind::power_cut:
        return devices_.note(event, Timeline::kNoLane,
                             fmt::format("the power is cut, {} blocks are undone", event.number),
                             true);
      case Kind::power_restored:
        return devices_.note(event, Timeline::kNoLane, "the power is back", false);
      case Kind::began:
        return fibers_.began(event);
      case Kind::ended:
        return fibers_.ended(event);
      case Kind::broke:
        return;
    }
  }

  /// Found in no statement of the program, which is marked by its line, nor once all is at rest,
  /// where what stands open is marked: `next`, null for none, is a deed of the runner that shows
  /// it, or else nothing but the moment does.
  void broke(const sim::Event& event, const model::Breach& breach, const sim::Event* next) {
    if (breach.line.number != 0 || next == nullptr) return;
    marked_ = true;
    if (next->kind == Kind::ended)
      fibers_.breaks_with(*next);
    else
      mark_row(rows_.add(event), event.at, breach);
  }

  void mark_row(Timeline::Row row, Time at, const model::Breach& breach) {
    timeline_.notes.push_back(
        {Timeline::kNoLane, row, at,
         breach.rule ? fmt::format("{} is broken", rule_name(*breach.rule)) : "it breaks here",
         true, true});
  }

  void submitted(const sim::Event& event) {
    const Timeline::Row row = rows_.joined_to(Kind::began, event);
    devices_.submitted(event, row, fibers_.sender(event, row));
  }

  void allocation_refused(const sim::Event& event) {
    const Timeline::LaneIndex lane =
        event.fiber.number == 0 ? Timeline::kNoLane : lanes_.of(event.fiber);
    devices_.note(event, lane, fmt::format("allocation {} is refused", event.number), true);
  }

  Timeline timeline_;
  TimelineRows rows_{timeline_.rows};
  TimelineLanes lanes_;
  TimelineFibers fibers_;
  TimelineDevices devices_{lanes_, rows_, timeline_};
  bool marked_ = false;  // where it breaks
};

}  // namespace

Timeline make_timeline(const model::Scenario& scenario, std::span<const sim::Event> events,
                       std::uint64_t left_out, const model::Breach* breach) {
  Timeline timeline = Builder(scenario).build(events, breach);
  timeline.left_out = left_out;
  return timeline;
}

Timeline with_engine_folded(Timeline timeline) {
  std::vector<Timeline::Lane> lanes;
  std::vector<Timeline::LaneIndex> place;
  for (Timeline::Lane& lane : timeline.lanes) {
    if (lane.kind == Timeline::Lane::Kind::engine) lane.name.erase(lane.name.find_last_of(' '));
    if (lanes.empty() || lanes.back().name != lane.name) lanes.push_back(std::move(lane));
    place.push_back(lanes.size() - 1);
  }
  timeline.move_to(std::move(lanes), place);
  return timeline;
}

void Timeline::move_to(std::vector<Lane> new_lanes, std::span<const LaneIndex> place) {
  lanes = std::move(new_lanes);
  const auto move = [&](LaneIndex& lane) {
    if (lane != kNoLane) lane = place[lane];
  };
  for (Span& span : spans) move(span.lane);
  for (Note& note : notes) move(note.lane);
  for (Request& request : requests) move(request.device), move(request.sender);
}

std::string outcome_text(const Timeline::Span& deed) {
  if (deed.open) return "no answer";
  if (!deed.breaking || deed.found.empty()) return std::string(errno_name(deed.outcome));
  return deed.found;
}

std::string outcome_text(const Timeline::Request& request) {
  if (request.open) return "no answer";
  return request.came_up_short ? "short" : std::string(errno_name(request.outcome));
}

std::string range_text(SectorRange range) {
  return size_text(byte_offset(range.first)) + ' ' + size_text(to_bytes(range.count));
}

std::string size_text(ByteCount bytes) {
  std::uint64_t value = bytes.value;
  std::size_t suffix = 0;
  constexpr std::string_view kSuffixes = "KMGT";
  while (value != 0 && value % 1024 == 0 && suffix < kSuffixes.size()) value /= 1024, ++suffix;
  return fmt::format("{}{}", value, suffix == 0 ? "" : kSuffixes.substr(suffix - 1, 1));
}

std::string moment_text(Time time) {
  const auto ns = time.count();
  const auto in = [&](std::int64_t unit, std::string_view name) {
    std::string text =
        fmt::format("{}.{:0>{}}", ns / unit, ns % unit, fmt::formatted_size("{}", unit) - 1);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return fmt::format("{} {}", text, name);
  };
  if (ns >= 1'000'000'000) return in(1'000'000'000, "s");
  if (ns >= 1'000'000) return in(1'000'000, "ms");
  if (ns >= 1'000) return in(1'000, "µs");
  return fmt::format("{} ns", ns);
}

}  // namespace cowbell::replay
