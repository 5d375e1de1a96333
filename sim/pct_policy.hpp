// SPDX-License-Identifier: Apache-2.0
// Priorities with d change points: finds a bug of depth d with a probability that is known.
// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
// guarantees of finding bugs", ASPLOS 2010. How long a run will be is not known beforehand, so the
// span over which the change points lie is drawn as well.
#pragma once

#include <vector>

#include "sim/decisions.hpp"
#include "sim/policy.hpp"

namespace cowbell::sim {

class PctPolicy final : public Policy {
 public:
  /// `decisions` is borrowed.
  explicit PctPolicy(Decisions& decisions) : decisions_(decisions) {}

  /// Holds from the next `begin`.
  void set_change_points(std::uint32_t count) { change_point_count_ = count; }

  void begin() override;
  bool overtakes(std::span<const ReadyFiber> ready) override;
  std::size_t choose(std::span<const ReadyFiber> ready) override;

 private:
  std::uint32_t priority(std::uint32_t fiber);
  std::size_t highest(std::span<const ReadyFiber> ready);

  Decisions& decisions_;
  std::uint32_t change_point_count_ = 0;
  std::vector<std::uint32_t> change_points_;  // numbers of choices, ascending
  std::size_t change_points_passed_ = 0;
  std::uint32_t choices_ = 0;
  std::vector<std::uint32_t> priorities_;  // by fiber number; 0 for not yet given
};

}  // namespace cowbell::sim
