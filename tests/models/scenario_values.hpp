// SPDX-License-Identifier: Apache-2.0
// Valid scenario values made by hand from a seed, without the parser and without a world: they
// cover every statement, option, fault and latency of the language, and its extreme numbers.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario.hpp"

namespace cowbell::model {

/// What RapidCheck prints of a case that failed. Found by name lookup.
void showValue(const Scenario& scenario, std::ostream& out);

namespace testing {

/// Numbers from a seed, the same everywhere.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t any();
  /// From `lowest` to `highest`; often one of the two, often small.
  std::uint64_t from(std::uint64_t lowest, std::uint64_t highest);
  std::size_t index(std::size_t count) { return any() % count; }
  bool one_in(std::uint64_t n) { return any() % n == 0; }
  std::string name();

  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[index(choices.size())];
  }

 private:
  std::uint64_t state_;
};

Scenario make_scenario(std::uint64_t seed);

/// `text` with a few words, bytes or lines of it changed.
std::string spoil(std::string text, std::uint64_t seed);

/// `text` without its n-th word, counted over all lines and around the end.
std::string without_word(std::string_view text, std::uint64_t n);

}  // namespace testing
}  // namespace cowbell::model
