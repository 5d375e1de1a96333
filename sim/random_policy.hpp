// SPDX-License-Identifier: Apache-2.0
// Each ready fiber with the same probability.
#pragma once

#include "sim/decisions.hpp"
#include "sim/policy.hpp"

namespace cowbell::sim {

/// One in so many picks lets a timer overtake.
inline constexpr std::uint32_t kOvertakesOneIn = 8;

class RandomPolicy final : public Policy {
 public:
  /// `decisions` is borrowed.
  explicit RandomPolicy(Decisions& decisions) : decisions_(decisions) {}

  void begin() override {}
  bool overtakes(std::span<const ReadyFiber>) override {
    return decisions_.one_in(model::Concern::schedule, kOvertakesOneIn);
  }
  std::size_t choose(std::span<const ReadyFiber> ready) override {
    return decisions_.draw(model::Concern::schedule, static_cast<std::uint32_t>(ready.size()));
  }

 private:
  Decisions& decisions_;
};

}  // namespace cowbell::sim
