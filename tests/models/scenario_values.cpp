// SPDX-License-Identifier: Apache-2.0
#include "tests/models/scenario_values.hpp"

#include <algorithm>
#include <limits>
#include <ostream>

#include "models/scenario_text.hpp"

namespace cowbell::model {

void showValue(const Scenario& scenario, std::ostream& out) {
  out << '\n' << to_string(scenario);
}

namespace testing {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kSectorsMost = kMost >> kSectorShift;

class ScenarioMaker {
 public:
  explicit ScenarioMaker(std::uint64_t seed) : draw_(seed) {}

  Scenario make() {
    make_params();
    make_origins();
    make_storage();
    for (auto n = draw_.index(5); n > 0; --n) scenario_.faults.push_back(device_fault());
    for (auto n = draw_.index(3); n > 0; --n)
      scenario_.memory_faults.push_back(
          {.nth = draw_.from(1, kMost), .sticky = draw_.one_in(2), .line = {}});
    for (auto n = draw_.index(4); n > 0; --n) scenario_.latencies.push_back(latency());
    make_schedule();
    for (auto n = draw_.index(40); n > 0; --n) add_statement();
    return std::move(scenario_);
  }

 private:
  struct Known {
    bool taken = false;
    std::uint64_t origins = 0;
  };

  void make_params() {
    Params& params = scenario_.params;
    for (const ParamField& field : param_fields())
      if (draw_.one_in(4)) params.*field.member = draw_.from(field.lowest, field.highest);
    params.chunk_maximum_shift = std::max(params.chunk_minimum_shift, params.chunk_maximum_shift);
    params.tracking_block_maximum_shift =
        std::max(params.tracking_block_minimum_shift, params.tracking_block_maximum_shift);
  }

  std::string fresh_name(const std::vector<std::string>& used) {
    std::string name = draw_.name();
    while (name == "storage" || name == "memory" ||
           std::find(used.begin(), used.end(), name) != used.end())
      name += '_';
    return name;
  }

  void make_origins() {
    const std::size_t count = draw_.one_in(20) ? kOriginMaximum : draw_.index(5);
    std::vector<std::string> names;
    while (names.size() < count) {
      names.push_back(fresh_name(names));
      OriginSpec origin;
      origin.name = names.back();
      origin.logical_block = block_size();
      origin.minimum_io = block_size();
      origin.size = sectors(origin.logical_block);
      origin.profile = static_cast<Profile>(draw_.index(5));
      scenario_.origins.push_back(origin);
      sizes_.push_back({origin.size});
    }
  }

  ByteCount block_size() {
    if (draw_.one_in(2)) return {512};
    return {std::uint64_t{1} << (draw_.one_in(10) ? draw_.from(9, 63) : draw_.from(9, 16))};
  }

  SectorCount sectors(ByteCount unit) {
    const std::uint64_t unit_sectors = unit.value >> kSectorShift;
    return {draw_.from(0, kSectorsMost / unit_sectors) * unit_sectors};
  }

  void make_storage() {
    if (draw_.one_in(4)) return;
    StorageSpec& storage = scenario_.storage;
    storage.kind = draw_.one_in(2) ? StorageKind::file : StorageKind::device;
    storage.logical_block = block_size();
    storage.size = sectors(storage.logical_block);
    if (draw_.one_in(2)) storage.limit = sectors({512});
    const ParamField& minimum = *find_param("diff_storage_minimum");
    if (storage.kind == StorageKind::file && draw_.one_in(2))
      storage.minimum = SectorCount{draw_.from(minimum.lowest, minimum.highest)};
    storage.profile = static_cast<Profile>(draw_.index(5));
  }

  Site site() {
    const auto kind = static_cast<Site::Kind>(draw_.index(3));
    if (kind != Site::Kind::origin) return {kind, 0};
    if (scenario_.origins.empty()) return {Site::Kind::storage, 0};
    return {kind, any_origin()};
  }

  RequestKind request_kind() { return static_cast<RequestKind>(draw_.index(kRequestKindCount)); }
  Errc error() { return static_cast<Errc>(1 + draw_.index(kErrcCount - 1)); }
  OriginIndex any_origin() {
    return static_cast<OriginIndex>(draw_.index(scenario_.origins.size()));
  }

  DeviceFault device_fault() {
    DeviceFault fault{.site = site(), .kind = request_kind(), .trigger = NthRequest{1}, .line = {}};
    ByteCount unit{512};
    if (fault.site.kind == Site::Kind::origin)
      unit = scenario_.origins[fault.site.origin].logical_block;
    if (fault.site.kind == Site::Kind::storage) unit = scenario_.storage.logical_block;
    switch (draw_.index(3)) {
      case 0:
        fault.trigger = NthRequest{draw_.from(1, kMost)};
        fault.sticky = draw_.one_in(2);
        break;
      case 1:
        fault.trigger = TouchesRange{range(unit)};
        break;
      default:
        fault.trigger = OneIn{draw_.from(1, kMost)};
        break;
    }
    fault.effect = static_cast<FaultEffect>(draw_.index(8));
    const bool lies = fault.effect == FaultEffect::lost || fault.effect == FaultEffect::rot ||
                      fault.effect == FaultEffect::misdirected;
    if (lies && fault.site.kind != Site::Kind::storage) fault.effect = FaultEffect::error;
    if (fault.effect == FaultEffect::error) fault.error = error();
    return fault;
  }

  Time time() {
    static const std::vector<std::uint64_t> units{1, 1'000, 1'000'000, 1'000'000'000};
    const std::uint64_t unit = draw_.of(units);
    const auto highest = static_cast<std::uint64_t>(kForever.count() - 1) / unit;
    return Time{static_cast<Time::rep>(draw_.from(0, highest) * unit)};
  }

  LatencySpec latency() {
    LatencySpec latency{.site = site(), .kind = request_kind(), .line = {}};
    latency.stall = draw_.one_in(3);
    if (latency.stall) return latency;
    latency.low = time();
    latency.high = draw_.one_in(2) ? latency.low : std::max(latency.low, time());
    return latency;
  }

  void make_schedule() {
    ScheduleSpec& schedule = scenario_.schedule;
    schedule.kind = static_cast<SchedulerKind>(draw_.index(4));
    if (schedule.kind == SchedulerKind::recorded) {
      for (unsigned i = 0; i < kConcernCount; ++i)
        if (static_cast<Concern>(i) != Concern::workload && draw_.one_in(2))
          for (auto n = draw_.index(30); n > 0; --n)
            schedule.recorded.choices[i].push_back(static_cast<std::uint32_t>(
                draw_.one_in(2) ? draw_.index(2) : draw_.from(0, 0xffffffff)));
      schedule.recorded.normalize();
      return;
    }
    if (schedule.kind == SchedulerKind::pct)
      schedule.change_points = static_cast<std::uint32_t>(draw_.from(0, 1'000'000));
    schedule.seed = draw_.from(0, kMost);
  }

  /// Not empty, and its end fits 64 bits of bytes.
  SectorRange range(ByteCount unit) {
    const std::uint64_t unit_sectors = unit.value >> kSectorShift;
    const std::uint64_t units = kSectorsMost / unit_sectors;
    const std::uint64_t first = draw_.from(0, units - 1);
    const std::uint64_t count = draw_.from(1, units - first);
    return {{first * unit_sectors}, {count * unit_sectors}};
  }

  // The program ----------------------------------------------------------------------------------

  void add_statement() {
    Statement statement;
    statement.kind = static_cast<StatementKind>(draw_.index(kStatementKindCount));
    if (statement.kind != StatementKind::barrier && draw_.one_in(2))
      statement.client = static_cast<std::uint32_t>(draw_.from(0, 1023));
    const std::vector<std::string> mentioned_before = scenario_.snapshots;
    if (fill(statement)) {
      scenario_.program.push_back(statement);
    } else {
      scenario_.snapshots = mentioned_before;
      known_.resize(mentioned_before.size());
    }
  }

  /// False if the scenario so far has no device or snapshot for such a statement.
  bool fill(Statement& statement) {
    using enum StatementKind;
    switch (statement.kind) {
      case write:
      case read:
      case zero:
      case discard:
      case flush:
        return fill_request(statement);
      case take:
        return fill_take(statement);
      case release:
        statement.background = draw_.one_in(3);
        draw_demand(statement);
        return name_snapshot(statement, statement.snapshot);
      case sleep:
        statement.duration = time();
        return true;
      case wait:
      case barrier:
      case heal:
      case power_cut:
        return true;
      case resize:
        if (scenario_.origins.empty()) return false;
        statement.device.origin = any_origin();
        statement.range.count = sectors(logical_block(statement));
        sizes_[statement.device.origin].push_back(statement.range.count);
        return true;
      case dirty:
        if (!name_device(statement, draw_.one_in(2))) return false;
        statement.range = range(logical_block(statement));
        return true;
      case expect_corrupted:
        statement.cause = error();
        return name_device(statement, true);
      case expect_intact:
        return name_device(statement, true);
      case expect_event:
        statement.event = static_cast<EventKind>(draw_.index(kEventKindCount));
        return true;
      case expect_changed:
        return fill_changed(statement);
      case expect_filled:
      case expect_capacity:
        statement.value = to_bytes(sectors({512})).value;
        statement.of_snapshot = draw_.one_in(2);
        return !statement.of_snapshot || name_snapshot(statement, statement.snapshot);
      case expect_memory:
        statement.value = draw_.from(0, kMost);
        return true;
    }
    return false;
  }

  void draw_demand(Statement& statement) {
    if (draw_.one_in(4)) {
      statement.demand = {Demand::Kind::fail, error()};
    } else if (draw_.one_in(4)) {
      statement.demand.kind = Demand::Kind::may_fail;
    }
  }

  bool fill_request(Statement& statement) {
    using enum StatementKind;
    const StatementKind kind = statement.kind;
    statement.background = draw_.one_in(3);
    draw_demand(statement);
    if (!name_device(statement, draw_.one_in(2))) return false;
    if (kind == flush) return true;
    const bool misaligned = statement.demand == Demand{Demand::Kind::fail, Errc::invalid};
    statement.range = range(misaligned ? ByteCount{512} : logical_block(statement));
    statement.flags.nowait = draw_.one_in(3);
    if (kind != read) {
      statement.flags.fua = draw_.one_in(3);
      statement.flags.preflush = draw_.one_in(3);
    }
    if (kind == zero || kind == discard) return true;
    if (draw_.one_in(3)) statement.fill = static_cast<std::uint8_t>(draw_.any());
    if (draw_.one_in(3))
      statement.segments = static_cast<std::uint32_t>(
          draw_.from(1, std::min<std::uint64_t>(statement.range.count.value, 0xffffffff)));
    return true;
  }

  bool fill_take(Statement& statement) {
    statement.background = draw_.one_in(3);
    draw_demand(statement);
    std::uint64_t origins = 0;
    for (std::size_t i = 0; i < scenario_.origins.size(); ++i) origins |= std::uint64_t{1} << i;
    if (draw_.one_in(2)) statement.taken_origins = origins & draw_.any();
    const std::string name = draw_.one_in(3) || scenario_.snapshots.empty()
                                 ? fresh_name(scenario_.snapshots)
                                 : draw_.of(scenario_.snapshots);
    statement.snapshot = mention(name);
    if (statement.demand.kind == Demand::Kind::fail) return true;
    Known& known = known_[statement.snapshot];
    known.taken = true;
    known.origins |= statement.taken_origins != 0 ? statement.taken_origins : origins;
    return true;
  }

  bool fill_changed(Statement& statement) {
    if (scenario_.origins.empty()) return false;
    statement.device.origin = any_origin();
    const std::vector<SnapshotIndex> holding = holding_snapshots(statement.device.origin);
    if (holding.empty()) return false;
    statement.changed_from = draw_.of(holding);
    statement.changed_to = draw_.of(holding);
    statement.changed.unknown = draw_.one_in(4);
    if (!statement.changed.unknown) statement.changed.ranges = changed_ranges(statement.device);
    return true;
  }

  std::vector<SectorRange> changed_ranges(DeviceRef device) {
    const std::uint64_t block = std::uint64_t{1}
                                << (scenario_.params.tracking_block_minimum_shift - kSectorShift);
    std::vector<SectorRange> ranges;
    std::uint64_t first = draw_.from(0, 1000) * block;
    for (auto n = draw_.index(4); n > 0; --n) {
      const std::uint64_t count = draw_.from(1, 1000) * block;
      ranges.push_back({{first}, {count}});
      first += count + draw_.from(1, 1000) * block;
    }
    const std::uint64_t size = draw_.of(sizes_[device.origin]).value;
    if (size > first && draw_.one_in(2)) ranges.push_back({{first}, {size - first}});
    return ranges;
  }

  ByteCount logical_block(const Statement& statement) {
    return scenario_.origins[statement.device.origin].logical_block;
  }

  std::vector<SnapshotIndex> holding_snapshots(OriginIndex origin) {
    std::vector<SnapshotIndex> holding;
    for (std::size_t i = 0; i < known_.size(); ++i)
      if ((known_[i].origins >> origin & 1) != 0) holding.push_back(static_cast<SnapshotIndex>(i));
    return holding;
  }

  bool may_name_the_unknown(const Statement& statement) {
    return statement.demand == Demand{Demand::Kind::fail, Errc::not_found};
  }

  bool name_device(Statement& statement, bool image) {
    if (scenario_.origins.empty()) return false;
    statement.device.origin = any_origin();
    if (!image) return true;
    const std::vector<SnapshotIndex> holding = holding_snapshots(statement.device.origin);
    if (may_name_the_unknown(statement)) {
      statement.device.snapshot = mention(fresh_name({}));
    } else if (!holding.empty()) {
      statement.device.snapshot = draw_.of(holding);
    }
    return statement.device.is_image();
  }

  bool name_snapshot(const Statement& statement, SnapshotIndex& snapshot) {
    std::vector<SnapshotIndex> taken;
    for (std::size_t i = 0; i < known_.size(); ++i)
      if (known_[i].taken) taken.push_back(static_cast<SnapshotIndex>(i));
    if (may_name_the_unknown(statement)) {
      snapshot = mention(fresh_name({}));
      return true;
    }
    if (taken.empty()) return false;
    snapshot = draw_.of(taken);
    return true;
  }

  SnapshotIndex mention(const std::string& name) {
    auto& names = scenario_.snapshots;
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end()) return static_cast<SnapshotIndex>(known - names.begin());
    names.push_back(name);
    known_.emplace_back();
    return static_cast<SnapshotIndex>(names.size() - 1);
  }

  static constexpr std::size_t kStatementKindCount =
      static_cast<std::size_t>(StatementKind::expect_memory) + 1;

  Draw draw_;
  Scenario scenario_;
  std::vector<Known> known_;                     // beside scenario_.snapshots
  std::vector<std::vector<SectorCount>> sizes_;  // beside scenario_.origins
};

}  // namespace

std::uint64_t Draw::any() {  // SplitMix64
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t Draw::from(std::uint64_t lowest, std::uint64_t highest) {
  const std::uint64_t width = highest - lowest;
  if (one_in(8)) return one_in(2) ? lowest : highest;
  const std::uint64_t value = any() >> index(64);
  return lowest + (width == kMost ? value : value % (width + 1));
}

std::string Draw::name() {
  static const std::vector<std::string> words{"A",  "B",    "s1",    "s2",   "_",        "of",
                                              "to", "none", "write", "take", "sector_9", "Z0_z"};
  std::string name = of(words);
  while (one_in(3)) name += static_cast<char>('a' + index(26));
  return name;
}

Scenario make_scenario(std::uint64_t seed) {
  return ScenarioMaker(seed).make();
}

}  // namespace testing
}  // namespace cowbell::model
