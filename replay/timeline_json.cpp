// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cowbell::replay {
namespace {

using Json = nlohmann::ordered_json;
using Lane = Timeline::Lane;
using Span = Timeline::Span;

constexpr int kFibers = 1;
constexpr int kDevices = 2;

double microseconds(Time time) {
  return static_cast<double>(time.count()) / 1000.0;
}

class Trace {
 public:
  explicit Trace(const Timeline& timeline) : timeline_(timeline) {}

  Json write() {
    name_lanes();
    for (std::size_t i = 0; i < timeline_.spans.size(); ++i) add_span(i);
    for (std::size_t i = 0; i < timeline_.requests.size(); ++i) add_request(i);
    for (const auto& note : timeline_.notes) add_note(note);
    for (const auto& counter : timeline_.counters) add_counter(counter);
    // What has one time keeps the order in which slices nest.
    for (std::size_t i = 0; i < events_.size(); ++i) events_[i].place.order = i;
    std::sort(events_.begin(), events_.end(),
              [](const Placed& a, const Placed& b) { return a.place < b.place; });
    for (Placed& event : events_) all_.push_back(std::move(event.json));
    return {{"displayTimeUnit", "ns"}, {"traceEvents", std::move(all_)}};
  }

 private:
  struct Place {
    Time at;
    Timeline::Row row;
    int depth;              // ends come before begins; inner ends first, outer begins first
    std::size_t order = 0;  // in which events were made
    auto operator<=>(const Place&) const = default;
  };
  struct Placed {
    Place place;
    Json json;
  };

  bool is_device(Timeline::LaneIndex lane) const {
    return timeline_.lanes[lane].kind == Lane::Kind::origin ||
           timeline_.lanes[lane].kind == Lane::Kind::storage;
  }

  void name_lanes() {
    const auto name = [&](std::string_view what, int process, std::size_t thread, Json arguments) {
      all_.push_back({{"ph", "M"},
                      {"name", what},
                      {"pid", process},
                      {"tid", thread},
                      {"args", std::move(arguments)}});
    };
    name("process_name", kFibers, 0, {{"name", "program and engine"}});
    name("process_name", kDevices, 0, {{"name", "devices"}});
    for (std::size_t i = 0; i < timeline_.lanes.size(); ++i) {
      const int process = is_device(i) ? kDevices : kFibers;
      name("thread_name", process, i + 1, {{"name", timeline_.lanes[i].name}});
      name("thread_sort_index", process, i + 1, {{"sort_index", i}});
    }
  }

  Json event(std::string_view phase, std::string_view text, Timeline::LaneIndex lane, Time at) {
    Json json = {{"ph", phase}, {"ts", microseconds(at)}};
    json["pid"] = lane != Timeline::kNoLane && is_device(lane) ? kDevices : kFibers;
    json["tid"] = lane == Timeline::kNoLane ? 0 : lane + 1;
    if (!text.empty()) json["name"] = text;
    return json;
  }

  void add_span(std::size_t index) {
    const Span& span = timeline_.spans[index];
    Json begin = event(span.aside ? "b" : "B", span.text, span.lane, span.from);
    Json end = event(span.aside ? "e" : "E", span.aside ? span.text : "", span.lane, span.to);
    if (span.aside)
      for (Json* json : {&begin, &end}) {
        (*json)["cat"] = "client";
        (*json)["id"] = fmt::format("statement {}", index);
      }
    if (span.source_line != 0) begin["args"]["line"] = span.source_line;
    if (span.kind == Span::Kind::deed) end["args"]["outcome"] = outcome_text(span);
    if (span.breaking) {
      begin["cname"] = "terrible";
      end["args"]["broke a rule"] = true;
    }
    const int inner = span.kind == Span::Kind::wait ? 1 : 0;
    const bool instant = span.from == span.to && span.first_row == span.last_row;
    events_.push_back({{span.from, span.first_row, 1 + inner}, std::move(begin)});
    events_.push_back({{span.to, span.last_row, instant ? 4 - inner : -inner}, std::move(end)});
  }

  void add_request(std::size_t index) {
    const Timeline::Request& request = timeline_.requests[index];
    const auto part = [&](std::string_view phase, std::string_view text, Time at) {
      Json json = event(phase, text, request.device, at);
      json["cat"] = "bio";
      json["id"] = fmt::format("bio {}", index);
      return json;
    };
    Json begin = part("b", request.text, request.from);
    begin["args"]["request"] = request.number;
    if (request.sender != Timeline::kNoLane)
      begin["args"]["sent by"] = timeline_.lanes[request.sender].name;
    if (!request.fault.empty()) begin["args"]["injected"] = request.fault;
    events_.push_back({{request.from, request.first_row, 5}, std::move(begin)});
    for (const auto& effect : request.effects)
      events_.push_back({{effect.at, effect.row, 6}, part("n", effect.text, effect.at)});
    Json end = part("e", request.text, request.to);
    end["args"]["outcome"] = outcome_text(request);
    events_.push_back({{request.to, request.last_row, 7}, std::move(end)});
  }

  void add_note(const Timeline::Note& note) {
    Json json = event("i", note.text, note.lane, note.at);
    json["s"] = note.lane == Timeline::kNoLane ? "g" : "t";
    if (note.breaking) json["args"]["broke a rule"] = true;
    events_.push_back({{note.at, note.row, 8}, std::move(json)});
  }

  void add_counter(const Timeline::Counter& counter) {
    for (const auto& point : counter.points) {
      Json json = event("C", counter.name, Timeline::kNoLane, point.at);
      json["args"]["bytes"] = point.bytes;
      events_.push_back({{point.at, 0, 9}, std::move(json)});
    }
  }

  const Timeline& timeline_;
  Json all_ = Json::array();
  std::vector<Placed> events_;
};

}  // namespace

Json to_trace_events(const Timeline& timeline) {
  return Trace(timeline).write();
}

}  // namespace cowbell::replay
