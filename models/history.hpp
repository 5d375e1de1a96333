// SPDX-License-Identifier: Apache-2.0
// What was done in a run, kept only when a failing run is repeated to explain it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/request.hpp"

namespace cowbell::model {

struct HistoryEvent {
  enum class Kind : std::uint8_t {
    invoked,
    took_effect,
    answered,
    take_invoked,
    take_answered,
    release_invoked,
    release_answered,
    resized,  ///< of `origin`, to the end of `range`
    power_cut,
    power_restored
  } kind;
  Moment at = 0;
  Operation operation = Operation::read;
  OriginIndex origin = 0;
  std::uint64_t origins = 0;  ///< of a take or release: the members
  std::uint32_t cut = 0;      ///< 0 for the origin itself
  SectorRange range;
  Version version = kInitial;
  std::uint32_t statement = Write::kNoStatement;
  Errc outcome = Errc::none;
  bool flushes = false;  ///< of a request: FLUSH or PREFLUSH
};

class History {
 public:
  void begin(bool record) {
    record_ = record;
    power_cuts_ = false;
    events_.clear();
  }
  bool on() const { return record_; }
  void add(const HistoryEvent& event) {
    power_cuts_ |= event.kind == HistoryEvent::Kind::power_cut;
    events_.push_back(event);
  }

  struct Place {
    OriginIndex origin;
    SectorRange range;
  };
  /// Everything that touched one of `places` of an origin or of its images, oldest first, one a
  /// line, and the takes and releases that hold the origin; once the power was cut, what flushed
  /// the origin as well.
  std::string of(const Scenario& scenario, std::span<const Place> places) const;

 private:
  bool touches(const HistoryEvent& event, Place place) const;

  bool record_ = false;
  bool power_cuts_ = false;
  std::vector<HistoryEvent> events_;
};

/// A statement of the scenario as its line, or what stands for one of the runner's own.
std::string statement_text(const Scenario& scenario, std::uint32_t statement);

}  // namespace cowbell::model
