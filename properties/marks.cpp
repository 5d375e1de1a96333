// SPDX-License-Identifier: Apache-2.0
#include "properties/marks.hpp"

namespace cowbell::properties {
namespace {

struct Row {
  std::string_view name;
  std::uint64_t within;
};

constexpr std::array<Row, kMarkCount> kRows{{
    {"takes", 1'000},
    {"failed_takes", 1'000},
    {"releases", 1'000},
    {"chunks_preserved", 1'000},
    {"corrupted_areas", 1'000},
    {"overflows", 1'000},
    {"low_space_events", 1'000},
    {"nowait_refused", 1'000},
    {"image_reads", 1'000},
    {"image_writes", 1'000},
    {"faults_injected", 1'000},
    {"faults_on_origins", 1'000},
    {"transfers_cut_short", 3'000},
    {"transfers_of_nothing", 3'000},
    {"writes_torn", 10'000},
    {"writes_lost", 30'000},
    {"writes_misdirected", 30'000},
    {"bits_rotten", 10'000},
    {"requests_to_gone_devices", 3'000},
    {"growths_refused", 3'000},
    {"allocations", 1'000},
    {"allocations_refused", 3'000},
    {"requests_stalled", 1'000},
    {"storage_grown", 1'000},
    {"origin_reads", 1'000},
    {"origin_writes", 1'000},
    {"storage_reads", 1'000},
    {"storage_writes", 1'000},
    {"flushes", 1'000},
    {"discards", 1'000},
    {"growths", 1'000},
    {"device_storages", 1'000},
    {"resizes", 3'000},
    {"change_maps", 1'000},
    {"inexact_change_maps", 3'000},
    {"power_cuts", 1'000},
    {"blocks_undone", 1'000},
    {"growths_during_take", 1'000},
    {"growths_tried_again", 30'000},
    {"overflows_during_image_read", 10'000},
    {"changes_in_flight_at_take", 1'000},
    {"changes_held_by_take", 1'000},
    {"changes_postponed_at_release", 3'000},
    {"stores_in_flight_at_release", 3'000},
    {"image_requests_cut_off", 1'000},
    {"waits_given_up", 30'000},
    {"snapshots_side_by_side", 1'000},
}};

constexpr const Row& row(Mark mark) {
  return kRows[static_cast<std::size_t>(mark)];
}

}  // namespace

std::string_view mark_name(Mark mark) {
  return row(mark).name;
}

std::uint64_t mark_within(Mark mark) {
  return row(mark).within;
}

std::vector<Mark> silent_marks(const Marks& marks, std::uint64_t scenarios) {
  std::vector<Mark> silent;
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    const auto mark = static_cast<Mark>(i);
    if (marks[mark] == 0 && scenarios >= mark_within(mark)) silent.push_back(mark);
  }
  return silent;
}

}  // namespace cowbell::properties
