// SPDX-License-Identifier: Apache-2.0
// A recorded trace as a value: what was asked of which device, when, in the order of time.
// Whatever reads a format makes one of these; whatever uses a trace starts from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bio.hpp"
#include "core/clock.hpp"

namespace cowbell::replay {

enum class TraceFormat : std::uint8_t { fio_iolog_2, fio_iolog_3, blkparse_text };

/// "fio iolog version 2", "fio iolog version 3", "blkparse text"; static storage.
std::string_view format_name(TraceFormat format);

/// One request as it was submitted. Sizes are what the trace says, which need not be whole sectors.
struct TraceRequest {
  Time time{};  ///< since the trace began
  Operation operation = Operation::read;
  BioFlags flags{};          ///< FUA and PREFLUSH; of requests that change data only
  ByteCount offset{};        ///< 0 for a flush
  ByteCount length{};        ///< 0 for a flush, and for nothing else
  std::uint32_t device = 0;  ///< into Trace::devices
  bool operator==(const TraceRequest&) const = default;

  /// The smallest range of sectors that holds the request.
  SectorRange sectors() const;
  /// True if the request is not a whole number of sectors, so that `sectors` is more.
  bool rounded() const;
};

/// Entries of the file that are no requests to play, by reason.
struct Skipped {
  std::string why;
  std::uint64_t count = 0;
  bool operator==(const Skipped&) const = default;
};

struct Trace {
  TraceFormat format = TraceFormat::fio_iolog_3;
  std::vector<std::string> devices;    ///< as the trace names them, in the order of first mention
  std::vector<TraceRequest> requests;  ///< by time; what has one time stays in the file's order
  std::vector<Skipped> skipped;        ///< in the order of first mention
  bool timed = true;                   ///< false where the format keeps no times
  /// Most requests with data that were issued and not yet answered at one moment, all devices
  /// together; nothing where the format does not tell.
  std::optional<std::uint64_t> depth_maximum;

  /// The index of the device of that name, new if there is none yet.
  std::uint32_t device_index(std::string_view name);
  void skip(std::string_view why);
  /// Sorts by time, stably: recorders write events of several processors out of order.
  void sort_by_time();
};

/// No request may end past this: the largest file offset.
inline constexpr std::uint64_t kTraceOffsetMaximum = (std::uint64_t{1} << 63) - 1;
/// No read or write may carry more: the kernel's own limit is below 4 GiB.
inline constexpr std::uint64_t kTraceDataMaximum = std::uint64_t{1} << 32;
/// No trace may have more devices: as many as a scenario can hold.
inline constexpr std::size_t kTraceDeviceMaximum = 64;

/// What is wrong with a request, as what was expected; empty if nothing is.
std::string_view check_trace_request(const TraceRequest& request);

}  // namespace cowbell::replay
