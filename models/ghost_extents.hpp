// SPDX-License-Identifier: Apache-2.0
// What a difference storage has been granted, what is on its way to it, and what lies in it:
// counted beside the engine, from what the world announces (S10, S11).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bio.hpp"
#include "core/clock.hpp"
#include "models/scenario.hpp"

namespace cowbell::model {

/// An extent that holds a chunk of an origin.
struct LiveExtent {
  OriginIndex origin;
  SectorRange image;    ///< the sectors of the chunk
  SectorRange storage;  ///< where it lies
};

class GhostStorage {
 public:
  /// A storage that has just been made.
  void begin(const StorageSpec& spec);

  void granted(SectorCount capacity) { granted_ = capacity; }
  SectorCount granted() const { return granted_; }

  /// What may be given out: what is granted, and of that no more than the limit.
  SectorCount room() const;

  /// A request has reached the storage. False if it reaches past `room()`.
  bool submitted(const Bio& bio, Time now);
  void answered(const Bio& bio, Time now) { ended(&bio, now); }
  /// A growth counts as a request.
  void growth_began(Time now) { open_.push_back({nullptr, now}); }
  void growth_ended(Time now) { ended(nullptr, now); }
  std::size_t open_requests() const { return open_.size(); }
  /// The longest that a request has taken, or has been open by `now`.
  Time longest(Time now) const;

  /// The storage said that a request succeeded and lied about what it did.
  void lied(SectorRange range) { lies_.push_back(range); }
  bool has_lied() const { return !lies_.empty(); }
  bool lied_about(SectorRange range) const;

  /// Looks at all live extents at once: pairwise disjoint, inside granted capacity, and that
  /// inside the limit. What is wrong, in words; nothing if all is well. Reorders `extents`.
  std::optional<std::string> check(std::vector<LiveExtent>& extents) const;

  /// True if an extent of `size` had to be refused at some time, growth having failed by then if
  /// `growth_failed`. What has been given out is counted by what was ever written.
  bool could_overflow(SectorCount size, bool growth_failed) const;

 private:
  struct Open {
    const Bio* bio;  ///< null for a growth
    Time since;
  };
  void add_written(SectorRange range);
  SectorCount filled() const;

  void ended(const Bio* bio, Time now);

  const StorageSpec* spec_ = nullptr;
  SectorCount granted_;
  std::vector<SectorRange> written_;  ///< ascending, neither overlapping nor adjacent
  std::vector<Open> open_;
  Time longest_{};
  std::vector<SectorRange> lies_;
};

}  // namespace cowbell::model
