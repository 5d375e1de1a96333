// SPDX-License-Identifier: Apache-2.0
#include "replay/html_layout.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "replay/wrapped_text.hpp"

namespace cowbell::replay {
namespace {

using Row = Timeline::Row;
using Span = Timeline::Span;

constexpr int kStepHeight = 10;   // more, where time has moved
constexpr int kGap = 14;          // between lanes, for arrows to be seen
constexpr int kMargin = 6;        // between slots
constexpr int kWindow = 1430;     // of a window of usual width, what the diagram has of it
constexpr int kNarrow = 80;       // below, a word does not fit
constexpr int kWordWidth = 92;    // of a slot in which "background" or "allocation" fits
constexpr int kStuckWidth = 124;  // of a slot with a wait that explains a deadlock

// Of labels, as the style has them.
constexpr int kLineHeight = 15;
constexpr int kAroundText = 5;
constexpr int kBesideText = 14;
constexpr int kLetterWidthTenths = 67;

/// In letters.
std::size_t room(int bar_width) {
  return static_cast<std::size_t>(std::max(1, (bar_width - kBesideText) * 10 / kLetterWidthTenths));
}

/// Of a label with an outcome at its lower right, which may share the last line.
int label_height(std::string_view text, std::string_view outcome, int bar_width) {
  const std::size_t width = room(bar_width);
  const std::vector<std::string> lines = wrapped(text, width);
  std::size_t count = lines.size();
  if (!outcome.empty() && width_of(lines.back()) + 1 + width_of(outcome) > width)
    count += wrapped(outcome, width).size();
  return static_cast<int>(count) * kLineHeight + kAroundText;
}

/// The slots of one lane.
class Slots {
 public:
  /// Takes the first slot for what breaks, before anything else is placed.
  std::size_t take_foremost(Row first, Row last) {
    foremost_ = {first, last};
    return 0;
  }

  /// The first that is free from `first`; taken until after `last`.
  std::size_t take(Row first, Row last) {
    std::size_t slot = foremost_ && first <= foremost_->second && foremost_->first <= last ? 1 : 0;
    if (slot == 1 && until_.empty()) until_.push_back(0);
    while (slot < until_.size() && until_[slot] > first) ++slot;
    if (slot == until_.size()) until_.push_back(0);
    until_[slot] = last + 1;
    return slot;
  }
  std::size_t count() const { return std::max<std::size_t>(until_.size(), 1); }

 private:
  std::vector<Row> until_;
  std::optional<std::pair<Row, Row>> foremost_;
};

}  // namespace

std::string request_label(const Timeline::Request& request) {
  return request.text + (request.fault.empty() ? "" : ' ' + request.fault);
}

std::string_view wait_label(const Timeline::Span& wait) {
  return std::string_view(wait.text).substr(std::string_view("waits ").size());
}

DiagramLayout::DiagramLayout(const Timeline& timeline, std::size_t rows_maximum)
    : timeline_(timeline), engine_width_(timeline.lanes.size()) {
  if (timeline.rows.size() > rows_maximum) first_ = timeline.rows.size() - rows_maximum;
  for (const auto& note : timeline.notes)
    if (note.lane != Timeline::kNoLane) engine_width_[note.lane] = kWordWidth;
  for (const Span& span : timeline.spans)
    if (span.kind == Span::Kind::wait && span.open && !span.obvious)
      engine_width_[span.lane] = kStuckWidth;
  place_slots();
  choose_widths();
  place_lanes();
  place_rows();
}

/// What the check at the end does at length stands behind the devices and does not count.
void DiagramLayout::choose_widths() {
  for (const int percent : {100, 85, 70, 60}) {
    percent_ = percent;
    int width = kTimeWidth;
    int devices_end = 0;
    for (std::size_t lane = 0; lane < timeline_.lanes.size(); ++lane) {
      width += lane_width(lane);
      if (timeline_.lanes[lane].kind >= Timeline::Lane::Kind::origin) devices_end = width;
    }
    if (devices_end <= kWindow) return;
  }
}

void DiagramLayout::place_lanes() {
  for (std::size_t lane = 0; lane < timeline_.lanes.size(); ++lane) {
    lefts_.push_back(width_);
    width_ += lane_width(lane);
  }
}

void DiagramLayout::place_rows() {
  std::vector<Label> labels = this->labels();
  std::sort(labels.begin(), labels.end(),
            [](const Label& a, const Label& b) { return a.last < b.last; });
  auto label = labels.begin();
  for (Row row = first_; row < timeline_.rows.size(); ++row) {
    if (row != first_ && timeline_.rows[row] != timeline_.rows[row - 1]) height_ += kStepHeight;
    tops_.push_back(height_);
    int height = kRowHeight;
    for (; label != labels.end() && label->last == row; ++label)
      height = std::max(height, label->height + 2 - (height_ - top(label->first)));
    heights_.push_back(height);
    height_ += height;
  }
  height_ += kRowHeight;
}

/// Of what must be read; the rest is told where the pointer rests on it.
std::vector<DiagramLayout::Label> DiagramLayout::labels() const {
  std::vector<Label> labels;
  const auto add = [&](Row first, Row last, int height) {
    if (drawn(last)) labels.push_back({first, last, height});
  };
  for (const Span& span : timeline_.spans) {
    const int width = span_width(span);
    if (span.kind == Span::Kind::deed)
      add(span.first_row, span.last_row, label_height(span.text, outcome_text(span), width));
    else if (span.kind == Span::Kind::wait && !span.obvious && !narrow(span))
      add(first_row(span), span.last_row, label_height(wait_label(span), "", width));
  }
  for (const auto& request : timeline_.requests)
    add(request.first_row, request.last_row,
        label_height(request_label(request), outcome_text(request), bar_width(request.device)));
  for (const auto& note : timeline_.notes)
    if (note.lane != Timeline::kNoLane)
      add(note.row, note.row,
          label_height("◆ " + note.text, "", bar_width(note.lane)) + kAroundText);
  return labels;
}

Timeline::Row DiagramLayout::first_row(const Span& span) const {
  const bool within = span.kind == Span::Kind::wait && span.last_row > span.first_row;
  return within ? span.first_row + 1 : span.first_row;
}

int DiagramLayout::span_width(const Span& span) const {
  const int inset = span.kind == Span::Kind::wait ? kWaitInset + kWaitInset / 2 : 0;
  return bar_width(span.lane) - inset;
}

bool DiagramLayout::narrow(const Span& wait) const {
  return bar_width(wait.lane) < kNarrow;
}

void DiagramLayout::place_slots() {
  struct Item {
    bool foremost;
    Row first, last;
    Timeline::LaneIndex lane;
    std::size_t* slot;
    std::size_t order;
  };
  std::vector<Item> items;
  const auto add = [&](Row first, Row last, Timeline::LaneIndex lane, std::size_t& slot,
                       bool foremost = false) {
    if (drawn(last) && lane != Timeline::kNoLane)
      items.push_back({foremost, first, last, lane, &slot, items.size()});
  };
  span_slots_.resize(timeline_.spans.size());
  request_slots_.resize(timeline_.requests.size());
  note_slots_.resize(timeline_.notes.size());
  const std::vector<bool> alone = waits_alone();
  for (std::size_t i = 0; i < timeline_.spans.size(); ++i)
    if (const Span& span = timeline_.spans[i]; span.kind != Span::Kind::wait)
      add(span.first_row, span.last_row, span.lane, span_slots_[i], span.breaking);
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
    return std::tuple(!a.foremost, a.first, a.order) < std::tuple(!b.foremost, b.first, b.order);
  });
  std::vector<Slots> slots(timeline_.lanes.size());
  for (const Item& item : items) {
    Slots& of_lane = slots[item.lane];
    *item.slot = item.foremost ? of_lane.take_foremost(item.first, item.last)
                               : of_lane.take(item.first, item.last);
  }
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
  const auto width = [&](int alone, int of_several) {
    return (slots_[lane] == 1 ? alone : of_several) * percent_ / 100;
  };
  switch (timeline_.lanes[lane].kind) {
    case client:
      return std::max(width(150, 106), kWordWidth);
    case engine:
      return std::max(engine_width_[lane], width(100, 62));
    case origin:
    case storage:
      return width(132, 112);
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
