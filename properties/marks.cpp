// SPDX-License-Identifier: Apache-2.0
#include "properties/marks.hpp"

namespace cowbell::properties {
namespace {

constexpr std::array<std::string_view, kMarkCount> kNames{"takes",
                                                          "failed_takes",
                                                          "releases",
                                                          "chunks_preserved",
                                                          "corrupted_areas",
                                                          "overflows",
                                                          "low_space_events",
                                                          "nowait_refused",
                                                          "faults_injected",
                                                          "allocations",
                                                          "allocations_refused",
                                                          "storage_grown",
                                                          "origin_reads",
                                                          "origin_writes",
                                                          "storage_reads",
                                                          "storage_writes",
                                                          "flushes",
                                                          "discards",
                                                          "growths",
                                                          "device_storages",
                                                          "resizes",
                                                          "change_maps",
                                                          "inexact_change_maps",
                                                          "power_cuts",
                                                          "blocks_undone"};

}  // namespace

std::string_view mark_name(Mark mark) {
  return kNames[static_cast<std::size_t>(mark)];
}

}  // namespace cowbell::properties
