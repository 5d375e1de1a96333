// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_literals.hpp"
#include "models/scenario_program_parser.hpp"

namespace cowbell::model {
namespace {

EventKind take_event(LineReader& line) {
  for (unsigned i = 0; i < kEventKindCount; ++i)
    if (line.accept(event_name(static_cast<EventKind>(i)))) return static_cast<EventKind>(i);
  line.refuse("`low_space`, `overflow` or `corrupted`");
}

}  // namespace

void ProgramParser::parse_expectation(LineReader& line, Statement& statement) {
  using enum StatementKind;
  if (line.accept("corrupted")) {
    statement.kind = expect_corrupted;
    statement.device = take_device(line, Devices::images);
    statement.cause = take_error(line);
  } else if (line.accept("intact")) {
    statement.kind = expect_intact;
    statement.device = take_device(line, Devices::images);
  } else if (line.accept("event")) {
    statement.kind = expect_event;
    statement.event = take_event(line);
  } else if (line.accept("changed")) {
    statement.kind = expect_changed;
    parse_changed(line, statement);
  } else if (line.accept("storage")) {
    parse_storage_expectation(line, statement);
  } else if (line.accept("memory")) {
    statement.kind = expect_memory;
    statement.value = take_bytes(line).value;
  } else {
    line.refuse("`corrupted`, `intact`, `event`, `changed`, `storage` or `memory`");
  }
}

void ProgramParser::parse_storage_expectation(LineReader& line, Statement& statement) {
  statement.of_snapshot = line.accept("of");
  if (statement.of_snapshot) statement.snapshot = take_snapshot(line);
  if (line.accept("filled")) {
    statement.kind = StatementKind::expect_filled;
  } else if (line.accept("capacity")) {
    statement.kind = StatementKind::expect_capacity;
  } else {
    line.refuse(statement.of_snapshot ? "`filled N` or `capacity N`"
                                      : "`of NAME`, `filled N` or `capacity N`");
  }
  statement.value = to_bytes(take_sectors(line)).value;
}

void ProgramParser::parse_changed(LineReader& line, Statement& statement) {
  statement.device = take_device(line, Devices::origins);
  const auto take_end = [&] {
    const std::uint32_t column = line.column();
    const SnapshotIndex snapshot = take_snapshot(line);
    const Mention& mentioned = mention(scenario_.snapshots[snapshot]);
    if (!mentioned.holds(statement.device.origin))
      line.refuse_at(column, "a snapshot that a line above takes of this origin");
    return snapshot;
  };
  line.demand("from");
  statement.changed_from = take_end();
  line.demand("to");
  if (!line.cut_suffix(':')) line.refuse("the name of a snapshot and `:`");
  statement.changed_to = take_end();
  if (line.accept("unknown")) {
    statement.changed.unknown = true;
  } else if (!line.accept("none")) {
    parse_changed_ranges(line, statement);
  }
}

void ProgramParser::parse_changed_ranges(LineReader& line, Statement& statement) {
  const ByteCount block{std::uint64_t{1} << scenario_.params.tracking_block_minimum_shift};
  std::vector<SectorRange>& ranges = statement.changed.ranges;
  bool more = true;
  while (more) {
    const std::uint32_t offset_column = line.column();
    if (line.at_end()) line.refuse("`OFFSET LENGTH, …`, `none` or `unknown`");
    const Sector first = take_offset(line, block);
    if (!ranges.empty() && first <= ranges.back().end())
      line.refuse_at(offset_column, "ascending ranges, with neighbours joined");
    more = line.cut_suffix(',');
    const std::uint32_t length_column = line.column();
    const SectorRange range = take_length(line, {kSectorSize}, first);
    const SectorCount end{range.end().value};
    const bool cut_at_the_end = !more && sizes_.contains({statement.device.origin, end});
    if (!cut_at_the_end) check_multiple(line, length_column, to_bytes(range.count), block);
    ranges.push_back(range);
  }
  line.finish("`,` at the end of the word before, or the end of the line");
}

}  // namespace cowbell::model
