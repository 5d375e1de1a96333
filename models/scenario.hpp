// SPDX-License-Identifier: Apache-2.0
// A scenario is a value: devices, parameters, faults, the schedule, and a program for several
// clients. Whatever produces one and whatever runs one meet here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/bio.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/event_queue.hpp"
#include "core/params.hpp"
#include "core/units.hpp"
#include "models/recorded_decisions.hpp"

namespace cowbell::model {

/// Where a statement stands in its file; 0 for one that came from no file. Not part of the value.
struct SourceLine {
  std::uint32_t number = 0;
  bool operator==(const SourceLine&) const { return true; }
};

using OriginIndex = std::uint32_t;    ///< into Scenario::origins
using SnapshotIndex = std::uint32_t;  ///< into Scenario::snapshots

// The world ------------------------------------------------------------------------------------

enum class Profile : std::uint8_t { none, nvme, ssd, hdd, network };

struct OriginSpec {
  std::string name;
  SectorCount size;
  ByteCount logical_block{512};
  ByteCount minimum_io{512};
  Profile profile = Profile::none;
  SourceLine line;
  bool operator==(const OriginSpec&) const = default;
};

enum class StorageKind : std::uint8_t { file, device };

/// Every snapshot has a storage of its own, made anew at its take.
struct StorageSpec {
  StorageKind kind = StorageKind::file;
  SectorCount size;
  ByteCount logical_block{512};  ///< of the simulated one; a real one has its own
  std::optional<SectorCount> limit;
  std::optional<SectorCount> minimum;  ///< overrides diff_storage_minimum; only for a file
  Profile profile = Profile::none;
  SourceLine line;
  bool operator==(const StorageSpec&) const = default;
};

/// The devices that a fault or a latency is attached to.
struct Site {
  enum class Kind : std::uint8_t { origin, storage, any } kind = Kind::any;
  OriginIndex origin = 0;  ///< meaningful for Kind::origin
  bool operator==(const Site&) const = default;
};

/// The kinds that faults and latencies tell apart. Write includes zeroes.
enum class RequestKind : std::uint8_t { read, write, flush, discard, grow };
inline constexpr unsigned kRequestKindCount = 5;

constexpr RequestKind request_kind(Operation operation) {
  switch (operation) {
    case Operation::read: return RequestKind::read;
    case Operation::write:
    case Operation::write_zeroes: return RequestKind::write;
    case Operation::discard: return RequestKind::discard;
    case Operation::flush: return RequestKind::flush;
  }
  return RequestKind::read;
}

enum class FaultEffect : std::uint8_t {
  error, short_transfer, zero_transfer, torn, lost, misdirected, rot, gone
};
inline constexpr std::size_t kFaultEffectCount = 8;

struct NthRequest {
  std::uint64_t nth;  ///< from 1, over the requests of this site and kind
  bool operator==(const NthRequest&) const = default;
};
struct TouchesRange {
  SectorRange range;
  bool operator==(const TouchesRange&) const = default;
};
struct OneIn {
  std::uint64_t n;  ///< each with probability 1/n
  bool operator==(const OneIn&) const = default;
};

struct DeviceFault {
  Site site;
  RequestKind kind;
  std::variant<NthRequest, TouchesRange, OneIn> trigger;
  FaultEffect effect = FaultEffect::error;
  Errc error = Errc::io;  ///< meaningful for FaultEffect::error
  bool sticky = false;    ///< only with NthRequest: that one and all later
  SourceLine line;
  bool operator==(const DeviceFault&) const = default;
};

struct MemoryFault {
  std::uint64_t nth;  ///< from 1, over the allocations of the engine
  bool sticky = false;
  SourceLine line;
  bool operator==(const MemoryFault&) const = default;
};

struct LatencySpec {
  Site site;
  RequestKind kind;
  Time low{};
  Time high{};         ///< equal to `low` for a fixed latency
  bool stall = false;  ///< no answer until healed; low and high are 0
  SourceLine line;
  bool operator==(const LatencySpec&) const = default;
};

enum class SchedulerKind : std::uint8_t { random, pct, round_robin, recorded };

struct ScheduleSpec {
  SchedulerKind kind = SchedulerKind::round_robin;
  std::uint32_t change_points = 0;  ///< for pct
  std::uint64_t seed = 0;           ///< of every concern; 0 for recorded
  RecordedDecisions recorded;       ///< for recorded
  SourceLine line;
  bool operator==(const ScheduleSpec&) const = default;
};

// The program ----------------------------------------------------------------------------------

enum class StatementKind : std::uint8_t {
  write, read, zero, discard, flush,                            // requests
  take, release,                                                // snapshots
  sleep, wait, barrier,                                         // time and order
  heal, power_cut, resize, dirty,                               // the world, marks by hand
  expect_corrupted, expect_intact, expect_event, expect_changed,  // expectations
  expect_filled, expect_capacity, expect_memory
};

constexpr bool is_request(StatementKind kind) { return kind <= StatementKind::flush; }

/// An origin, or its image in a snapshot.
struct DeviceRef {
  OriginIndex origin = 0;
  std::optional<SnapshotIndex> snapshot;
  bool is_image() const { return snapshot.has_value(); }
  bool operator==(const DeviceRef&) const = default;
};

/// How a statement may end.
struct Demand {
  enum class Kind : std::uint8_t {
    succeed,  ///< fails only where it is excused
    fail,     ///< `! ERR`: must fail with `error`
    may_fail  ///< `?`
  } kind = Kind::succeed;
  Errc error = Errc::none;
  bool operator==(const Demand&) const = default;
};

/// The right side of `expect changed`.
struct ChangedRanges {
  bool unknown = false;
  std::vector<SectorRange> ranges;
  bool operator==(const ChangedRanges&) const = default;
};

/// One statement. Fields that its kind does not use keep their defaults.
struct Statement {
  StatementKind kind = StatementKind::barrier;
  std::uint32_t client = 0;
  bool background = false;
  DeviceRef device;               ///< requests, resize, dirty, expect corrupted/intact/changed
  SectorRange range;              ///< requests, dirty; `resize`: the new size as its count
  std::optional<std::uint8_t> fill;  ///< `= BYTE`; a write without is stamped
  BioFlags flags;
  std::uint32_t segments = 1;
  SnapshotIndex snapshot = 0;     ///< take, release, expect filled/capacity with `of`
  std::uint64_t taken_origins = 0;  ///< take: bit i for origin i; 0 for all of them
  Time duration{};                ///< sleep
  Demand demand;                  ///< requests, take, release
  Errc cause = Errc::none;        ///< expect corrupted
  EventKind event{};              ///< expect event
  std::uint64_t value = 0;        ///< expect filled, capacity, memory: bytes
  bool of_snapshot = false;       ///< expect filled/capacity: `snapshot` was named
  SnapshotIndex changed_from = 0, changed_to = 0;
  ChangedRanges changed;
  SourceLine line;
  bool operator==(const Statement&) const = default;
};

/// At most kOriginMaximum origins, so that a set of them is a word.
inline constexpr std::size_t kOriginMaximum = 64;

struct Scenario {
  Params params;
  std::vector<OriginSpec> origins;
  StorageSpec storage;
  std::vector<DeviceFault> faults;  ///< several match: the first wins
  std::vector<MemoryFault> memory_faults;
  std::vector<LatencySpec> latencies;  ///< several match: the first wins
  ScheduleSpec schedule;
  std::vector<std::string> snapshots;  ///< names, in the order of their first mention
  std::vector<Statement> program;
  bool operator==(const Scenario&) const = default;
};

}  // namespace cowbell::model
