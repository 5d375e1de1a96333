// SPDX-License-Identifier: Apache-2.0
// Every ready fiber, one run after the other: what the exhaustive search says.
#pragma once

#include "sim/decisions.hpp"
#include "sim/exhaustive_source.hpp"
#include "sim/policy.hpp"

namespace cowbell::sim {

class ExhaustivePolicy final : public Policy {
 public:
  /// `decisions`, which ask the source, are borrowed.
  explicit ExhaustivePolicy(Decisions& decisions) : decisions_(decisions) {}

  /// Holds from the next `begin`; borrowed.
  void set_source(ExhaustiveSource& source) { source_ = &source; }

  void begin() override {}
  bool overtakes(std::span<const ReadyFiber> ready) override {
    source_->asked(ready, true);
    return decisions_.draw(model::Concern::schedule, 2) != 0;
  }
  std::size_t choose(std::span<const ReadyFiber> ready) override {
    source_->asked(ready, false);
    return decisions_.draw(model::Concern::schedule, static_cast<std::uint32_t>(ready.size()));
  }

 private:
  Decisions& decisions_;
  ExhaustiveSource* source_ = nullptr;
};

}  // namespace cowbell::sim
