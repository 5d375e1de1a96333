// SPDX-License-Identifier: Apache-2.0
// What is in a trace, counted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "replay/trace.hpp"

namespace cowbell::replay {

/// Exact sizes of requests, by rank; all 0 if there are none.
struct SizePercentiles {
  ByteCount least{}, p50{}, p90{}, p99{}, most{};
};

struct OperationSummary {
  std::uint64_t requests = 0;
  ByteCount bytes{};
  std::uint64_t fua = 0;
  std::uint64_t preflush = 0;
  SizePercentiles sizes{};
  ByteCount footprint{};  ///< distinct sectors touched, in bytes
};

struct DeviceSummary {
  std::string name;
  std::uint64_t requests = 0;
  ByteCount lowest{};     ///< where the first touched sector begins
  ByteCount end{};        ///< where the last one ends: the least size of a device that fits
  ByteCount footprint{};  ///< distinct sectors touched, in bytes
};

struct TraceSummary {
  TraceFormat format{};
  std::uint64_t requests = 0;
  std::optional<Time> span{};  ///< first to last request; nothing where the trace keeps no times
  std::array<OperationSummary, kOperationCount> operations{};  ///< by Operation
  std::vector<DeviceSummary> devices{};
  ByteCount footprint{};
  /// Requests with sectors by size: element i counts sizes from 2^i up to 2^(i+1) - 1 bytes.
  std::array<std::uint64_t, 64> size_histogram{};
  std::uint64_t rounded = 0;  ///< requests that are not whole sectors
  /// The largest power of two that divides where all requests, in sectors, begin and end: the
  /// largest logical block that the trace can be played on. 0 if no request has sectors.
  ByteCount alignment{};
  std::optional<std::uint64_t> depth_maximum{};
  std::vector<Skipped> skipped{};

  const OperationSummary& of(Operation operation) const {
    return operations[static_cast<unsigned>(operation)];
  }
};

TraceSummary summarize(const Trace& trace);

}  // namespace cowbell::replay
