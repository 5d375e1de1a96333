// SPDX-License-Identifier: Apache-2.0
#include "models/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/scenario_text.hpp"

namespace cowbell::model {
namespace {

std::string what_happened(const HistoryEvent& event) {
  switch (event.kind) {
    case HistoryEvent::Kind::invoked:
      return event.version == kInitial ? "invoked"
                                       : fmt::format("invoked as version {}", event.version);
    case HistoryEvent::Kind::took_effect:
      return fmt::format("took effect on bytes {} to {}", byte_offset(event.range.first).value,
                         byte_offset(event.range.end()).value);
    case HistoryEvent::Kind::take_invoked:
    case HistoryEvent::Kind::release_invoked:
      return "invoked";
    case HistoryEvent::Kind::answered:
    case HistoryEvent::Kind::take_answered:
    case HistoryEvent::Kind::release_answered:
      return fmt::format("answered {}", errno_name(event.outcome));
    case HistoryEvent::Kind::resized:
      return fmt::format("{} bytes", to_bytes(event.range.count).value);
    case HistoryEvent::Kind::power_cut:
      return "cut";
    case HistoryEvent::Kind::power_restored:
      return "back";
  }
  return {};
}

}  // namespace

bool History::touches(const HistoryEvent& event, Place place) const {
  switch (event.kind) {
    case HistoryEvent::Kind::invoked:
    case HistoryEvent::Kind::took_effect:
    case HistoryEvent::Kind::answered:
      return event.origin == place.origin &&
             (event.range.overlaps(place.range) || (event.flushes && power_cuts_));
    case HistoryEvent::Kind::take_invoked:
    case HistoryEvent::Kind::take_answered:
    case HistoryEvent::Kind::release_invoked:
    case HistoryEvent::Kind::release_answered:
      return (event.origins >> place.origin & 1) != 0;
    case HistoryEvent::Kind::resized:
      return event.origin == place.origin;
    case HistoryEvent::Kind::power_cut:
    case HistoryEvent::Kind::power_restored:
      return true;
  }
  return false;
}

std::string History::of(const Scenario& scenario, std::span<const Place> places) const {
  std::string text;
  for (const HistoryEvent& event : events_) {
    if (std::none_of(places.begin(), places.end(),
                     [&](Place place) { return touches(event, place); }))
      continue;
    const bool of_runner = event.statement == Write::kNoStatement;
    const std::string subject =
        !of_runner ? statement_text(scenario, event.statement)
        : event.kind == HistoryEvent::Kind::power_cut ||
                event.kind == HistoryEvent::Kind::power_restored
            ? std::string("the power")
        : event.kind == HistoryEvent::Kind::resized
            ? fmt::format("size of {}", scenario.origins[event.origin].name)
        : event.origins != 0
            ? std::string("release at the end")
            : fmt::format("read {}{} {} {} at the end", scenario.origins[event.origin].name,
                          event.cut == 0 ? "" : " of an image",
                          byte_offset(event.range.first).value, to_bytes(event.range.count).value);
    text += fmt::format("{:>5}  {}: {}\n", event.at, subject, what_happened(event));
  }
  return text;
}

std::string statement_text(const Scenario& scenario, std::uint32_t statement) {
  if (statement == Write::kNoStatement) return "the check at the end";
  return to_string(scenario.program[statement], scenario);
}

}  // namespace cowbell::model
