// SPDX-License-Identifier: Apache-2.0
// How quick the kinds of disks are that a scenario names: figures of one product of each kind, as
// its maker gives them, and marked as assumptions where it does not. LANGUAGE.md has the table and
// the sources.
//
// A profile says how long a request takes that meets an idle device; it knows no queue.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.hpp"
#include "models/scenario.hpp"

namespace cowbell::model {

struct ServiceTime {
  /// Between these lies what most requests take, evenly, so that their mean is the figure.
  Time low{};
  Time high{};
  /// For one that begins where the one before it ended; none if that makes no difference.
  std::optional<Time> following;
  /// What one request in `kRareOneIn` takes instead; 0 for none.
  Time rare{};
  /// Data whose transfer is part of these times; what goes beyond adds its own.
  ByteCount included{};
  std::uint64_t bytes_per_second = 0;

  static constexpr std::uint32_t kRareOneIn = 1'000;
};

/// Assumed for all: a flush, a discard and a growth take as long as a write that carries nothing.
struct DiskProfile {
  ServiceTime read;
  ServiceTime write;
};

/// Null for `Profile::none`; static storage.
const DiskProfile* disk_profile(Profile profile);

}  // namespace cowbell::model
