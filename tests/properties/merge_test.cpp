// SPDX-License-Identifier: Apache-2.0
#include "properties/merge.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "properties/explore.hpp"

namespace cowbell::properties {
namespace {

using Json = nlohmann::ordered_json;

ExploreOptions shard(std::uint64_t number, std::uint64_t of) {
  ExploreOptions options;
  options.seed = 400;
  options.shard = number;
  options.shards = of;
  options.count = 31;
  return options;
}

// Method: 31 scenarios at once, and as three shards, which 31 does not divide; same counts.
TEST(Merge, AddsUpToWhatOneMachineExplores) {
  const Json whole = to_json(explore(shard(1, 1)));
  std::vector<NamedSummary> summaries;
  for (const std::uint64_t number : {1, 2, 3})
    summaries.push_back({std::to_string(number), to_json(explore(shard(number, 3)))});
  const auto merged = merge(summaries);
  ASSERT_TRUE(merged) << merged.error();
  for (const char* name : {"scenarios", "bios", "bytes", "blocks_verified", "chunks_copied"})
    EXPECT_EQ((*merged)[name], whole[name]) << name;
  EXPECT_EQ((*merged)["scenarios"], 31);
  EXPECT_EQ((*merged)["marks"], whole["marks"]);
  EXPECT_EQ((*merged)["silent_marks"], whole["silent_marks"]);
  EXPECT_EQ((*merged)["missing_shards"], Json::array());
}

// Method: two shards, each too small to say that a mark is silent; together they are not.
TEST(Merge, KnowsTheMarksThatAllShardsMissed) {
  std::vector<NamedSummary> summaries;
  for (const std::uint64_t number : {1, 2}) {
    Json json = to_json(explore(shard(number, 9)));
    json["scenarios"] = mark_within(Mark::takes) - number;
    EXPECT_TRUE(json["silent_marks"].empty());
    summaries.push_back({std::to_string(number), std::move(json)});
  }
  for (NamedSummary& summary : summaries)
    for (const auto& [name, count] : summary.json["marks"].items())
      summary.json["marks"][name] = name == "takes" ? 0u : 1u;
  const auto merged = merge(summaries);
  ASSERT_TRUE(merged) << merged.error();
  EXPECT_EQ((*merged)["silent_marks"], Json{"takes"});
}

// Method: failures made up; they are kept, and counted by rule.
TEST(Merge, CountsFailuresByRule) {
  std::vector<NamedSummary> summaries;
  for (const std::uint64_t number : {1, 2}) {
    Json json = to_json(explore(shard(number, 9)));
    json["failures"] = {{{"rule", "S3"}}, {{"rule", number == 1 ? "S3" : "S8"}}};
    summaries.push_back({std::to_string(number), std::move(json)});
  }
  const auto merged = merge(summaries);
  ASSERT_TRUE(merged) << merged.error();
  EXPECT_EQ((*merged)["failures_by_rule"], (Json{{"S3", 3}, {"S8", 1}}));
  EXPECT_EQ((*merged)["failures"].size(), 4u);
}

// Method: shards of several counts, and from several first seeds: 400, 409, 418 and 427 are
// explored.
TEST(Merge, RefusesSeedsThatWereExploredBefore) {
  const Json nine = to_json(explore(shard(1, 9)));
  const auto is_refused = [&](std::uint64_t seed, std::uint64_t number, std::uint64_t of) {
    Json other = nine;
    other["seed"] = seed;
    other["shard"] = number;
    other["shards"] = of;
    return !merge(std::vector<NamedSummary>{{"a", nine}, {"b", other}}) &&
           !merge(std::vector<NamedSummary>{{"b", other}, {"a", nine}});
  };
  EXPECT_TRUE(is_refused(400, 1, 3));
  EXPECT_TRUE(is_refused(409, 1, 9));
  EXPECT_TRUE(is_refused(391, 2, 8));   // … 400
  EXPECT_FALSE(is_refused(400, 2, 3));  // 401, 404 …
  EXPECT_FALSE(is_refused(400, 2, 9));
  EXPECT_FALSE(is_refused(436, 1, 9));  // behind all of them
  EXPECT_FALSE(is_refused(392, 8, 16));
}

// Method: the first and the fourth of five, and an exploration that is whole.
TEST(Merge, NamesTheShardsThatAreMissing) {
  Json other = to_json(explore(shard(1, 1)));
  other["seed"] = 900u;
  std::vector<NamedSummary> summaries{{"other", other}};
  for (const std::uint64_t number : {4, 1})
    summaries.push_back({std::to_string(number), to_json(explore(shard(number, 5)))});
  const auto merged = merge(summaries);
  ASSERT_TRUE(merged) << merged.error();
  EXPECT_EQ((*merged)["explored"][1],
            (Json{{"seed", 400}, {"shard", 4}, {"shards", 5}, {"places", 6}}));
  EXPECT_EQ((*merged)["missing_shards"],
            (Json{{{"seed", 400}, {"shards", 5}, {"first", 2}, {"last", 3}},
                  {{"seed", 400}, {"shards", 5}, {"first", 5}, {"last", 5}}}));
  EXPECT_EQ((*merged)["scenarios"], 31 + 7 + 6);
}

// Method: a shard twice of which nothing was explored.
TEST(Merge, RefusesAShardTwice) {
  Json none = to_json(explore(shard(1, 9)));
  none["scenarios"] = none["places"] = 0u;
  EXPECT_FALSE(merge(std::vector<NamedSummary>{{"a", none}, {"b", none}}));
}

// Method: summaries with shards that cannot be, and with seeds behind the last that there is.
TEST(Merge, RefusesSeedsThatNobodyCanHaveExplored) {
  const Json good = to_json(explore(shard(1, 9)));
  const auto is_refused = [&](std::uint64_t seed, std::uint64_t number, std::uint64_t of,
                              std::uint64_t places) {
    Json json = good;
    json["seed"] = seed;
    json["shard"] = number;
    json["shards"] = of;
    json["places"] = places;
    return !merge(std::vector<NamedSummary>{{"a", json}});
  };
  constexpr auto kLastSeed = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE(is_refused(1, 0, 2, 1));
  EXPECT_TRUE(is_refused(1, 3, 2, 1));
  EXPECT_TRUE(is_refused(1, 1, kShardsMaximum + 1, 1));
  EXPECT_TRUE(is_refused(kLastSeed, 1, 1, 2));
  EXPECT_FALSE(is_refused(kLastSeed, 1, 1, 1));
  EXPECT_TRUE(is_refused(kLastSeed, 2, 2, 0));
  EXPECT_TRUE(is_refused(kLastSeed - 2, 1, 2, 3));
  EXPECT_FALSE(is_refused(kLastSeed - 2, 1, 2, 2));
}

// Method: counts that somebody has edited, of scenarios and of a mark.
TEST(Merge, RefusesASumForWhichThereIsNoRoom) {
  const Json one = to_json(explore(shard(1, 9)));
  const Json two = to_json(explore(shard(2, 9)));
  const auto error_of = [&](const Json& first) {
    return merge(std::vector<NamedSummary>{{"a", first}, {"b", two}}).error();
  };
  constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();
  Json many = one;
  many["bios"] = kLargest;
  EXPECT_EQ(error_of(many), "b: with it there are more than 2^64 bios");
  many = one;
  many["marks"]["takes"] = kLargest;
  EXPECT_EQ(error_of(many), "b: with it there are more than 2^64 marks.takes");
}

// Method: an exploration by two, ended early: the seeds that it has left out lie among its own.
TEST(Merge, RefusesSeedsAmongWhichSomeWereExplored) {
  Json early = to_json(explore(shard(1, 1)));
  early["scenarios"] = 20u;
  Json later = early;
  later["seed"] = 425u;
  EXPECT_FALSE(merge(std::vector<NamedSummary>{{"a", early}, {"b", later}}));
  later["seed"] = 431u;
  EXPECT_TRUE(merge(std::vector<NamedSummary>{{"a", early}, {"b", later}}));
}

// Method: shards of one exploration, and one that was given another scheduler.
TEST(Merge, RefusesScenariosOfAnotherShape) {
  ExploreOptions other = shard(2, 9);
  other.shape.any_scheduler = false;
  const auto merged = merge(std::vector<NamedSummary>{{"a", to_json(explore(shard(1, 9)))},
                                                      {"b", to_json(explore(other))}});
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error(),
            "b: explored other scenarios than a: scheduler \"random\", not \"any\"");
}

// Method: a shape that somebody has emptied, before another and behind it.
TEST(Merge, RefusesAShapeThatSaysLess) {
  Json empty = to_json(explore(shard(1, 9)));
  empty["shape"] = Json::object();
  const Json other = to_json(explore(shard(2, 9)));
  EXPECT_FALSE(merge(std::vector<NamedSummary>{{"a", empty}, {"b", other}}));
  EXPECT_FALSE(merge(std::vector<NamedSummary>{{"b", other}, {"a", empty}}));
}

// Method: the same shard twice, and JSON that no exploration printed, in each part once.
TEST(Merge, RefusesWhatDoesNotAddUp) {
  const Json good = to_json(explore(shard(1, 9)));
  EXPECT_EQ(merge(std::vector<NamedSummary>{{"a", good}, {"b", good}}).error(),
            "b: explored the same seeds as a");
  for (const char* name :
       {"seed", "shards", "places", "shape", "bios", "seconds", "marks", "failures"}) {
    Json spoiled = good;
    spoiled[name] = "?";
    const auto merged = merge(std::vector<NamedSummary>{{"a", spoiled}});
    ASSERT_FALSE(merged) << name;
    EXPECT_EQ(merged.error(), std::string("a: expected what `cowbell explore --json` prints, "
                                          "found no ") +
                                  name);
  }
  EXPECT_EQ(merge(std::vector<NamedSummary>{{"a", Json::array()}}).error(),
            "a: expected what `cowbell explore --json` prints, found no object");
}

}  // namespace
}  // namespace cowbell::properties
