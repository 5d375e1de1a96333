// SPDX-License-Identifier: Apache-2.0
// Where everything of a timeline stands in its sequence diagram. All figures are pixels.
#pragma once

#include <algorithm>
#include <vector>

#include "replay/timeline.hpp"

namespace cowbell::replay {

inline constexpr int kTimeWidth = 92;  ///< to the left of all lanes
inline constexpr int kRowHeight = 22;

inline constexpr int kWaitInset = 10;  ///< from the left; half of that from the right

/// What a request says of itself, without marks.
std::string request_label(const Timeline::Request& request);
/// What a wait is for: a bar says by its look that it waits.
std::string_view wait_label(const Timeline::Span& wait);

/// Lanes are divided into slots, for what goes on side by side in them; what breaks is in the
/// first. Lanes become narrower where devices would not fit into a window of usual width. A row is
/// as high as the labels of what ends in it need.
class DiagramLayout {
 public:
  /// Of the last `rows_maximum` rows; `timeline` is borrowed.
  DiagramLayout(const Timeline& timeline, std::size_t rows_maximum);

  /// The first row that is drawn.
  Timeline::Row first() const { return first_; }
  /// True for what ends in a row that is drawn.
  bool drawn(Timeline::Row last) const { return last >= first_ && !timeline_.rows.empty(); }

  int width() const { return width_; }
  int height() const { return height_; }
  int top(Timeline::Row row) const { return tops_[std::max(row, first_) - first_]; }
  int middle(Timeline::Row row) const { return top(row) + kRowHeight / 2; }

  int lane_width(Timeline::LaneIndex lane) const;
  /// The left edge of what stands in a slot of a lane, and how wide it is.
  int left(Timeline::LaneIndex lane, std::size_t slot) const;
  int bar_width(Timeline::LaneIndex lane) const;
  /// The height of a bar. Labels fit in it, but for waits that have ended in narrow lanes.
  int bar_height(Timeline::Row first, Timeline::Row last) const {
    return top(last) - top(first) + row_height(last) - 2;
  }
  int row_height(Timeline::Row row) const { return heights_[std::max(row, first_) - first_]; }

  /// Bars of waits are inset in what they are in, and leave the first row to it.
  Timeline::Row first_row(const Timeline::Span& span) const;
  int span_width(const Timeline::Span& span) const;
  /// Too narrow for words from left to right.
  bool narrow(const Timeline::Span& wait) const;

  /// The left edges of items of the timeline.
  int span_left(std::size_t span) const {
    return left(timeline_.spans[span].lane, span_slots_[span]);
  }
  int request_left(std::size_t request) const {
    return left(timeline_.requests[request].device, request_slots_[request]);
  }
  int note_left(std::size_t note) const {
    return left(timeline_.notes[note].lane, note_slots_[note]);
  }

 private:
  struct Label {
    Timeline::Row first, last;  // of its bar
    int height;                 // that it needs
  };

  void place_slots();
  void choose_widths();
  void place_lanes();
  void place_rows();
  std::vector<Label> labels() const;
  void place_waits_within();
  std::vector<bool> waits_alone() const;
  int slot_width(Timeline::LaneIndex lane) const;

  const Timeline& timeline_;
  Timeline::Row first_ = 0;
  int width_ = kTimeWidth;
  int height_ = 8;
  int percent_ = 100;               // of the widths of slots
  std::vector<int> tops_;           // of rows
  std::vector<int> heights_;        // of rows
  std::vector<int> lefts_;          // of lanes
  std::vector<std::size_t> slots_;  // how many each lane has
  std::vector<int> engine_width_;   // the least of a slot, for its words
  std::vector<std::size_t> span_slots_;
  std::vector<std::size_t> request_slots_;
  std::vector<std::size_t> note_slots_;
};

}  // namespace cowbell::replay
