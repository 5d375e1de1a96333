// SPDX-License-Identifier: Apache-2.0
// Which names of snapshots a generated program may use where, as far as its text fixes the order of
// what happens.
#pragma once

#include <array>

#include "models/scenario.hpp"

namespace cowbell::properties {

/// When something happened: nothing more is fixed by the text.
struct TextMoment {
  std::uint32_t client = 0;
  std::uint32_t epoch = 0;  ///< barriers above
  bool background = false;

  /// True if the text makes sure that this has been answered when `client` comes to `now`.
  bool surely_before(std::uint32_t client_now, std::uint32_t epoch_now) const {
    return epoch < epoch_now || (client == client_now && !background);
  }
};

/// A name is in use from the take to the release, both in the order of the text.
struct SnapshotName {
  bool in_use = false;
  bool ever_taken = false;
  std::uint64_t origins = 0;  ///< of the last take, a bit each
  TextMoment taken;
  TextMoment released;
};

/// Few, so that they are used again.
inline constexpr model::SnapshotIndex kSnapshotNameCount = 4;

class SnapshotNames {
 public:
  SnapshotName& operator[](model::SnapshotIndex name) { return names_[name]; }

  /// Names, in ascending order.
  struct Choice {
    std::array<model::SnapshotIndex, kSnapshotNameCount> names{};
    std::size_t count = 0;
  };
  /// Those of which `fits` is true.
  template <class Fits>
  Choice that(Fits fits) const {
    Choice choice;
    for (model::SnapshotIndex i = 0; i < kSnapshotNameCount; ++i)
      if (fits(names_[i])) choice.names[choice.count++] = i;
    return choice;
  }

 private:
  std::array<SnapshotName, kSnapshotNameCount> names_;
};

}  // namespace cowbell::properties
