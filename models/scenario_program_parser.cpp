// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_program_parser.hpp"

#include <algorithm>
#include <limits>

#include "models/scenario_literals.hpp"
#include "models/scenario_names.hpp"
#include "models/scenario_world_parser.hpp"

namespace cowbell::model {
namespace {

constexpr std::uint64_t bit(OriginIndex origin) {
  return std::uint64_t{1} << origin;
}

std::uint64_t all_origins(const Scenario& scenario) {
  const std::size_t count = scenario.origins.size();
  return count == kOriginMaximum ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

constexpr bool may_be_in_background(StatementKind kind) {
  return is_request(kind) || kind == StatementKind::take || kind == StatementKind::release;
}

/// The options of a request, in their order.
constexpr std::string_view options_of(StatementKind kind) {
  using enum StatementKind;
  if (kind == write) return "`= BYTE`, `fua`, `preflush`, `nowait`, `segments N`, in this order, ";
  if (kind == read) return "`= BYTE`, `nowait`, `segments N`, in this order, ";
  if (kind == zero || kind == discard) return "`fua`, `preflush`, `nowait`, in this order, ";
  return "";
}

}  // namespace

ProgramParser::ProgramParser(Scenario& scenario) : scenario_(scenario) {
  for (std::size_t i = 0; i < scenario.origins.size(); ++i)
    sizes_.emplace(static_cast<OriginIndex>(i), scenario.origins[i].size);
}

void ProgramParser::parse(LineReader& line) {
  const std::uint32_t first_column = line.column();
  if (scenario_.program.size() == kStatementMaximum)
    line.refuse("the end of the program: " + std::to_string(kStatementMaximum) +
                " statements at most");
  Statement statement;
  statement.line.number = line.number();
  const auto client = accept_client(line);
  statement.client = client.value_or(0);
  statement.background = line.accept("background");
  const Word word = line.take("a statement");
  if (word.text != "expect") {
    const auto kind = from_name<StatementKind>(kStatementNames, word.text);
    if (!kind)
      line.refuse_at(word.column, WorldParser::knows(word.text)
                                      ? "a statement of the program: the world comes before it"
                                      : "a statement");
    statement.kind = *kind;
  } else {
    statement.kind = StatementKind::expect_corrupted;
  }
  if (statement.background && !may_be_in_background(statement.kind))
    line.refuse_at(word.column, "a request, `take` or `release` after `background`");
  if (client && statement.kind == StatementKind::barrier)
    line.refuse_at(first_column, "`barrier` without a client: it is for all of them");
  parse_statement(line, statement);
  line.finish();
  scenario_.program.push_back(std::move(statement));
}

void ProgramParser::parse_statement(LineReader& line, Statement& statement) {
  using enum StatementKind;
  switch (statement.kind) {
    case write:
    case read:
    case zero:
    case discard:
    case flush:
      parse_request(line, statement);
      return;
    case take:
      parse_take(line, statement);
      return;
    case release:
      statement.snapshot = take_snapshot(line);
      parse_demand(line, statement, "");
      return;
    case sleep:
      statement.duration = take_time(line);
      return;
    case resize:
      parse_resize(line, statement);
      return;
    case dirty:
      statement.device = take_device(line, Devices::any);
      statement.range = take_range(line, logical_block(statement));
      return;
    case wait:
    case barrier:
    case heal:
    case power_cut:
      return;
    case expect_corrupted:
    case expect_intact:
    case expect_event:
    case expect_changed:
    case expect_filled:
    case expect_capacity:
    case expect_memory:
      parse_expectation(line, statement);
      return;
  }
}

void ProgramParser::parse_request(LineReader& line, Statement& statement) {
  statement.device = take_device(line, Devices::any);
  if (statement.kind != StatementKind::flush) {
    const bool may_be_misaligned = line.ends_with_failure(Errc::invalid);
    statement.range =
        take_range(line, may_be_misaligned ? ByteCount{kSectorSize} : logical_block(statement));
  }
  parse_request_options(line, statement);
  parse_demand(line, statement, options_of(statement.kind));
}

void ProgramParser::parse_request_options(LineReader& line, Statement& statement) {
  using enum StatementKind;
  const StatementKind kind = statement.kind;
  const bool carries_data = kind == write || kind == read;
  const bool changes_data = kind == write || kind == zero || kind == discard;
  if (carries_data && line.accept("=")) statement.fill = take_byte(line);
  statement.flags.fua = changes_data && line.accept("fua");
  statement.flags.preflush = changes_data && line.accept("preflush");
  statement.flags.nowait = kind != flush && line.accept("nowait");
  if (carries_data && line.accept("segments")) {
    constexpr std::uint64_t highest = std::numeric_limits<std::uint32_t>::max();
    statement.segments = static_cast<std::uint32_t>(
        take_number(line, 1, std::min(statement.range.count.value, highest)));
  }
}

void ProgramParser::parse_take(LineReader& line, Statement& statement) {
  Mention& taken = mention(take_name(line, "a name for the snapshot"));
  statement.snapshot = taken.index;
  const bool names_origins = line.accept("of");
  if (names_origins) {
    do {
      const std::uint32_t column = line.column();
      const OriginIndex origin = take_origin(line);
      if ((statement.taken_origins & bit(origin)) != 0) line.refuse_at(column, "each origin once");
      statement.taken_origins |= bit(origin);
    } while (!line.at_end() && line.peek() != "!" && line.peek() != "?");
  }
  parse_demand(line, statement, names_origins ? "" : "`of ORIGIN…`, ");
  if (statement.demand.kind == Demand::Kind::fail) return;
  taken.taken = true;
  taken.origins |= names_origins ? statement.taken_origins : all_origins(scenario_);
}

void ProgramParser::parse_resize(LineReader& line, Statement& statement) {
  statement.device = take_device(line, Devices::origins);
  const std::uint32_t column = line.column();
  statement.range.count = take_sectors(line);
  check_multiple(line, column, to_bytes(statement.range.count), logical_block(statement));
  sizes_.emplace(statement.device.origin, statement.range.count);
}

void ProgramParser::parse_demand(LineReader& line, Statement& statement, std::string_view options) {
  if (line.accept("!")) {
    statement.demand = {Demand::Kind::fail, take_error(line)};
    line.finish();
  } else if (line.accept("?")) {
    statement.demand.kind = Demand::Kind::may_fail;
    line.finish();
  } else {
    line.finish(std::string(options) + "`! ERR`, `?` or the end of the line");
  }
}

DeviceRef ProgramParser::take_device(LineReader& line, Devices allowed) {
  constexpr std::string_view expected = "an origin such as A, or its image such as A@s1";
  const Word word = line.take(expected);
  const std::size_t at = word.text.find('@');
  const auto origin = find_origin(scenario_, word.text.substr(0, at));
  if (!origin) line.refuse_at(word.column, "the name of an origin");
  if (at == std::string_view::npos) {
    if (allowed == Devices::images) line.refuse_at(word.column, "an image, such as A@s1");
    return {*origin, std::nullopt};
  }
  if (allowed == Devices::origins) line.refuse_at(word.column, "an origin, not an image");
  const std::uint32_t column = word.column + static_cast<std::uint32_t>(at) + 1;
  const std::string_view name = word.text.substr(at + 1);
  if (!is_name(name)) line.refuse_at(column, "the name of a snapshot");
  const Mention& snapshot = mention(name);
  if (!snapshot.holds(*origin) && !line.ends_with_failure(Errc::not_found))
    line.refuse_at(column, "a snapshot that a line above takes of this origin");
  return {*origin, snapshot.index};
}

OriginIndex ProgramParser::take_origin(LineReader& line) {
  constexpr std::string_view expected = "the name of an origin";
  const Word word = line.take(expected);
  const auto origin = find_origin(scenario_, word.text);
  if (!origin) line.refuse_at(word.column, expected);
  return *origin;
}

SnapshotIndex ProgramParser::take_snapshot(LineReader& line) {
  const std::uint32_t column = line.column();
  const Mention& snapshot = mention(take_name(line, "the name of a snapshot"));
  if (!snapshot.taken && !line.ends_with_failure(Errc::not_found))
    line.refuse_at(column, "a snapshot that a line above takes");
  return snapshot.index;
}

ProgramParser::Mention& ProgramParser::mention(std::string_view name) {
  if (const auto known = mentions_.find(name); known != mentions_.end()) return known->second;
  const auto index = static_cast<SnapshotIndex>(scenario_.snapshots.size());
  scenario_.snapshots.emplace_back(name);
  return mentions_.emplace(std::string(name), Mention{.index = index}).first->second;
}

ByteCount ProgramParser::logical_block(const Statement& statement) const {
  return scenario_.origins[statement.device.origin].logical_block;
}

}  // namespace cowbell::model
