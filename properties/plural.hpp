// SPDX-License-Identifier: Apache-2.0
// Counts in sentences for people.
#pragma once

#include <cstdint>
#include <string_view>

namespace cowbell::properties {

/// What a word gets that stands behind `count`: "1 run", "2 runs".
constexpr std::string_view plural(std::uint64_t count) {
  return count == 1 ? "" : "s";
}

}  // namespace cowbell::properties
