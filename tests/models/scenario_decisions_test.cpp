// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/recorded_decisions.hpp"

namespace cowbell::model::testing {
namespace {

std::string answer(std::string_view text) {
  const auto parsed = parse_decisions(text);
  if (parsed) return to_string(*parsed);
  return std::to_string(parsed.error().offset) + ": " + parsed.error().expected;
}

// Method: decisions in every concern, some of them in runs.
TEST(ScenarioDecisions, PrintAsOneWordAndParseBack) {
  RecordedDecisions decisions;
  decisions.of(Concern::schedule) = {0, 0, 0, 2, 1, 0};
  decisions.of(Concern::effect_order) = {4294967295};
  decisions.of(Concern::workload) = {1, 2, 3};
  EXPECT_EQ(to_string(decisions), "schedule:0*3,2,1/effect:4294967295");
  auto parsed = parse_decisions("schedule:0*3,2,1/effect:4294967295");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->of(Concern::schedule), (std::vector<std::uint32_t>{0, 0, 0, 2, 1}));
  EXPECT_EQ(parsed->of(Concern::effect_order), (std::vector<std::uint32_t>{4294967295}));
  EXPECT_TRUE(parsed->of(Concern::workload).empty());
}

// Method: no choices, and choices that mean nothing.
TEST(ScenarioDecisions, TrailingZeroesMeanNothing) {
  RecordedDecisions decisions;
  EXPECT_EQ(to_string(decisions), "-");
  decisions.of(Concern::latency) = {0, 0};
  EXPECT_EQ(to_string(decisions), "-");
  EXPECT_EQ(parse_decisions("-"), RecordedDecisions{});
  EXPECT_EQ(answer("fault:0*5"), "-");
  EXPECT_EQ(answer("latency:3,0,0*2/schedule:1,1"), "schedule:1*2/latency:3");
  decisions.normalize();
  EXPECT_EQ(decisions, RecordedDecisions{});
}

// Method: names that are wrong, doubled, or of the concern that is never recorded.
TEST(ScenarioDecisions, EachConcernIsKnownAndComesOnce) {
  const std::string names =
      "`schedule:`, `latency:`, `effect:`, `fault:` or `power:`, each at most once";
  EXPECT_EQ(answer(""), "0: " + names);
  EXPECT_EQ(answer("memory:1"), "0: " + names);
  EXPECT_EQ(answer("schedule"), "0: " + names);
  EXPECT_EQ(answer("workload:1"), "0: " + names);
  EXPECT_EQ(answer("fault:1/"), "8: " + names);
  EXPECT_EQ(answer("fault:1/fault:1"), "8: " + names);
}

// Method: choices that are missing, too large or signed, and other characters.
TEST(ScenarioDecisions, ChoicesAreNumbers) {
  EXPECT_EQ(answer("fault:"), "6: a choice below 4294967296");
  EXPECT_EQ(answer("fault:1,,2"), "8: a choice below 4294967296");
  EXPECT_EQ(answer("fault:4294967296"), "6: a choice below 4294967296");
  EXPECT_EQ(answer("fault:-1"), "6: a choice below 4294967296");
  EXPECT_EQ(answer("fault:1;2"), "7: `,`, `*`, `/` or the end of the decisions");
}

// Method: repeats of nothing, and more choices than a text may have, in one run and in several.
TEST(ScenarioDecisions, ChoicesAreLimited) {
  const std::string limit = "a number of repeats above 0, and at most 1000000 choices in all";
  EXPECT_EQ(answer("fault:7*1000000"), "fault:7*1000000");
  EXPECT_EQ(answer("fault:7*1000001"), "7: " + limit);
  EXPECT_EQ(answer("fault:0*18446744073709551615"), "7: " + limit);
  EXPECT_EQ(answer("fault:0*18446744073709551616"), "7: " + limit);
  EXPECT_EQ(answer("fault:1*600000/latency:1*400001"), "24: " + limit);
  EXPECT_EQ(answer("fault:7*1000000/latency:1"), "25: " + limit);
  EXPECT_EQ(answer("fault:7*0"), "7: " + limit);
  EXPECT_EQ(answer("fault:7*"), "7: " + limit);
}

// Method: the words for the concerns.
TEST(ScenarioDecisions, ConcernsHaveNames) {
  EXPECT_EQ(concern_name(Concern::schedule), "schedule");
  EXPECT_EQ(concern_name(Concern::latency), "latency");
  EXPECT_EQ(concern_name(Concern::effect_order), "effect");
  EXPECT_EQ(concern_name(Concern::fault), "fault");
  EXPECT_EQ(concern_name(Concern::workload), "workload");
}

}  // namespace
}  // namespace cowbell::model::testing
