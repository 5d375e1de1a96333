// SPDX-License-Identifier: Apache-2.0
// The second part of a scenario file: what the clients do and what is expected. Private to the
// parser.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "models/scenario_lexer.hpp"

namespace cowbell::model {

class ProgramParser {
 public:
  /// `scenario` is borrowed; its world is complete. The program is appended.
  explicit ProgramParser(Scenario& scenario);

  /// A whole line. Throws Refused.
  void parse(LineReader& line);

 private:
  /// What the program above says of a snapshot name.
  struct Mention {
    SnapshotIndex index = 0;
    bool taken = false;         ///< by a take that may succeed
    std::uint64_t origins = 0;  ///< bit i: origin i is in one of those takes
    bool holds(OriginIndex origin) const { return (origins >> origin & 1) != 0; }
  };
  enum class Devices : std::uint8_t { any, origins, images };

  void parse_statement(LineReader& line, Statement& statement);
  void parse_request(LineReader& line, Statement& statement);
  void parse_request_options(LineReader& line, Statement& statement);
  void parse_take(LineReader& line, Statement& statement);
  void parse_resize(LineReader& line, Statement& statement);
  void parse_demand(LineReader& line, Statement& statement, std::string_view options);
  // In scenario_expectation_parser.cpp.
  void parse_expectation(LineReader& line, Statement& statement);
  void parse_storage_expectation(LineReader& line, Statement& statement);
  void parse_changed(LineReader& line, Statement& statement);
  void parse_changed_ranges(LineReader& line, Statement& statement);

  DeviceRef take_device(LineReader& line, Devices allowed);
  OriginIndex take_origin(LineReader& line);
  SnapshotIndex take_snapshot(LineReader& line);
  Mention& mention(std::string_view name);
  ByteCount logical_block(const Statement& statement) const;

  Scenario& scenario_;
  std::map<std::string, Mention, std::less<>> mentions_;
  /// Every size that an origin has had so far: where a tracking block may be cut off.
  std::set<std::pair<OriginIndex, SectorCount>> sizes_;
};

}  // namespace cowbell::model
