// SPDX-License-Identifier: Apache-2.0
#include "properties/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "properties/marks.hpp"

namespace cowbell::properties {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kSummed{"scenarios", "repeated",        "bios",
                             "bytes",     "blocks_verified", "chunks_copied"};
constexpr std::array kTimes{"seconds", "processor_seconds"};

/// What `summary` lacks of what an exploration says; empty if nothing.
std::string lacks(const Json& summary) {
  if (!summary.is_object()) return "an object";
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

/// Every `step`-th seed from the first on, as far as the exploration can have come.
struct Seeds {
  std::uint64_t first, step, count;

  explicit Seeds(const Json& summary)
      : first(summary["seed"].get<std::uint64_t>() + summary["shard"].get<std::uint64_t>() - 1),
        step(std::max<std::uint64_t>(summary["shards"].get<std::uint64_t>(), 1)),
        count(summary["places"].get<std::uint64_t>()) {}
  bool has(std::uint64_t seed) const {
    return seed >= first && (seed - first) % step == 0 && (seed - first) / step < count;
  }
};

/// Where shards of several counts, or from several first seeds, come together too.
bool share_a_seed(const Seeds& a, const Seeds& b) {
  const std::uint64_t skipped = b.first > a.first ? (b.first - a.first + a.step - 1) / a.step : 0;
  // After so many steps of one, the places within those of the other come again.
  for (std::uint64_t i = skipped; i < a.count && i - skipped < b.step; ++i)
    if (b.has(a.first + i * a.step)) return true;
  return false;
}

/// "profile "hdd", not "any"" where the shape of `b` differs from that of `a`; empty if nowhere.
std::string differs(const Json& a, const Json& b) {
  for (const auto& [name, value] : a.items())
    if (const Json other = b.value(name, Json()); other != value)
      return fmt::format("{} {}, not {}", name, other.dump(), value.dump());
  return {};
}

void add(Json& sum, const Json& summary) {
  for (const char* name : kSummed)
    sum[name] = sum.value(name, std::uint64_t{0}) + summary[name].get<std::uint64_t>();
  sum["seconds"] = std::max(sum.value("seconds", 0.0), summary["seconds"].get<double>());
  sum["processor_seconds"] =
      sum.value("processor_seconds", 0.0) + summary["processor_seconds"].get<double>();
  for (const auto& [name, count] : summary["marks"].items())
    sum["marks"][name] = sum["marks"].value(name, std::uint64_t{0}) + count.get<std::uint64_t>();
  for (const Json& failure : summary["failures"]) {
    const std::string rule = failure["rule"];
    sum["failures_by_rule"][rule] =
        sum["failures_by_rule"].value(rule, std::uint64_t{0}) + std::uint64_t{1};
    sum["failures"].push_back(failure);
  }
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
  Json sum = {{"summaries", summaries.size()}, {"shape", Json::object()}};
  for (const char* name : kSummed) sum[name] = std::uint64_t{0};
  sum["marks"] = Json::object();
  sum["failures_by_rule"] = Json::object();
  sum["failures"] = Json::array();
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const NamedSummary& summary = summaries[i];
    if (const std::string missing = lacks(summary.json); !missing.empty())
      return std::unexpected(fmt::format(
          "{}: expected what `cowbell explore --json` prints, found no {}", summary.name, missing));
    for (const NamedSummary& before : summaries.first(i))
      if (share_a_seed(Seeds(before.json), Seeds(summary.json)))
        return std::unexpected(
            fmt::format("{}: explored the same seeds as {}", summary.name, before.name));
    if (const std::string what = differs(summaries[0].json["shape"], summary.json["shape"]);
        !what.empty())
      return std::unexpected(fmt::format("{}: explored other scenarios than {}: {}", summary.name,
                                         summaries[0].name, what));
    sum["shape"] = summary.json["shape"];
    add(sum, summary.json);
  }
  sum["silent_marks"] = silent_in(sum);
  return sum;
}

}  // namespace cowbell::properties
