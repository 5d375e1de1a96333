// SPDX-License-Identifier: Apache-2.0
#include "properties/difference.hpp"

#include <fmt/format.h>

namespace cowbell::properties {
namespace {

std::string_view fiber_name(const sim::Event& event) {
  return event.fiber.number == 0 ? "the world" : event.fiber.name;
}

std::string line(std::uint64_t index, std::string_view run,
                 const std::optional<sim::Event>& event) {
  if (!event) return fmt::format("event {}, {} run: none, it has ended", index, run);
  const std::string number =
      event->fiber.number == 0 ? "" : fmt::format(" {}", event->fiber.number);
  return fmt::format("event {}, {} run: at {} ns, by {}{}: {}", index, run, event->at.count(),
                     fiber_name(*event), number, what_happened(*event));
}

nlohmann::ordered_json event_json(const std::optional<sim::Event>& event) {
  if (!event) return nullptr;
  return {{"time_ns", event->at.count()},
          {"fiber", fiber_name(*event)},
          {"fiber_number", event->fiber.number},
          {"event", what_happened(*event)}};
}

}  // namespace

void Comparison::add(const sim::Event& event) {
  if (found_) return;
  if (next_ == earlier_.size())
    found_ = {next_, std::nullopt, event};
  else if (earlier_[next_] != event)
    found_ = {next_, earlier_[next_], event};
  ++next_;
}

std::optional<Difference> Comparison::difference() const {
  if (found_ || next_ == earlier_.size()) return found_;
  return Difference{next_, earlier_[next_], std::nullopt};
}

std::string describe(const Difference& difference) {
  return line(difference.index, "first", difference.first) + "\n" +
         line(difference.index, "second", difference.second);
}

nlohmann::ordered_json to_json(const std::optional<Difference>& difference) {
  if (!difference) return nullptr;
  return {{"index", difference->index},
          {"first", event_json(difference->first)},
          {"second", event_json(difference->second)}};
}

}  // namespace cowbell::properties
