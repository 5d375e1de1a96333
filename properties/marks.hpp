// SPDX-License-Identifier: Apache-2.0
// Interesting things that happened in runs, counted. A mark that is never hit over many scenarios
// says that the generator has gone blind there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

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
  image_reads,     ///< answered without an error
  image_writes,    ///< the same, of any change of an image
  faults_injected,
  faults_on_origins,
  transfers_cut_short,  ///< of the faults injected; likewise those below
  transfers_of_nothing,
  writes_torn,
  writes_lost,
  writes_misdirected,
  bits_rotten,
  requests_to_gone_devices,
  growths_refused,
  allocations,  ///< of the engine
  allocations_refused,
  requests_stalled,  ///< and growths, until the heal
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
  blocks_undone,        ///< logical blocks of origins that lost their newest content in a power cut
  growths_during_take,  ///< of another snapshot's storage
  growths_tried_again,  ///< granted after the storage was refused one
  overflows_during_image_read,   ///< reads of images that were intact and fail with ENOSPC behind
                                 ///< them
  changes_in_flight_at_take,     ///< takes that begin while a device works on a change
  changes_held_by_take,          ///< or copied for another snapshot meanwhile
  changes_postponed_at_release,  ///< releases that begin while a change waits to be copied
  stores_in_flight_at_release,
  image_requests_cut_off,  ///< answered ENODEV
  waits_given_up,          ///< areas corrupted because memory did not come in time
  snapshots_side_by_side   ///< takes that succeed while another snapshot lives
};
inline constexpr std::size_t kMarkCount = 47;

/// "takes", "failed_takes" …; static storage.
std::string_view mark_name(Mark mark);

/// Every so many scenarios of the default exploration, from any seed on, hit the mark at least
/// once, with a wide margin: where it stays silent the generator or the engine has changed.
std::uint64_t mark_within(Mark mark);

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

/// The marks that so many scenarios should have hit and have not.
std::vector<Mark> silent_marks(const Marks& marks, std::uint64_t scenarios);

}  // namespace cowbell::properties
