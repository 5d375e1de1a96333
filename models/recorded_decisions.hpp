// SPDX-License-Identifier: Apache-2.0
// The choices that were made in one run, kept per concern so that taking one out of one concern
// does not shift the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace cowbell::model {

/// What a choice is about. `workload` makes a scenario and is never part of a recorded schedule.
enum class Concern : std::uint8_t { schedule, latency, effect_order, fault, workload, power };
inline constexpr unsigned kConcernCount = 6;

/// "schedule", "latency", "effect", "fault", "workload", "power"; static storage.
std::string_view concern_name(Concern concern);

/// A choice of 0 is always the plainest; a concern that has run out answers 0 for ever, so
/// trailing zeroes mean nothing and are dropped by `normalize`.
struct RecordedDecisions {
  std::array<std::vector<std::uint32_t>, kConcernCount> choices;

  std::vector<std::uint32_t>& of(Concern concern) {
    return choices[static_cast<unsigned>(concern)];
  }
  const std::vector<std::uint32_t>& of(Concern concern) const {
    return choices[static_cast<unsigned>(concern)];
  }
  void normalize();
  bool operator==(const RecordedDecisions&) const = default;
};

/// Choices of one text at most, over all concerns and repeats counted.
inline constexpr std::size_t kRecordedChoiceMaximum = 1'000'000;

/// One word: `schedule:0*12,2,1/latency:3`; `-` when there is no choice but zeroes. `workload` is
/// left out.
std::string to_string(const RecordedDecisions& decisions);

/// Where a text of decisions is wrong, in bytes from its start, and what would have been right.
struct DecisionsError {
  std::size_t offset = 0;
  std::string expected;
};

/// The inverse of `to_string`; takes any bytes. The value is normalized.
std::expected<RecordedDecisions, DecisionsError> parse_decisions(std::string_view text);

}  // namespace cowbell::model
