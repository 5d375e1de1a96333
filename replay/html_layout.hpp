// SPDX-License-Identifier: Apache-2.0
// Where everything of a timeline stands in its sequence diagram. All figures are pixels.
#pragma once

#include <algorithm>
#include <vector>

#include "replay/timeline.hpp"

namespace cowbell::replay {

inline constexpr int kTimeWidth = 92;  ///< to the left of all lanes
inline constexpr int kRowHeight = 22;

/// Lanes are divided into slots, for what goes on side by side in them.
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
  void place_rows();
  void place_slots();
  void place_waits_within();
  std::vector<bool> waits_alone() const;
  int slot_width(Timeline::LaneIndex lane) const;

  const Timeline& timeline_;
  Timeline::Row first_ = 0;
  int width_ = kTimeWidth;
  int height_ = 8;
  std::vector<int> tops_;           // of rows
  std::vector<int> lefts_;          // of lanes
  std::vector<std::size_t> slots_;  // how many each lane has
  std::vector<std::size_t> span_slots_;
  std::vector<std::size_t> request_slots_;
  std::vector<std::size_t> note_slots_;
};

}  // namespace cowbell::replay
