// SPDX-License-Identifier: Apache-2.0
// Disks on a clock that a test moves by hand, without any fiber.
#pragma once

#include "sim/devices.hpp"
#include "tests/sim/one_request.hpp"
#include "tests/sim/recording_listener.hpp"

namespace cowbell::sim {

struct DiskBench {
  static constexpr std::uint64_t kSectors = 1024;
  static constexpr model::DeviceId kOrigin{model::DeviceId::Kind::origin, 0};

  DiskBench() {
    surroundings.listener = &listener;
    log.restart(&kept);
    start({});
  }

  /// An empty device of `kSectors`, under these lines.
  void start(std::vector<model::DeviceFault> fault_lines,
             std::vector<model::LatencySpec> latency_lines = {}, ByteCount logical_block = {512}) {
    lines = std::move(fault_lines);
    latency_specs = std::move(latency_lines);
    faults.restart(lines, 1);
    latencies.restart(latency_specs);
    device.disk().restart(kOrigin, {.capacity = {kSectors}, .logical_block = logical_block}, true);
  }

  /// What the disk is to decide; nothing: the plainest.
  void decide(std::vector<std::uint32_t> effect_order, std::vector<std::uint32_t> fault = {}) {
    model::RecordedDecisions given;
    given.of(model::Concern::effect_order) = std::move(effect_order);
    given.of(model::Concern::fault) = std::move(fault);
    decisions.replay(given);
  }

  /// Lets time pass up to and including `until`.
  void pass(Time until) {
    struct Stop : Timer {
      bool reached = false;
    } stop;
    stop.expire = [](Timer& timer) noexcept { static_cast<Stop&>(timer).reached = true; };
    clock.arm(stop, until);
    while (!stop.reached) {
      clock.advance();
      clock.expire_next();
    }
  }

  /// Lets time pass until nothing is due any more.
  void settle() {
    while (!clock.idle()) {
      clock.advance();
      while (clock.due()) clock.expire_next();
    }
  }

  /// Does a request at once and returns what a caller would see.
  Errc outcome(OneRequest& request) {
    request.submit_to(device);
    settle();
    return request.bio.outcome();
  }
  Errc outcome(Operation operation, std::uint64_t first, std::uint64_t count) {
    OneRequest request(operation, first, count);
    return outcome(request);
  }

  /// The fill of each sector, as letters; `.` for zero. Plain decisions from now on.
  std::string content(std::uint64_t first, std::uint64_t count) {
    decide({});
    OneRequest read(Operation::read, first, count, '?');
    read.submit_to(device);
    settle();
    std::string seen;
    for (std::uint64_t i = 0; i < count; ++i)
      seen += read.byte_of(i) == 0 ? '.' : static_cast<char>(read.byte_of(i));
    return seen;
  }

  VirtualClock clock;
  KeptEvents kept;
  EventLog log{clock};
  Decisions decisions;
  FaultOverlay faults;
  Latencies latencies;
  SectorPages pages;
  DiskRequests requests;
  RecordingListener listener;
  DiskSurroundings surroundings{clock, decisions, faults, latencies, log, pages, requests};
  OriginDevice device{surroundings};
  std::vector<model::DeviceFault> lines;
  std::vector<model::LatencySpec> latency_specs;
};

}  // namespace cowbell::sim
