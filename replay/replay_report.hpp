// SPDX-License-Identifier: Apache-2.0
// What `cowbell replay` prints in the end.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/verdict.hpp"
#include "replay/exit_code.hpp"
#include "replay/trace.hpp"
#include "replay/traffic_recorder.hpp"

namespace cowbell::replay {

struct ReplayReport {
  struct Origin {
    std::string device;  ///< as the trace names it
    std::string path;    ///< empty in simulation
    ByteCount size;
  };

  std::string trace;  ///< its path
  TraceFormat format{};
  std::uint64_t trace_requests = 0;
  std::uint64_t rounded = 0;         ///< of them, those that were not whole sectors
  std::uint64_t requests = 0;        ///< played: large ones count once for each of their pieces
  std::uint64_t snapshot_after = 0;  ///< requests of the trace
  std::vector<Origin> origins;
  const TrafficFigures* traffic = nullptr;  ///< borrowed; null in simulation, which has no speed
  model::Counts counts;
  std::optional<model::Breach> breach;
  bool ended_by_itself = true;  ///< the run, not its process by a crash
  /// The first error that a device answered by itself.
  std::optional<std::string> environment_error;
  std::string command;  ///< the line that repeats it

  /// No rule broke, yet the snapshot could not be taken or kept: the scenario of a trace demands
  /// nothing else beyond the rules.
  bool not_kept() const { return breach && !breach->rule && ended_by_itself; }
  /// "held", "broke", or "not kept".
  std::string_view verdict() const;
  ExitCode code() const;
};

/// For people; ends in a newline. A breach comes last, with its history and the command.
std::string replay_report_text(const ReplayReport& report);

/// For machines: times in microseconds, sizes in bytes. Keys: `trace`, `format`, `origins`,
/// `trace_requests`, `requests`, `rounded`, `snapshot_after`, `seconds`, `iops`,
/// `bytes_per_second`, `latencies` by operation, and those of `add_counts` and `add_verdict`, where
/// `verdict` may also be "not kept". What a simulated run cannot tell is null.
nlohmann::ordered_json replay_report_json(const ReplayReport& report);

}  // namespace cowbell::replay
