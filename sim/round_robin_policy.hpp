// SPDX-License-Identifier: Apache-2.0
// First ready, first served; nothing is drawn.
#pragma once

#include "sim/decisions.hpp"
#include "sim/policy.hpp"

namespace cowbell::sim {

class RoundRobinPolicy final : public Policy {
 public:
  /// `decisions` is borrowed, for the record alone.
  explicit RoundRobinPolicy(Decisions& decisions) : decisions_(decisions) {}

  void begin() override {}
  bool overtakes(std::span<const ReadyFiber>) override {
    decisions_.note(model::Concern::schedule, 0);
    return false;
  }
  std::size_t choose(std::span<const ReadyFiber>) override {
    decisions_.note(model::Concern::schedule, 0);
    return 0;
  }

 private:
  Decisions& decisions_;
};

}  // namespace cowbell::sim
