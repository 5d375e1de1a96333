// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_fibers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/scenario_text.hpp"
#include "models/writes.hpp"

namespace cowbell::replay {
namespace {

using Lane = Timeline::Lane;

/// What fibers wait for, as the engine and the runner name it. A fiber of the engine that waits for
/// one of these has nothing to do.
constexpr std::array<std::string_view, 4> kRests{"a postponed change", "chunks to store",
                                                 "an image request",
                                                 "a need to grow the difference storage"};
/// What a statement waits for anyway.
constexpr std::array<std::string_view, 2> kOwnEnds{"the answer to its request",
                                                   "the end of its sleep"};
constexpr std::string_view kOwnRequest = "the answer of a device";
constexpr std::string_view kBarrier = "the barrier";

template <class Words>
bool is_one_of(std::string_view word, const Words& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_runners(const sim::Event& event) {
  return event.number == model::Write::kNoStatement;
}

/// "not met: it is intact" of an expectation that was not met; nothing for anything else.
std::string found_instead(const model::Breach& breach) {
  constexpr std::size_t kFewWords = 48;  // more stand in the text of the breach
  if (breach.found.empty()) return {};
  return breach.found.size() > kFewWords ? "not met" : "not met: " + breach.found;
}

}  // namespace

TimelineFibers::Fiber& TimelineFibers::fiber(const FiberName& name) {
  Fiber& found = fibers_[name.number];
  if (found.lane == Timeline::kNoLane && name.number != 0) found.lane = lanes_.of(name);
  return found;
}

Timeline::LaneIndex TimelineFibers::sender(const sim::Event& event, Timeline::Row row) {
  if (event.fiber.number == 0) return Timeline::kNoLane;
  Fiber& sending = fiber(event.fiber);
  begin_work(sending, event, row);
  return sending.lane;
}

void TimelineFibers::resumed(const sim::Event& event) {
  Fiber& going_on = fiber(event.fiber);
  running_ = event.fiber.number;
  if (going_on.wait) end_span(*going_on.wait, event, rows_.current(event));
  going_on.wait.reset();
}

void TimelineFibers::suspended(const sim::Event& event) {
  Fiber& leaving = fiber(event.fiber);
  running_ = 0;
  if (event.waits_for.empty() || is_one_of(event.waits_for, kRests)) {
    if (leaving.work) end_span(*leaving.work, event, rows_.current(event));
    leaving.work.reset();
    return;
  }
  if (waits_for_nothing_new(leaving, event.waits_for)) return;
  const Timeline::Row row = rows_.current(event);
  begin_work(leaving, event, row);
  std::string text = fmt::format("waits for {}", event.waits_for);
  if (event.holder.number != 0)
    text += fmt::format(", held by {}", lanes_.fiber_name(event.holder));
  leaving.wait = begin_span(Span::Kind::wait, leaving.lane, event, row, std::move(text));
  spans_.back().obvious = event.waits_for == kOwnRequest;
}

/// Of a client or the program itself: what its statement says already, or what lies between two.
bool TimelineFibers::waits_for_nothing_new(const Fiber& leaving, std::string_view waits_for) const {
  if (lanes_.kind(leaving.lane) == Lane::Kind::engine) return false;
  if (lanes_.is_program(leaving.lane) || is_one_of(waits_for, kOwnEnds)) return true;
  return leaving.deeds == 0 && waits_for != kBarrier;
}

void TimelineFibers::begin_work(Fiber& working, const sim::Event& event, Timeline::Row row) {
  if (working.work || lanes_.kind(working.lane) != Lane::Kind::engine) return;
  working.work =
      begin_span(Span::Kind::work, working.lane, event, row, lanes_.fiber_name(event.fiber));
}

std::size_t TimelineFibers::begin_span(Span::Kind kind, Timeline::LaneIndex lane,
                                       const sim::Event& event, Timeline::Row row,
                                       std::string text) {
  spans_.push_back({.kind = kind,
                    .lane = lane,
                    .fiber = event.fiber.number,
                    .first_row = row,
                    .last_row = row,
                    .from = event.at,
                    .to = event.at,
                    .text = std::move(text),
                    .open = true});
  return spans_.size() - 1;
}

void TimelineFibers::end_span(std::size_t index, const sim::Event& event, Timeline::Row row) {
  Span& span = spans_[index];
  span.last_row = row;
  span.to = event.at;
  span.open = false;
}

// Deeds ----------------------------------------------------------------------------------------

TimelineFibers::DeedKey TimelineFibers::key(const sim::Event& event) {
  if (!is_runners(event)) return {event.number};
  return {event.number, event.target.origin,
          event.target.snapshot ? 1 + std::uint64_t{*event.target.snapshot} : 0,
          event.range.first.value, 1 + std::uint64_t{event.snapshot}};
}

std::string TimelineFibers::deed_text(const sim::Event& event) const {
  if (!is_runners(event)) return to_string(scenario_.program[event.number], scenario_);
  if (event.statement == model::StatementKind::release)
    return fmt::format("release {} at the end", scenario_.snapshots[event.snapshot]);
  return fmt::format("read {} {} at the end", device_name(scenario_, event.target),
                     range_text(event.range));
}

void TimelineFibers::began(const sim::Event& event) {
  Fiber& doer = fiber(event.fiber);
  const std::size_t index =
      begin_span(Span::Kind::deed, doer.lane, event, rows_.add(event), deed_text(event));
  Span& span = spans_[index];
  if (is_runners(event)) {
    span.aside = event.statement == model::StatementKind::read;
  } else {
    const model::Statement& statement = scenario_.program[event.number];
    span.source_line = statement.line.number;
    span.aside = statement.background && is_request(statement.kind);
    if (statement.kind == model::StatementKind::take) lanes_.take(statement.snapshot);
  }
  if (!span.aside) ++doer.deeds;
  deeds_[key(event)] = {index, event.fiber.number};
}

void TimelineFibers::ended(const sim::Event& event) {
  const auto found = deeds_.find(key(event));
  if (found == deeds_.end()) return;
  const auto [index, doer] = found->second;
  deeds_.erase(found);
  end_span(index, event, rows_.joined_to(sim::Event::Kind::answered, event));
  Span& span = spans_[index];
  span.outcome = event.error;
  if (!span.aside) --fibers_[doer].deeds;
}

void TimelineFibers::breaks_with(const sim::Event& ended) {
  const auto found = deeds_.find(key(ended));
  if (found != deeds_.end()) spans_[found->second.span].breaking = true;
}

// The end --------------------------------------------------------------------------------------

void TimelineFibers::end(Timeline::Row last_row, Time now) {
  for (Span& span : spans_)
    if (span.open) span.last_row = last_row, span.to = now;
  std::erase_if(spans_, [](const Span& span) {
    return span.kind == Span::Kind::wait && !span.open && span.from == span.to &&
           span.first_row == span.last_row;
  });
}

/// The statement of its line. A run that an invariant ended, or that came to no end, has none: then
/// what the fiber that runs is about, or else what has waited longest for its end.
TimelineFibers::Span* TimelineFibers::showing(const model::Breach& breach) {
  const auto first = [&](auto&& shows) -> Span* {
    const auto found = std::find_if(spans_.begin(), spans_.end(), shows);
    return found == spans_.end() ? nullptr : &*found;
  };
  if (breach.line.number != 0)
    return first([&](const Span& span) { return span.source_line == breach.line.number; });
  const auto runs = std::find_if(spans_.rbegin(), spans_.rend(), [&](const Span& span) {
    return span.open && running_ != 0 && span.fiber == running_;
  });
  if (runs != spans_.rend()) return &*runs;
  return first([](const Span& span) { return span.open && span.kind == Span::Kind::deed; });
}

bool TimelineFibers::mark(const model::Breach& breach) {
  Span* const shows = showing(breach);
  if (shows == nullptr) return false;
  shows->breaking = true;
  shows->found = found_instead(breach);
  return true;
}

}  // namespace cowbell::replay
