// SPDX-License-Identifier: Apache-2.0
// Interesting things that happened in runs, counted. A mark that is never hit over many scenarios
// says that the generator has gone blind there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cowbell::properties {

enum class Mark : std::uint8_t {
  takes,  ///< that succeeded
  failed_takes,
  releases,  ///< that succeeded
  chunks_preserved,
  corrupted_areas,
  overflows,
  low_space_events,
  nowait_refused,  ///< requests to origins and images answered EAGAIN
  faults_injected,
  allocations,  ///< of the engine
  allocations_refused,
  storage_grown,  ///< beyond what it was made with
  origin_reads,   ///< requests that reached the origins, the engine's loads among them
  origin_writes,
  storage_reads,
  storage_writes,
  flushes,  ///< that reached any device; likewise the two below
  discards,
  growths,
  device_storages,  ///< takes that succeeded over a block device as storage
  resizes,
  change_maps,          ///< asked for when a snapshot was released, or by an expectation
  inexact_change_maps,  ///< the same, answered that they are not exact
  power_cuts,
  blocks_undone  ///< logical blocks of origins that lost their newest content in a power cut
};
inline constexpr std::size_t kMarkCount = 25;

/// "takes", "failed_takes" …; static storage.
std::string_view mark_name(Mark mark);

class Marks {
 public:
  void add(Mark mark, std::uint64_t times = 1) { counts_[static_cast<std::size_t>(mark)] += times; }
  std::uint64_t operator[](Mark mark) const { return counts_[static_cast<std::size_t>(mark)]; }
  Marks& operator+=(const Marks& other) {
    for (std::size_t i = 0; i < kMarkCount; ++i) counts_[i] += other.counts_[i];
    return *this;
  }

 private:
  std::array<std::uint64_t, kMarkCount> counts_{};
};

}  // namespace cowbell::properties
