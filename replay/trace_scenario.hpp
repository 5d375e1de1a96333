// SPDX-License-Identifier: Apache-2.0
// A trace becomes a scenario, so that the one runner plays it and the one checker judges it:
//
//   every touched block is written once (the prefill)   barrier
//   the requests, over several clients in turn, `take s` in their midst   barrier
//   the whole image is read, and what was touched of the origins   barrier
//   `expect intact`, as a take or a copy may fail and be excused   release s
//
// The take runs beside the requests that follow it, as many as there are clients or a sixteenth of
// all; then a barrier holds the rest back until it has returned. Without that a short trace would
// be over before the cut. The prefill makes what the snapshot has to preserve recognisable.
// Requests larger than `request_maximum` are played as several, one after the other, cut where it
// divides the device.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <variant>
#include <vector>

#include "core/params.hpp"
#include "models/scenario.hpp"
#include "replay/trace.hpp"

namespace cowbell::replay {

/// Where the snapshot is taken: after so many requests of the trace.
struct SnapshotPoint {
  std::variant<double, std::uint64_t> at = 50.0;  ///< percent of the requests, or their number
};

/// "50%", "12.5%" or "1000"; nothing for any other text, and for more than 100 %.
std::optional<SnapshotPoint> parse_snapshot_point(std::string_view text);

/// What a trace is played on.
struct TraceTarget {
  /// One for each device of the trace; a size of 0 stands for as large as the trace needs.
  struct Device {
    SectorCount size;
    ByteCount logical_block{kSectorSize};
  };
  std::vector<Device> devices;
  model::StorageSpec storage;
  Params params;
};

struct TracePlan {
  SnapshotPoint snapshot{};
  std::uint32_t clients = 32;
  SectorCount request_maximum{2048};  ///< a power of two
  bool verify_whole_image = true;     ///< false: only what the trace touches
};

/// The scenario, and which of its statements are the trace's.
struct TraceScenario {
  model::Scenario scenario;
  std::size_t traffic_begin = 0;  ///< into Scenario::program: the first statement after the prefill
  std::size_t traffic_end = 0;    ///< one past the last before the verification
  std::uint64_t requests = 0;     ///< among them: all but the take and the barrier
  std::uint64_t snapshot_after = 0;  ///< requests of the trace before the take
};

/// More statements than this are refused.
inline constexpr std::size_t kTraceStatementMaximum = std::size_t{1} << 24;

/// Errors, one sentence each: no requests, a device too small, requests that are not whole logical
/// blocks, a snapshot point past the end, more statements than there may be.
std::expected<TraceScenario, std::string> make_trace_scenario(const Trace& trace,
                                                              const TraceTarget& target,
                                                              const TracePlan& plan);

}  // namespace cowbell::replay
