// SPDX-License-Identifier: Apache-2.0
#include "replay/html_layout.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace cowbell::replay {
namespace {

using Row = Timeline::Row;
using Span = Timeline::Span;

constexpr int kStepHeight = 10;  // more, where time has moved
constexpr int kGap = 14;         // between lanes, for arrows to be seen
constexpr int kMargin = 6;       // between slots

/// The slots of one lane.
class Slots {
 public:
  /// The first that is free from `first`; taken until after `last`.
  std::size_t take(Row first, Row last) {
    std::size_t slot = 0;
    while (slot < until_.size() && until_[slot] > first) ++slot;
    if (slot == until_.size()) until_.push_back(0);
    until_[slot] = last + 1;
    return slot;
  }
  std::size_t count() const { return std::max<std::size_t>(until_.size(), 1); }

 private:
  std::vector<Row> until_;
};

}  // namespace

DiagramLayout::DiagramLayout(const Timeline& timeline, std::size_t rows_maximum)
    : timeline_(timeline) {
  if (timeline.rows.size() > rows_maximum) first_ = timeline.rows.size() - rows_maximum;
  place_rows();
  place_slots();
  for (std::size_t lane = 0; lane < timeline.lanes.size(); ++lane) {
    lefts_.push_back(width_);
    width_ += lane_width(lane);
  }
}

void DiagramLayout::place_rows() {
  for (Row row = first_; row < timeline_.rows.size(); ++row) {
    if (row != first_ && timeline_.rows[row] != timeline_.rows[row - 1]) height_ += kStepHeight;
    tops_.push_back(height_);
    height_ += kRowHeight;
  }
  height_ += kRowHeight;
}

void DiagramLayout::place_slots() {
  struct Item {
    Row first, last;
    Timeline::LaneIndex lane;
    std::size_t* slot;
    std::size_t order;
  };
  std::vector<Item> items;
  const auto add = [&](Row first, Row last, Timeline::LaneIndex lane, std::size_t& slot) {
    if (drawn(last) && lane != Timeline::kNoLane)
      items.push_back({first, last, lane, &slot, items.size()});
  };
  span_slots_.resize(timeline_.spans.size());
  request_slots_.resize(timeline_.requests.size());
  note_slots_.resize(timeline_.notes.size());
  const std::vector<bool> alone = waits_alone();
  for (std::size_t i = 0; i < timeline_.spans.size(); ++i)
    if (const Span& span = timeline_.spans[i]; span.kind != Span::Kind::wait)
      add(span.first_row, span.last_row, span.lane, span_slots_[i]);
    else if (alone[i])  // drawn below the row in which what came before it ends
      add(span.first_row + 1, span.last_row, span.lane, span_slots_[i]);
  for (std::size_t i = 0; i < timeline_.requests.size(); ++i) {
    const auto& request = timeline_.requests[i];
    add(request.first_row, request.last_row, request.device, request_slots_[i]);
  }
  for (std::size_t i = 0; i < timeline_.notes.size(); ++i) {
    const auto& note = timeline_.notes[i];
    add(note.row, note.row, note.lane, note_slots_[i]);
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::pair(a.first, a.order) < std::pair(b.first, b.order);
  });
  std::vector<Slots> slots(timeline_.lanes.size());
  for (const Item& item : items) *item.slot = slots[item.lane].take(item.first, item.last);
  for (const Slots& of_lane : slots) slots_.push_back(of_lane.count());
  place_waits_within();
}

/// Which waits stand by themselves: their fiber is about nothing else.
std::vector<bool> DiagramLayout::waits_alone() const {
  std::vector<bool> alone(timeline_.spans.size());
  std::map<std::uint32_t, Row> busy_until;  // by fiber
  for (std::size_t i = 0; i < timeline_.spans.size(); ++i) {
    const Span& span = timeline_.spans[i];
    Row& until = busy_until[span.fiber];
    if (span.kind == Span::Kind::wait)
      alone[i] = until <= span.first_row;
    else if (!span.aside)
      until = span.last_row;
  }
  return alone;
}

void DiagramLayout::place_waits_within() {
  const std::vector<bool> alone = waits_alone();
  std::map<std::uint32_t, std::size_t> busy;  // the slot of what each fiber is about
  for (std::size_t i = 0; i < timeline_.spans.size(); ++i) {
    const Span& span = timeline_.spans[i];
    if (span.kind != Span::Kind::wait) {
      if (!span.aside) busy[span.fiber] = span_slots_[i];
    } else if (!alone[i]) {
      span_slots_[i] = busy[span.fiber];
    }
  }
}

/// Narrower where there are several.
int DiagramLayout::slot_width(Timeline::LaneIndex lane) const {
  using enum Timeline::Lane::Kind;
  switch (timeline_.lanes[lane].kind) {
    case client:
      return slots_[lane] == 1 ? 150 : 106;
    case engine:
      return slots_[lane] == 1 ? 100 : 62;
    case origin:
    case storage:
      return slots_[lane] == 1 ? 132 : 112;
  }
  return 0;
}

int DiagramLayout::lane_width(Timeline::LaneIndex lane) const {
  return static_cast<int>(slots_[lane]) * slot_width(lane) + kGap;
}

int DiagramLayout::left(Timeline::LaneIndex lane, std::size_t slot) const {
  return lefts_[lane] + kGap / 2 + static_cast<int>(slot) * slot_width(lane);
}

int DiagramLayout::bar_width(Timeline::LaneIndex lane) const {
  return slot_width(lane) - kMargin;
}

}  // namespace cowbell::replay
