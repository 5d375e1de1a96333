// SPDX-License-Identifier: Apache-2.0
// Repeats the choices that another policy has left, whatever its rule; behind them the plainest.
#pragma once

#include "sim/decisions.hpp"
#include "sim/policy.hpp"

namespace cowbell::sim {

class RecordedPolicy final : public Policy {
 public:
  /// `decisions`, which replay the record, are borrowed.
  explicit RecordedPolicy(Decisions& decisions) : decisions_(decisions) {}

  void begin() override {}
  bool overtakes(std::span<const ReadyFiber>) override {
    return decisions_.draw(model::Concern::schedule, 2) != 0;
  }
  std::size_t choose(std::span<const ReadyFiber> ready) override {
    return decisions_.draw(model::Concern::schedule, static_cast<std::uint32_t>(ready.size()));
  }

 private:
  Decisions& decisions_;
};

}  // namespace cowbell::sim
