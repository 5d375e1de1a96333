// SPDX-License-Identifier: Apache-2.0
#include "properties/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "properties/explored_seeds.hpp"
#include "properties/marks.hpp"

namespace cowbell::properties {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kSummed{"scenarios", "repeated",        "bios",
                             "bytes",     "blocks_verified", "chunks_copied"};
constexpr std::array kTimes{"seconds", "processor_seconds"};

/// What `summary` lacks of what an exploration says; empty if nothing.
std::string lacks(const Json& summary) {
  if (!summary.is_object()) return "object";
  for (const char* name : {"seed", "shard", "shards", "places"})
    if (!summary.contains(name) || !summary[name].is_number_unsigned()) return name;
  for (const char* name : kSummed)
    if (!summary.contains(name) || !summary[name].is_number_unsigned()) return name;
  for (const char* name : kTimes)
    if (!summary.contains(name) || !summary[name].is_number()) return name;
  if (!summary.contains("shape") || !summary["shape"].is_object()) return "shape";
  if (!summary.contains("marks") || !summary["marks"].is_object()) return "marks";
  for (const auto& [name, count] : summary["marks"].items())
    if (!count.is_number_unsigned()) return "marks." + name;
  if (!summary.contains("failures") || !summary["failures"].is_array()) return "failures";
  for (const Json& failure : summary["failures"])
    if (!failure.is_object() || !failure.contains("rule") || !failure["rule"].is_string())
      return "failures.rule";
  return {};
}

ExploredSeeds seeds_of(const Json& summary) {
  return {summary["seed"], summary["shard"], summary["shards"], summary["places"]};
}

/// "profile "hdd", not "any"" where the shape of `b` differs from that of `a`; empty if nowhere.
std::string differs(const Json& a, const Json& b) {
  for (const Json& names : {a, b})
    for (const auto& item : names.items()) {
      const Json value = a.value(item.key(), Json());
      const Json other = b.value(item.key(), Json());
      if (other != value)
        return fmt::format("{} {}, not {}", item.key(), other.dump(), value.dump());
    }
  return {};
}

/// Returns whether there was room for the sum.
bool add(Json& sum, const Json& count) {
  std::uint64_t both = 0;
  if (__builtin_add_overflow(sum.get<std::uint64_t>(), count.get<std::uint64_t>(), &both))
    return false;
  sum = both;
  return true;
}

/// Returns which sum is too large; empty if none.
std::string add_summary(Json& sum, const Json& summary) {
  for (const char* name : kSummed)
    if (!add(sum[name], summary[name])) return name;
  sum["seconds"] = std::max(sum.value("seconds", 0.0), summary["seconds"].get<double>());
  sum["processor_seconds"] =
      sum.value("processor_seconds", 0.0) + summary["processor_seconds"].get<double>();
  for (const auto& [name, count] : summary["marks"].items())
    if (!add(sum["marks"].emplace(name, std::uint64_t{0}).first.value(), count))
      return "marks." + name;
  for (const Json& failure : summary["failures"]) {
    const std::string rule = failure["rule"];
    sum["failures_by_rule"][rule] =
        sum["failures_by_rule"].value(rule, std::uint64_t{0}) + std::uint64_t{1};
    sum["failures"].push_back(failure);
  }
  return {};
}

/// Of all shards together.
Json silent_in(const Json& sum) {
  Marks marks;
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    const auto mark = static_cast<Mark>(i);
    marks.add(mark, sum["marks"].value(std::string(mark_name(mark)), std::uint64_t{0}));
  }
  Json silent = Json::array();
  for (const Mark mark : silent_marks(marks, sum["scenarios"])) silent.push_back(mark_name(mark));
  return silent;
}

}  // namespace

std::expected<Json, std::string> merge(std::span<const NamedSummary> summaries) {
  Json sum = {{"summaries", summaries.size()},
              {"explored", Json::array()},
              {"missing_shards", Json::array()},
              {"shape", Json::object()}};
  std::vector<ExploredSeeds> explored;
  for (const char* name : kSummed) sum[name] = std::uint64_t{0};
  sum["marks"] = Json::object();
  sum["failures_by_rule"] = Json::object();
  sum["failures"] = Json::array();
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const NamedSummary& summary = summaries[i];
    if (const std::string missing = lacks(summary.json); !missing.empty())
      return std::unexpected(fmt::format(
          "{}: expected what `cowbell explore --json` prints, found no {}", summary.name, missing));
    const ExploredSeeds seeds = seeds_of(summary.json);
    if (!are_possible(seeds))
      return std::unexpected(
          fmt::format("{}: nobody can have explored {} seeds from {}, shard {} of {}", summary.name,
                      seeds.places, seeds.seed, seeds.shard, seeds.shards));
    for (std::size_t before = 0; before < i; ++before)
      if (share_a_seed(explored[before], seeds))
        return std::unexpected(
            fmt::format("{}: explored the same seeds as {}", summary.name, summaries[before].name));
    explored.push_back(seeds);
    sum["explored"].push_back({{"seed", seeds.seed},
                               {"shard", seeds.shard},
                               {"shards", seeds.shards},
                               {"places", seeds.places}});
    if (const std::string what = differs(summaries[0].json["shape"], summary.json["shape"]);
        !what.empty())
      return std::unexpected(fmt::format("{}: explored other scenarios than {}: {}", summary.name,
                                         summaries[0].name, what));
    sum["shape"] = summary.json["shape"];
    if (const std::string what = add_summary(sum, summary.json); !what.empty())
      return std::unexpected(
          fmt::format("{}: with it there are more than 2^64 {}", summary.name, what));
  }
  for (const MissingShards& missing : missing_shards(explored))
    sum["missing_shards"].push_back({{"seed", missing.seed},
                                     {"shards", missing.shards},
                                     {"first", missing.first},
                                     {"last", missing.last}});
  sum["silent_marks"] = silent_in(sum);
  return sum;
}

}  // namespace cowbell::properties
