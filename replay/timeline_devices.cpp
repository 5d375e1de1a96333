// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_devices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/range_union.hpp"

namespace cowbell::replay {

TimelineDevices::Key TimelineDevices::key(const sim::Event& event) {
  return {static_cast<std::uint64_t>(event.device.kind), event.device.index, event.number};
}

void TimelineDevices::submitted(const sim::Event& event, Timeline::Row row,
                                Timeline::LaneIndex sender) {
  std::string text(operation_name(event.operation));
  if (event.range.count.value != 0) text += ' ' + range_text(event.range);
  if (event.flags.fua) text += " fua";
  if (event.flags.preflush) text += " preflush";
  if (event.flags.nowait) text += " nowait";
  open_[key(event)] = timeline_.requests.size();
  timeline_.requests.push_back({.device = lanes_.of(event.device),
                                .sender = sender,
                                .fiber = event.fiber.number,
                                .number = event.number,
                                .first_row = row,
                                .last_row = row,
                                .from = event.at,
                                .to = event.at,
                                .text = std::move(text),
                                .effects = {},
                                .changes = changes_data(event.operation),
                                .fault = {},
                                .open = true});
  if (event.device.kind == model::DeviceId::Kind::storage && changes_data(event.operation))
    fill(event);
}

/// Extents are given out to be written at once, so what has been written to is what is filled.
void TimelineDevices::fill(const sim::Event& event) {
  std::vector<SectorRange>& filled = filled_[event.device.index];
  filled.push_back(event.range);
  filled = range_union(std::move(filled));
  count(lanes_.device_name(event.device) + ": filled", event.at, to_bytes(total(filled)).value);
}

void TimelineDevices::took_effect(const sim::Event& event) {
  const auto found = open_.find(key(event));
  if (found == open_.end()) return;
  Timeline::Request& of = timeline_.requests[found->second];
  const Timeline::Row row =
      event.at == of.from ? of.first_row : rows_.joined_to(sim::Event::Kind::took_effect, event);
  of.effects.push_back({row, event.at, range_text(event.range) + " takes effect"});
}

void TimelineDevices::answered(const sim::Event& event) {
  const auto found = open_.find(key(event));
  if (found == open_.end()) return;
  Timeline::Request& request = timeline_.requests[found->second];
  open_.erase(found);
  // Blocks that take effect with the answer do so just before it.
  const bool together = !request.effects.empty() &&
                        request.effects.back().row + 1 == timeline_.rows.size() &&
                        request.effects.back().at == event.at;
  request.last_row = together ? rows_.join(event) : rows_.add(event);
  request.to = event.at;
  request.outcome = event.error;
  request.came_up_short = event.error == Errc::none && carries_data(event.operation) &&
                          event.bytes < to_bytes(event.range.count);
  request.open = false;
}

/// A fault befalls the request that was submitted last; a growth is none.
void TimelineDevices::injected(const sim::Event& event) {
  std::string text;
  if (event.effect != model::FaultEffect::error) text = sim::effect_text(event.effect);
  if (event.error != Errc::none)
    text += (text.empty() ? "" : " ") + std::string(errno_name(event.error));
  if (event.request_kind == model::RequestKind::grow)
    return note(event, lanes_.of(event.device), "growth fails: " + text, true);
  if (timeline_.requests.empty()) return;
  std::string& fault = timeline_.requests.back().fault;
  fault += (fault.empty() ? "" : ", ") + text;
}

void TimelineDevices::granted(const sim::Event& event) {
  const ByteCount size = to_bytes(event.range.count);
  count(lanes_.device_name(event.device) + ": granted", event.at, size.value);
  note(event, lanes_.of(event.device), size_text(size) + " granted", false);
}

void TimelineDevices::grow_refused(const sim::Event& event) {
  note(event, lanes_.of(event.device),
       fmt::format("growth to {} refused: {}", size_text(to_bytes(event.range.count)),
                   errno_name(event.error)),
       true);
}

void TimelineDevices::resized(const sim::Event& event) {
  note(event, lanes_.of(event.device), size_text(to_bytes(event.range.count)) + " from now on",
       false);
}

void TimelineDevices::note(const sim::Event& event, Timeline::LaneIndex lane, std::string text,
                           bool fault) {
  timeline_.notes.push_back({lane, rows_.add(event), event.at, std::move(text), fault});
}

void TimelineDevices::count(const std::string& name, Time at, std::uint64_t bytes) {
  auto found = std::find_if(timeline_.counters.begin(), timeline_.counters.end(),
                            [&](const auto& counter) { return counter.name == name; });
  if (found == timeline_.counters.end()) found = timeline_.counters.insert(found, {name, {}});
  if (found->points.empty() || found->points.back().bytes != bytes)
    found->points.push_back({at, bytes});
}

void TimelineDevices::end(Timeline::Row last_row, Time now) {
  for (Timeline::Request& request : timeline_.requests)
    if (request.open) request.last_row = last_row, request.to = now;
}

}  // namespace cowbell::replay
