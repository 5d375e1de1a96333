// SPDX-License-Identifier: Apache-2.0
// Two runs of one scenario, compared event by event (S13).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "sim/event.hpp"

namespace cowbell::properties {

/// Where two runs part. At least one of the two goes on.
struct Difference {
  std::uint64_t index = 0;          ///< of the event, from 0; all before it are the same
  std::optional<sim::Event> first;  ///< none where the run had ended
  std::optional<sim::Event> second;
};

/// Compares the events that it is given with those of an earlier run, which are borrowed.
class Comparison final : public sim::EventSink {
 public:
  explicit Comparison(std::span<const sim::Event> earlier) : earlier_(earlier) {}
  void add(const sim::Event& event) override;

  /// Once the run has ended: nothing if it went like the earlier one.
  std::optional<Difference> difference() const;

 private:
  const std::span<const sim::Event> earlier_;
  std::uint64_t next_ = 0;
  std::optional<Difference> found_;
};

/// Two lines, with index, time and fiber.
std::string describe(const Difference& difference);

/// `index`, and `first` and `second` with `time_ns`, `fiber`, `fiber_number` and `event`, or null
/// where the run had ended. Null if there is no difference.
nlohmann::ordered_json to_json(const std::optional<Difference>& difference);

}  // namespace cowbell::properties
