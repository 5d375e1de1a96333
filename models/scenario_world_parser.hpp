// SPDX-License-Identifier: Apache-2.0
// The first part of a scenario file: parameters, devices, faults, latencies, the schedule. Private
// to the parser.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "models/scenario_lexer.hpp"

namespace cowbell::model {

/// The origin of that name; nothing if there is none.
std::optional<OriginIndex> find_origin(const Scenario& scenario, std::string_view name);

class WorldParser {
 public:
  /// `scenario` is borrowed and filled.
  explicit WorldParser(Scenario& scenario) : scenario_(scenario) {}

  /// True if a line that begins with `word` belongs to the world.
  static bool knows(std::string_view word);

  /// A whole line whose first word `knows`. Throws Refused.
  void parse(LineReader& line);

  /// What can be judged only when the whole world is known. Throws Refused.
  void finish() const;

 private:
  void parse_param(LineReader& line);
  void parse_origin(LineReader& line);
  void parse_storage(LineReader& line);
  static Profile take_profile(LineReader& line);
  void parse_fault(LineReader& line);
  void parse_memory_fault(LineReader& line);
  void parse_latency(LineReader& line);
  void parse_schedule(LineReader& line);
  void parse_recorded(LineReader& line);
  struct SiteAndKind {
    Site site;
    RequestKind kind;
  };
  SiteAndKind take_site(LineReader& line) const;
  void parse_trigger(LineReader& line, DeviceFault& fault) const;
  void parse_effect(LineReader& line, DeviceFault& fault) const;
  ByteCount logical_block(Site site) const;

  Scenario& scenario_;
  /// Where each parameter was set, in the order of param_fields(); 0 for not yet.
  std::vector<std::uint32_t> param_lines_ = std::vector<std::uint32_t>(param_fields().size());
  std::optional<ParseError> contradiction_;  ///< where the params would be refused at the end
};

}  // namespace cowbell::model
