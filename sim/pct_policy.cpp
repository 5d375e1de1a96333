// SPDX-License-Identifier: Apache-2.0
#include "sim/pct_policy.hpp"

#include <algorithm>

#include "sim/random_policy.hpp"

namespace cowbell::sim {
namespace {

constexpr std::uint32_t kSpanShiftMinimum = 4;  // 16 choices …
constexpr std::uint32_t kSpanShiftCount = 12;   // … to 32,768
constexpr std::uint32_t kHighPriorities = std::uint32_t{1} << 30;

}  // namespace

void PctPolicy::begin() {
  const std::uint32_t shift =
      decisions_.draw_unrecorded(model::Concern::schedule, kSpanShiftCount) + kSpanShiftMinimum;
  change_points_.clear();
  for (std::uint32_t i = 0; i < change_point_count_; ++i)
    change_points_.push_back(
        decisions_.draw_unrecorded(model::Concern::schedule, std::uint32_t{1} << shift));
  std::sort(change_points_.begin(), change_points_.end());
  change_points_passed_ = 0;
  choices_ = 0;
  priorities_.clear();
}

bool PctPolicy::overtakes(std::span<const ReadyFiber>) {
  return decisions_.one_in(model::Concern::schedule, kOvertakesOneIn);
}

std::uint32_t PctPolicy::priority(std::uint32_t fiber) {
  if (fiber >= priorities_.size()) priorities_.resize(fiber + 1);
  if (priorities_[fiber] == 0)
    priorities_[fiber] = 1 + change_point_count_ +
                         decisions_.draw_unrecorded(model::Concern::schedule, kHighPriorities);
  return priorities_[fiber];
}

std::size_t PctPolicy::highest(std::span<const ReadyFiber> ready) {
  std::size_t best = 0;
  std::uint32_t best_priority = 0;
  for (std::size_t i = 0; i < ready.size(); ++i) {
    const std::uint32_t candidate = priority(ready[i].number);
    if (candidate > best_priority) {
      best = i;
      best_priority = candidate;
    }
  }
  return best;
}

std::size_t PctPolicy::choose(std::span<const ReadyFiber> ready) {
  std::size_t chosen = highest(ready);
  while (change_points_passed_ < change_points_.size() &&
         change_points_[change_points_passed_] <= choices_) {
    // Below every priority given so far, later change points lower still.
    priorities_[ready[chosen].number] =
        change_point_count_ - static_cast<std::uint32_t>(change_points_passed_);
    ++change_points_passed_;
    chosen = highest(ready);
  }
  ++choices_;
  decisions_.note(model::Concern::schedule, static_cast<std::uint32_t>(chosen));
  return chosen;
}

}  // namespace cowbell::sim
