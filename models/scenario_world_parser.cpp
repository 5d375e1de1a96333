// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_world_parser.hpp"

#include <limits>

#include "models/scenario_literals.hpp"
#include "models/scenario_names.hpp"

namespace cowbell::model {
namespace {

constexpr std::uint64_t kAnyNumber = std::numeric_limits<std::uint64_t>::max();

std::string once(std::string_view what, std::uint32_t line) {
  return std::string(what) + " once: it stands in line " + std::to_string(line);
}

}  // namespace

std::optional<OriginIndex> find_origin(const Scenario& scenario, std::string_view name) {
  for (std::size_t i = 0; i < scenario.origins.size(); ++i)
    if (scenario.origins[i].name == name) return static_cast<OriginIndex>(i);
  return std::nullopt;
}

bool WorldParser::knows(std::string_view word) {
  return word == "param" || word == "origin" || word == "storage" || word == "fault" ||
         word == "latency" || word == "schedule";
}

void WorldParser::parse(LineReader& line) {
  if (line.accept("param")) {
    parse_param(line);
  } else if (line.accept("origin")) {
    parse_origin(line);
  } else if (line.accept("storage")) {
    parse_storage(line);
  } else if (line.accept("fault")) {
    parse_fault(line);
  } else if (line.accept("latency")) {
    parse_latency(line);
  } else {
    line.demand("schedule");
    parse_schedule(line);
  }
}

void WorldParser::finish() const {
  if (contradiction_ && check_params(scenario_.params) != Errc::none)
    throw Refused{*contradiction_};
}

void WorldParser::parse_param(LineReader& line) {
  constexpr std::string_view expected = "the name of a parameter";
  const Word name = line.take(expected);
  const ParamField* const field = find_param(name.text);
  if (field == nullptr) line.refuse_at(name.column, expected);
  std::uint32_t& set_in = param_lines_.at(static_cast<std::size_t>(field - param_fields().data()));
  if (set_in != 0) line.refuse_at(name.column, once("each parameter", set_in));
  set_in = line.number();
  contradiction_ = ParseError{line.number(), line.column(),
                              "parameters of which no minimum is above its maximum"};
  scenario_.params.*field->member = take_number(line, field->lowest, field->highest);
  line.finish();
}

void WorldParser::parse_origin(LineReader& line) {
  const std::uint32_t name_column = line.column();
  OriginSpec origin;
  origin.line.number = line.number();
  origin.name = take_name(line, "the name of an origin");
  if (origin.name == "storage" || origin.name == "memory")
    line.refuse_at(name_column, "a name other than `storage` and `memory`");
  if (const auto other = find_origin(scenario_, origin.name))
    line.refuse_at(name_column, once("each origin", scenario_.origins[*other].line.number));
  if (scenario_.origins.size() == kOriginMaximum)
    line.refuse_at(name_column, "at most " + std::to_string(kOriginMaximum) + " origins");
  const std::uint32_t size_column = line.column();
  origin.size = take_sectors(line);
  if (line.accept("logical_block")) origin.logical_block = take_block_size(line);
  if (line.accept("io_min")) origin.minimum_io = take_block_size(line);
  origin.profile = take_profile(line);
  line.finish("`logical_block N`, `io_min N`, `profile P`, in this order, or the end of the line");
  check_multiple(line, size_column, to_bytes(origin.size), origin.logical_block);
  scenario_.origins.push_back(std::move(origin));
}

Profile WorldParser::take_profile(LineReader& line) {
  if (!line.accept("profile")) return Profile::none;
  constexpr std::string_view expected = "`nvme`, `ssd`, `hdd` or `network`";
  const Word word = line.take(expected);
  const auto profile = from_name<Profile>(kProfileNames, word.text);
  if (!profile) line.refuse_at(word.column, expected);
  return *profile;
}

void WorldParser::parse_storage(LineReader& line) {
  StorageSpec& storage = scenario_.storage;
  if (storage.line.number != 0)
    line.refuse_at(line.taken_column(), once("`storage`", storage.line.number));
  storage.line.number = line.number();
  constexpr std::string_view expected = "`file` or `device`";
  const Word word = line.take(expected);
  const auto kind = from_name<StorageKind>(kStorageKindNames, word.text);
  if (!kind) line.refuse_at(word.column, expected);
  storage.kind = *kind;
  const std::uint32_t size_column = line.column();
  storage.size = take_sectors(line);
  if (line.accept("logical_block")) storage.logical_block = take_block_size(line);
  check_multiple(line, size_column, to_bytes(storage.size), storage.logical_block);
  if (line.accept("limit")) storage.limit = take_sectors(line);
  if (storage.kind == StorageKind::device) {
    storage.profile = take_profile(line);
    line.finish("`logical_block N`, `limit N`, `profile P`, in this order, or the end of the line");
    return;
  }
  if (line.accept("minimum")) {
    const std::uint32_t column = line.column();
    storage.minimum = take_sectors(line);
    const ParamField& field = *find_param("diff_storage_minimum");
    if (storage.minimum->value < field.lowest || storage.minimum->value > field.highest)
      line.refuse_at(column, "a size above 0 and of at most 4194304T");
  }
  storage.profile = take_profile(line);
  line.finish(
      "`logical_block N`, `limit N`, `minimum N`, `profile P`, in this order, or the end of the "
      "line");
}

WorldParser::SiteAndKind WorldParser::take_site(LineReader& line) const {
  constexpr std::string_view expected =
      "WHERE.WHAT: an origin, `storage` or `*`, and `read`, `write`, `flush`, `discard` or `grow`";
  const Word word = line.take(expected);
  const std::size_t dot = word.text.find('.');
  if (dot == std::string_view::npos) line.refuse_at(word.column, expected);
  const std::string_view where = word.text.substr(0, dot);
  SiteAndKind result{};
  if (where == "*") {
    result.site.kind = Site::Kind::any;
  } else if (where == "storage") {
    result.site.kind = Site::Kind::storage;
  } else if (const auto origin = find_origin(scenario_, where)) {
    result.site = {Site::Kind::origin, *origin};
  } else {
    line.refuse_at(word.column, "an origin of a line above, `storage` or `*`");
  }
  const auto kind = from_name<RequestKind>(kRequestKindNames, word.text.substr(dot + 1));
  if (!kind)
    line.refuse_at(word.column + static_cast<std::uint32_t>(dot) + 1,
                   "`read`, `write`, `flush`, `discard` or `grow`");
  result.kind = *kind;
  return result;
}

ByteCount WorldParser::logical_block(Site site) const {
  switch (site.kind) {
    case Site::Kind::origin:
      return scenario_.origins[site.origin].logical_block;
    case Site::Kind::storage:
      return scenario_.storage.logical_block;
    case Site::Kind::any:
      break;
  }
  return {kSectorSize};
}

void WorldParser::parse_fault(LineReader& line) {
  if (line.accept("memory")) {
    parse_memory_fault(line);
    return;
  }
  const SiteAndKind at = take_site(line);
  DeviceFault fault{.site = at.site, .kind = at.kind, .trigger = NthRequest{1}, .line = {}};
  fault.line.number = line.number();
  parse_trigger(line, fault);
  parse_effect(line, fault);
  const bool may_stick = std::holds_alternative<NthRequest>(fault.trigger);
  fault.sticky = may_stick && line.accept("sticky");
  line.finish(may_stick ? "`sticky` or the end of the line" : "the end of the line");
  scenario_.faults.push_back(fault);
}

void WorldParser::parse_trigger(LineReader& line, DeviceFault& fault) const {
  if (line.accept("nth")) {
    fault.trigger = NthRequest{take_number(line, 1, kAnyNumber)};
  } else if (line.accept("range")) {
    fault.trigger = TouchesRange{take_range(line, logical_block(fault.site))};
  } else if (line.accept("rate")) {
    fault.trigger = OneIn{take_number(line, 1, kAnyNumber)};
  } else {
    line.refuse("`nth K`, `range OFFSET LENGTH` or `rate N`");
  }
}

void WorldParser::parse_effect(LineReader& line, DeviceFault& fault) const {
  constexpr std::string_view expected =
      "an error such as EIO, or `short`, `zero`, `torn`, `lost`, `misdirected`, `rot` or `gone`";
  const Word word = line.take(expected);
  if (const auto error = errc_from_name(word.text)) {
    fault.error = *error;
    return;
  }
  const auto effect = from_name<FaultEffect>(kFaultEffectNames, word.text);
  if (!effect) line.refuse_at(word.column, expected);
  fault.effect = *effect;
  const bool lies = fault.effect == FaultEffect::lost || fault.effect == FaultEffect::misdirected ||
                    fault.effect == FaultEffect::rot;
  if (lies && fault.site.kind != Site::Kind::storage)
    line.refuse_at(word.column, "`lost`, `misdirected` and `rot` for `storage` only");
}

void WorldParser::parse_memory_fault(LineReader& line) {
  line.demand("nth");
  MemoryFault fault{.nth = take_number(line, 1, kAnyNumber), .line = {}};
  fault.line.number = line.number();
  fault.sticky = line.accept("sticky");
  line.finish("`sticky` or the end of the line");
  scenario_.memory_faults.push_back(fault);
}

void WorldParser::parse_latency(LineReader& line) {
  const SiteAndKind at = take_site(line);
  LatencySpec latency{.site = at.site, .kind = at.kind, .line = {}};
  latency.line.number = line.number();
  latency.stall = line.accept("stall");
  if (!latency.stall) {
    latency.low = take_time(line);
    latency.high = latency.low;
    if (const std::uint32_t column = line.column(); !line.at_end()) {
      latency.high = take_time(line);
      if (latency.high < latency.low) line.refuse_at(column, "a time that is not below the first");
    }
  }
  line.finish();
  scenario_.latencies.push_back(latency);
}

void WorldParser::parse_schedule(LineReader& line) {
  ScheduleSpec& schedule = scenario_.schedule;
  if (schedule.line.number != 0)
    line.refuse_at(line.taken_column(), once("`schedule`", schedule.line.number));
  schedule.line.number = line.number();
  constexpr std::string_view expected =
      "`random seed N`, `pct D seed N`, `round_robin seed N` or `recorded DECISIONS`";
  const Word word = line.take(expected);
  const auto kind = from_name<SchedulerKind>(kSchedulerNames, word.text);
  if (!kind) line.refuse_at(word.column, expected);
  schedule.kind = *kind;
  if (schedule.kind == SchedulerKind::recorded) {
    parse_recorded(line);
  } else {
    if (schedule.kind == SchedulerKind::pct)
      schedule.change_points =
          static_cast<std::uint32_t>(take_number(line, 0, kChangePointMaximum));
    line.demand("seed");
    schedule.seed = take_number(line, 0, kAnyNumber);
  }
  line.finish();
}

void WorldParser::parse_recorded(LineReader& line) {
  const Word word = line.take("decisions, such as `schedule:0*12,2,1/latency:3`, or `-`");
  auto decisions = parse_decisions(word.text);
  if (!decisions)
    line.refuse_at(word.column + static_cast<std::uint32_t>(decisions.error().offset),
                   decisions.error().expected);
  scenario_.schedule.recorded = std::move(*decisions);
}

}  // namespace cowbell::model
