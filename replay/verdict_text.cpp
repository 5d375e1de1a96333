// SPDX-License-Identifier: Apache-2.0
#include "replay/verdict_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace cowbell::replay {

std::string_view verdict_word(const std::optional<model::Breach>& breach) {
  return breach ? "broke" : "held";
}

std::string breach_text(const model::Breach& breach, std::string_view where,
                        std::string_view command) {
  std::string out(where);
  if (breach.line.number != 0) out += fmt::format(":{}", breach.line.number);
  out += breach.rule ? fmt::format(": {} broken: {}\n", rule_name(*breach.rule), breach.what)
                     : fmt::format(": {}\n", breach.what);
  if (!breach.history.empty()) out += fmt::format("\n{}\n", breach.history);
  out += fmt::format("\nRun it again: {}\n", command);
  return out;
}

void add_verdict(nlohmann::ordered_json& json, const std::optional<model::Breach>& breach,
                 std::string_view command) {
  json["verdict"] = verdict_word(breach);
  if (!breach) return;
  json["rule"] = nullptr;
  if (breach->rule) json["rule"] = rule_name(*breach->rule);
  json["what"] = breach->what;
  json["history"] = breach->history;
  json["line"] = breach->line.number;
  json["command"] = command;
}

void add_counts(nlohmann::ordered_json& json, const model::Counts& counts,
                const std::optional<model::Breach>& breach) {
  json["bios"] = counts.bios;
  json["bytes"] = counts.bytes;
  json["blocks_verified"] = counts.blocks_verified;
  json["chunks_copied"] = counts.chunks_copied;
  json["mismatches"] = mismatches(breach);
}

std::uint64_t mismatches(const std::optional<model::Breach>& breach) {
  return breach && breach->rule && *breach->rule <= Rule::S5 ? 1 : 0;
}

}  // namespace cowbell::replay
