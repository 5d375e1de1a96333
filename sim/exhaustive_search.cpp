// SPDX-License-Identifier: Apache-2.0
#include "sim/exhaustive_search.hpp"

#include "core/invariant.hpp"

namespace cowbell::sim {

std::uint32_t ExhaustiveSearch::choose(std::uint32_t count, std::uint32_t cost, bool relevant) {
  COWBELL_INVARIANT(S13, count > 1);
  if (depth_ == path_.size()) {
    std::uint32_t spent = 0;
    if (!path_.empty()) {
      const Point& last = path_.back();
      spent = last.spent + (last.choice == 0 ? 0 : last.cost);
    }
    path_.push_back({count, cost, 0, spent, relevant});
  }
  Point& point = path_[depth_++];
  // What differs here is a run that something else than its choices decides.
  COWBELL_INVARIANT(S13, point.count == count && point.cost == cost);
  point.relevant |= relevant;
  return point.choice;
}

bool ExhaustiveSearch::next() {
  COWBELL_INVARIANT(S13, depth_ == path_.size());
  for (; !path_.empty(); path_.pop_back()) {
    Point& point = path_.back();
    const std::uint32_t left = point.count - 1 - point.choice;
    if (left == 0) continue;
    if (!point.relevant) {
      pruned_ += left;
    } else if (point.spent + point.cost > cost_maximum_) {
      bounded_ += left;
    } else {
      ++point.choice;
      return true;
    }
  }
  return false;
}

}  // namespace cowbell::sim
