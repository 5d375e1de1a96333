// SPDX-License-Identifier: Apache-2.0
// The rows of a timeline as it is made: one for each event that a person wants to see, and one for
// two where the second is nothing but the first seen from another lane.
#pragma once

#include "replay/timeline.hpp"

namespace cowbell::replay {

class TimelineRows {
 public:
  explicit TimelineRows(std::vector<Time>& rows) : rows_(rows) {}

  Timeline::Row add(const sim::Event& event) {
    rows_.push_back(event.at);
    made_by_ = &event;
    return rows_.size() - 1;
  }

  /// The last one; the first if there was none.
  Timeline::Row current(const sim::Event& event) {
    return rows_.empty() ? add(event) : rows_.size() - 1;
  }

  /// The last one, if an event of `kind`, on the same fiber and at the same time, came last; else a
  /// new one.
  Timeline::Row joined_to(sim::Event::Kind kind, const sim::Event& event) {
    const bool joins = made_by_ != nullptr && made_by_->kind == kind && made_by_->at == event.at &&
                       made_by_->fiber.number == event.fiber.number;
    return joins ? current(event) : add(event);
  }

  /// `event` joins the last one.
  Timeline::Row join(const sim::Event& event) {
    const Timeline::Row row = current(event);
    made_by_ = &event;
    return row;
  }

 private:
  std::vector<Time>& rows_;
  const sim::Event* made_by_ = nullptr;  // or joined last
};

}  // namespace cowbell::replay
