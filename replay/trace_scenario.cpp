// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "replay/range_union.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

using model::Statement;
using model::StatementKind;

/// A device that is as large as the trace needs is a whole number of these.
constexpr std::uint64_t kSizeGrain = std::uint64_t{1} << (20 - kSectorShift);

/// One in so many requests runs beside the take, if that is more than there are clients.
constexpr std::uint64_t kBesideTakeShare = 16;

constexpr std::uint64_t kTooMany = kTraceStatementMaximum + 1;

StatementKind statement_kind(Operation operation) {
  switch (operation) {
    case Operation::read:
      return StatementKind::read;
    case Operation::write:
      return StatementKind::write;
    case Operation::write_zeroes:
      return StatementKind::zero;
    case Operation::discard:
      return StatementKind::discard;
    case Operation::flush:
      return StatementKind::flush;
  }
  return StatementKind::flush;
}

/// "A" … "Z", then "A1" and so on: names of the scenario language, whatever the trace calls them.
std::string origin_name(std::size_t index) {
  std::string name(1, static_cast<char>('A' + index % 26));
  return index < 26 ? name : name + std::to_string(index / 26);
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

SectorRange whole_blocks(SectorRange range, ByteCount block) {
  const std::uint64_t unit = to_sectors(block).value;
  const Sector first{range.first.value / unit * unit};
  return {first, Sector{round_up(range.end().value, unit)} - first};
}

class Maker {
 public:
  Maker(const Trace& trace, const TraceTarget& target, const TracePlan& plan)
      : trace_(trace), target_(target), plan_(plan) {}

  std::expected<TraceScenario, std::string> make() {
    if (trace_.requests.empty()) return std::unexpected("the trace holds no request to play");
    if (auto point = find_snapshot_point(); !point.empty()) return std::unexpected(point);
    find_touched();
    if (auto wrong = make_origins(); !wrong.empty()) return std::unexpected(wrong);
    if (auto wrong = check_requests(); !wrong.empty()) return std::unexpected(wrong);
    if (auto wrong = count_statements(); !wrong.empty()) return std::unexpected(wrong);
    made_.scenario.params = target_.params;
    made_.scenario.storage = target_.storage;
    made_.scenario.snapshots = {"s"};
    prefill();
    traffic();
    verify();
    return std::move(made_);
  }

 private:
  std::string find_snapshot_point() {
    const std::uint64_t requests = trace_.requests.size();
    if (const auto* number = std::get_if<std::uint64_t>(&plan_.snapshot.at)) {
      if (*number > requests) {
        return fmt::format("the snapshot is to be taken after {} requests, the trace holds {}",
                           *number, requests);
      }
      made_.snapshot_after = *number;
    } else {
      const double percent = std::get<double>(plan_.snapshot.at);
      made_.snapshot_after =
          static_cast<std::uint64_t>(std::floor(static_cast<double>(requests) * percent / 100.0));
    }
    return {};
  }

  void find_touched() {
    touched_.resize(trace_.devices.size());
    for (const TraceRequest& request : trace_.requests) {
      touched_[request.device].push_back(
          whole_blocks(request.sectors(), target_.devices[request.device].logical_block));
    }
    for (auto& ranges : touched_) ranges = range_union(std::move(ranges));
  }

  std::string make_origins() {
    for (std::size_t i = 0; i < trace_.devices.size(); ++i) {
      const TraceTarget::Device& device = target_.devices[i];
      const Sector end = touched_[i].empty() ? Sector{} : touched_[i].back().end();
      model::OriginSpec origin;
      origin.name = origin_name(i);
      origin.logical_block = device.logical_block;
      origin.minimum_io = device.logical_block;
      origin.size = device.size;
      if (origin.size.value == 0) {
        origin.size = {std::max(kSizeGrain, round_up(end.value, kSizeGrain))};
      } else if (Sector{} + origin.size < end) {
        return fmt::format("device {} of the trace reaches to byte {}, the origin has {} bytes",
                           trace_.devices[i], byte_offset(end).value, to_bytes(origin.size).value);
      }
      made_.scenario.origins.push_back(std::move(origin));
    }
    return {};
  }

  std::string check_requests() const {
    for (std::size_t i = 0; i < trace_.requests.size(); ++i) {
      const TraceRequest& request = trace_.requests[i];
      const ByteCount block = target_.devices[request.device].logical_block;
      if (whole_blocks(request.sectors(), block) != request.sectors()) {
        return fmt::format(
            "request {} of the trace ({} of {} at byte {}) is not whole logical blocks of the "
            "origin, which are {}",
            i + 1, operation_name(request.operation), format_bytes(request.length),
            request.offset.value, format_bytes(block));
      }
    }
    return {};
  }

  /// Before anything is made, so that a hostile trace costs no memory.
  std::string count_statements() const {
    const std::uint64_t unit = plan_.request_maximum.value;
    std::uint64_t count = trace_.requests.size();
    const auto add = [&](SectorCount length, std::uint64_t ranges) {
      count = std::min(count + length.value / unit + 2 * ranges, kTooMany);
    };
    for (const TraceRequest& request : trace_.requests) add(request.sectors().count, 1);
    for (std::size_t i = 0; i < touched_.size(); ++i) {
      const SectorCount touched = total(touched_[i]);
      add(touched, touched_[i].size());  // prefill
      add(touched, touched_[i].size());  // reads of the origin
      if (plan_.verify_whole_image) {
        add(made_.scenario.origins[i].size, 1);
      } else {
        add(touched, touched_[i].size());
      }
    }
    if (count < kTooMany) return {};
    return fmt::format("the trace would make more than the {} statements that are played",
                       kTraceStatementMaximum);
  }

  void prefill() {
    for (model::OriginIndex origin = 0; origin < touched_.size(); ++origin) {
      for (const SectorRange& range : touched_[origin]) {
        for_each_piece(range, [&](SectorRange piece) {
          add(StatementKind::write, {.origin = origin, .snapshot = {}}, piece, next_client());
        });
      }
    }
    barrier();
  }

  void traffic() {
    const std::uint64_t requests = trace_.requests.size();
    const std::uint64_t beside_take =
        std::max<std::uint64_t>(plan_.clients, requests / kBesideTakeShare);
    made_.traffic_begin = program().size();
    for (std::uint64_t i = 0; i < requests; ++i) {
      if (i == made_.snapshot_after) take();
      if (i == made_.snapshot_after + beside_take) barrier();
      play(trace_.requests[i]);
    }
    if (made_.snapshot_after == requests) take();
    made_.traffic_end = program().size();
    made_.requests = static_cast<std::uint64_t>(std::count_if(
        program().begin() + static_cast<std::ptrdiff_t>(made_.traffic_begin), program().end(),
        [](const Statement& statement) { return is_request(statement.kind); }));
    barrier();
  }

  void play(const TraceRequest& request) {
    const std::uint32_t client = next_client();
    const model::DeviceRef device{.origin = request.device, .snapshot = {}};
    const StatementKind kind = statement_kind(request.operation);
    if (request.operation == Operation::flush) {
      add(kind, device, {}, client);
      return;
    }
    BioFlags flags = request.flags;
    for_each_piece(request.sectors(), [&](SectorRange piece) {
      add(kind, device, piece, client).flags = flags;
      flags.preflush = false;  // once is enough: it is about what was answered before
    });
  }

  void verify() {
    for (model::OriginIndex origin = 0; origin < touched_.size(); ++origin) {
      const SectorRange whole{{}, made_.scenario.origins[origin].size};
      const auto image_ranges =
          plan_.verify_whole_image ? std::vector<SectorRange>{whole} : touched_[origin];
      read_all({.origin = origin, .snapshot = 0}, image_ranges);
      read_all({.origin = origin, .snapshot = {}}, touched_[origin]);
    }
    barrier();
    for (model::OriginIndex origin = 0; origin < touched_.size(); ++origin) {
      add(StatementKind::expect_intact, {.origin = origin, .snapshot = 0}, {}, 0);
    }
    program().emplace_back().kind = StatementKind::release;
  }

  void read_all(model::DeviceRef device, const std::vector<SectorRange>& ranges) {
    for (const SectorRange& range : ranges) {
      for_each_piece(range, [&](SectorRange piece) {
        add(StatementKind::read, device, piece, next_client());
      });
    }
  }

  template <class Visit>
  void for_each_piece(SectorRange range, Visit visit) const {
    if (range.count <= plan_.request_maximum) {
      visit(range);
      return;
    }
    const std::uint64_t unit = plan_.request_maximum.value;
    while (!range.empty()) {
      const std::uint64_t room = unit - range.first.value % unit;
      const SectorRange piece{range.first, {std::min(room, range.count.value)}};
      visit(piece);
      range = {piece.end(), range.count - piece.count};
    }
  }

  void take() {
    Statement& statement = program().emplace_back();
    statement.kind = StatementKind::take;
    statement.client = next_client();
  }

  Statement& add(StatementKind kind, model::DeviceRef device, SectorRange range,
                 std::uint32_t client) {
    Statement& statement = program().emplace_back();
    statement.kind = kind;
    statement.device = device;
    statement.range = range;
    statement.client = client;
    return statement;
  }

  void barrier() { program().emplace_back().kind = StatementKind::barrier; }

  std::vector<Statement>& program() { return made_.scenario.program; }
  std::uint32_t next_client() { return turn_++ % plan_.clients; }

  const Trace& trace_;
  const TraceTarget& target_;
  const TracePlan& plan_;
  TraceScenario made_;
  std::vector<std::vector<SectorRange>> touched_;  // by device, in whole logical blocks
  std::uint32_t turn_ = 0;
};

}  // namespace

std::optional<SnapshotPoint> parse_snapshot_point(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) {
    return std::nullopt;
  }
  const char* const end = text.data() + text.size();
  if (percent) {
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value > 100) return std::nullopt;
    return SnapshotPoint{value};
  }
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return SnapshotPoint{value};
}

std::expected<TraceScenario, std::string> make_trace_scenario(const Trace& trace,
                                                              const TraceTarget& target,
                                                              const TracePlan& plan) {
  return Maker(trace, target, plan).make();
}

}  // namespace cowbell::replay
