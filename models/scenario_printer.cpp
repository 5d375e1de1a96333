// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>

#include "models/scenario_names.hpp"
#include "models/scenario_text.hpp"

namespace cowbell::model {
namespace {

std::string size_text(ByteCount bytes) {
  for (const SizeUnit& unit : kSizeUnits)
    if (bytes.value != 0 && bytes.value % (std::uint64_t{1} << unit.shift) == 0)
      return std::to_string(bytes.value >> unit.shift) + unit.suffix;
  return std::to_string(bytes.value);
}

std::string size_text(SectorCount sectors) {
  return size_text(to_bytes(sectors));
}

std::string time_text(Time time) {
  const auto nanoseconds = static_cast<std::uint64_t>(time.count());
  for (const TimeUnit& unit : kTimeUnits)
    if (nanoseconds != 0 && nanoseconds % unit.nanoseconds == 0)
      return std::to_string(nanoseconds / unit.nanoseconds) + std::string(unit.suffix);
  return "0ns";
}

std::string byte_text(std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 0xf]};
}

std::string range_text(SectorRange range) {
  return size_text(byte_offset(range.first)) + ' ' + size_text(range.count);
}

/// One line, word by word.
class LineWriter {
 public:
  LineWriter& word(std::string_view text) {
    if (!line_.empty()) line_ += ' ';
    line_ += text;
    return *this;
  }
  LineWriter& words(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) word(text);
    return *this;
  }
  LineWriter& number(std::uint64_t value) { return word(std::to_string(value)); }
  LineWriter& word_if(bool condition, std::string_view text) {
    return condition ? word(text) : *this;
  }
  std::string take() { return std::move(line_); }

 private:
  std::string line_;
};

// The world --------------------------------------------------------------------------------------

std::string site_text(const Scenario& scenario, Site site, RequestKind kind) {
  std::string where;
  switch (site.kind) {
    case Site::Kind::origin:
      where = scenario.origins[site.origin].name;
      break;
    case Site::Kind::storage:
      where = "storage";
      break;
    case Site::Kind::any:
      where = "*";
      break;
  }
  return where + '.' + std::string(name_in(kRequestKindNames, kind));
}

std::string origin_line(const OriginSpec& origin) {
  const OriginSpec plain;
  LineWriter line;
  line.words({"origin", origin.name, size_text(origin.size)});
  if (origin.logical_block != plain.logical_block)
    line.words({"logical_block", size_text(origin.logical_block)});
  if (origin.minimum_io != plain.minimum_io) line.words({"io_min", size_text(origin.minimum_io)});
  if (origin.profile != plain.profile)
    line.words({"profile", name_in(kProfileNames, origin.profile)});
  return line.take();
}

std::string storage_line(const StorageSpec& storage) {
  LineWriter line;
  line.words({"storage", name_in(kStorageKindNames, storage.kind), size_text(storage.size)});
  if (storage.logical_block != StorageSpec().logical_block)
    line.words({"logical_block", size_text(storage.logical_block)});
  if (storage.limit) line.words({"limit", size_text(*storage.limit)});
  if (storage.minimum) line.words({"minimum", size_text(*storage.minimum)});
  if (storage.profile != Profile::none)
    line.words({"profile", name_in(kProfileNames, storage.profile)});
  return line.take();
}

std::string fault_line(const Scenario& scenario, const DeviceFault& fault) {
  LineWriter line;
  line.words({"fault", site_text(scenario, fault.site, fault.kind)});
  if (const auto* nth = std::get_if<NthRequest>(&fault.trigger)) {
    line.word("nth").number(nth->nth);
  } else if (const auto* touches = std::get_if<TouchesRange>(&fault.trigger)) {
    line.words({"range", range_text(touches->range)});
  } else {
    line.word("rate").number(std::get<OneIn>(fault.trigger).n);
  }
  line.word(fault.effect == FaultEffect::error ? errno_name(fault.error)
                                               : name_in(kFaultEffectNames, fault.effect));
  return line.word_if(fault.sticky, "sticky").take();
}

std::string memory_fault_line(const MemoryFault& fault) {
  LineWriter line;
  line.words({"fault", "memory", "nth"}).number(fault.nth);
  return line.word_if(fault.sticky, "sticky").take();
}

std::string latency_line(const Scenario& scenario, const LatencySpec& latency) {
  LineWriter line;
  line.words({"latency", site_text(scenario, latency.site, latency.kind)});
  if (latency.stall) return line.word("stall").take();
  line.word(time_text(latency.low));
  return line.word_if(latency.high != latency.low, time_text(latency.high)).take();
}

std::string schedule_line(const ScheduleSpec& schedule) {
  LineWriter line;
  line.words({"schedule", name_in(kSchedulerNames, schedule.kind)});
  if (schedule.kind == SchedulerKind::recorded)
    return line.word(to_string(schedule.recorded)).take();
  if (schedule.kind == SchedulerKind::pct) line.number(schedule.change_points);
  return line.word("seed").number(schedule.seed).take();
}

std::string world_text(const Scenario& scenario) {
  std::string out;
  const auto add = [&out](std::string line) { out += std::move(line) + '\n'; };
  const Params plain;
  for (const ParamField& field : param_fields())
    if (const std::uint64_t value = scenario.params.*field.member; value != plain.*field.member)
      add(LineWriter().words({"param", field.name}).number(value).take());
  for (const OriginSpec& origin : scenario.origins) add(origin_line(origin));
  if (scenario.storage != StorageSpec{}) add(storage_line(scenario.storage));
  for (const DeviceFault& fault : scenario.faults) add(fault_line(scenario, fault));
  for (const MemoryFault& fault : scenario.memory_faults) add(memory_fault_line(fault));
  for (const LatencySpec& latency : scenario.latencies) add(latency_line(scenario, latency));
  if (scenario.schedule != ScheduleSpec{}) add(schedule_line(scenario.schedule));
  return out;
}

// The program ------------------------------------------------------------------------------------

void print_request(LineWriter& line, const Statement& statement, const Scenario& scenario) {
  line.words({name_in(kStatementNames, statement.kind), device_name(scenario, statement.device)});
  if (statement.kind == StatementKind::flush) return;
  line.word(range_text(statement.range));
  if (statement.fill) line.words({"=", byte_text(*statement.fill)});
  line.word_if(statement.flags.fua, "fua");
  line.word_if(statement.flags.preflush, "preflush");
  line.word_if(statement.flags.nowait, "nowait");
  if (statement.segments != 1) line.word("segments").number(statement.segments);
}

void print_take(LineWriter& line, const Statement& statement, const Scenario& scenario) {
  line.words({"take", scenario.snapshots[statement.snapshot]});
  line.word_if(statement.taken_origins != 0, "of");
  for (std::size_t i = 0; i < scenario.origins.size(); ++i)
    line.word_if((statement.taken_origins >> i & 1) != 0, scenario.origins[i].name);
}

void print_changed(LineWriter& line, const Statement& statement, const Scenario& scenario) {
  line.words({"expect", "changed", device_name(scenario, statement.device)});
  line.words({"from", scenario.snapshots[statement.changed_from]});
  line.words({"to", scenario.snapshots[statement.changed_to] + ':'});
  const auto& ranges = statement.changed.ranges;
  if (statement.changed.unknown || ranges.empty())
    line.word(statement.changed.unknown ? "unknown" : "none");
  for (std::size_t i = 0; i < ranges.size(); ++i)
    line.word(range_text(ranges[i]) + (i + 1 < ranges.size() ? "," : ""));
}

void print_storage_expectation(LineWriter& line, const Statement& statement,
                               const Scenario& scenario) {
  line.words({"expect", "storage"});
  if (statement.of_snapshot) line.words({"of", scenario.snapshots[statement.snapshot]});
  line.word(statement.kind == StatementKind::expect_filled ? "filled" : "capacity");
  line.word(size_text(ByteCount{statement.value}));
}

void print_demand(LineWriter& line, const Demand& demand) {
  switch (demand.kind) {
    case Demand::Kind::succeed:
      return;
    case Demand::Kind::fail:
      line.words({"!", errno_name(demand.error)});
      return;
    case Demand::Kind::may_fail:
      line.word("?");
      return;
  }
}

void print_statement(LineWriter& line, const Statement& statement, const Scenario& scenario) {
  using enum StatementKind;
  const auto device = [&] { return device_name(scenario, statement.device); };
  switch (statement.kind) {
    case write:
    case read:
    case zero:
    case discard:
    case flush:
      print_request(line, statement, scenario);
      return;
    case take:
      print_take(line, statement, scenario);
      return;
    case release:
      line.words({"release", scenario.snapshots[statement.snapshot]});
      return;
    case sleep:
      line.words({"sleep", time_text(statement.duration)});
      return;
    case wait:
    case barrier:
    case heal:
    case power_cut:
      line.word(name_in(kStatementNames, statement.kind));
      return;
    case resize:
      line.words({"resize", device(), size_text(statement.range.count)});
      return;
    case dirty:
      line.words({"dirty", device(), range_text(statement.range)});
      return;
    case expect_corrupted:
      line.words({"expect", "corrupted", device(), errno_name(statement.cause)});
      return;
    case expect_intact:
      line.words({"expect", "intact", device()});
      return;
    case expect_event:
      line.words({"expect", "event", event_name(statement.event)});
      return;
    case expect_changed:
      print_changed(line, statement, scenario);
      return;
    case expect_filled:
    case expect_capacity:
      print_storage_expectation(line, statement, scenario);
      return;
    case expect_memory:
      line.words({"expect", "memory", size_text(ByteCount{statement.value})});
      return;
  }
}

}  // namespace

std::string device_name(const Scenario& scenario, DeviceRef device) {
  std::string name = scenario.origins[device.origin].name;
  if (device.snapshot) name += '@' + scenario.snapshots[*device.snapshot];
  return name;
}

std::string to_string(const Statement& statement, const Scenario& scenario) {
  LineWriter line;
  if (statement.client != 0) line.word(std::to_string(statement.client) + ':');
  line.word_if(statement.background, "background");
  print_statement(line, statement, scenario);
  print_demand(line, statement.demand);
  return line.take();
}

std::string to_string(const Scenario& scenario) {
  std::string out = std::string(kHeaderWord) + ' ' + std::string(kHeaderVersion) + '\n';
  if (const std::string world = world_text(scenario); !world.empty()) out += '\n' + world;
  if (!scenario.program.empty()) out += '\n';
  for (const Statement& statement : scenario.program) out += to_string(statement, scenario) + '\n';
  return out;
}

}  // namespace cowbell::model
