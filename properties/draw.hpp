// SPDX-License-Identifier: Apache-2.0
// What the generator asks of decisions, all from the workload's stream.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/decisions.hpp"

namespace cowbell::properties {

class Draw {
 public:
  explicit Draw(sim::Decisions& decisions) : decisions_(decisions) {}

  /// In [0, bound); the plainest is 0.
  std::uint32_t below(std::uint64_t bound) {
    return decisions_.draw(model::Concern::workload, static_cast<std::uint32_t>(bound));
  }

  /// In [low, high]; the plainest is `low`.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }

  /// The rare thing; the plainest is false.
  bool one_in(std::uint32_t n) { return decisions_.one_in(model::Concern::workload, n); }

  /// About evenly over powers of two, in [1, 2^bits]; the plainest is 1.
  std::uint64_t log_uniform(unsigned bits) {
    const std::uint64_t top = std::uint64_t{1} << below(bits + 1);
    return top - below(top / 2 + 1);
  }

  /// One of `items`; the plainest is the first.
  template <class T, std::size_t N>
  T any_of(const std::array<T, N>& items) {
    return items[below(N)];
  }

  /// A place in `weights`, whose sum is not 0; the plainest is the first that has a weight.
  template <std::size_t N>
  std::size_t weighted(const std::array<std::uint32_t, N>& weights) {
    std::uint32_t sum = 0;
    for (const std::uint32_t weight : weights) sum += weight;
    std::uint32_t left = below(sum);
    std::size_t place = 0;
    while (left >= weights[place]) left -= weights[place++];
    return place;
  }

 private:
  sim::Decisions& decisions_;
};

}  // namespace cowbell::properties
