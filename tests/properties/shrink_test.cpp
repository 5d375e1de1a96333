// SPDX-License-Identifier: Apache-2.0
#include "properties/shrink.hpp"

#include <gtest/gtest.h>

#include "models/scenario_text.hpp"
#include "properties/generate.hpp"

namespace cowbell::properties {
namespace {

using model::Concern;
using model::Scenario;
using model::SchedulerKind;
using model::Statement;
using model::StatementKind;

Outcome broken(Rule rule) {
  Outcome outcome;
  outcome.breach = {.rule = rule, .what = "planted", .history = {}, .line = {}};
  outcome.decisions.of(Concern::schedule) = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9};
  outcome.decisions.of(Concern::latency) = {2, 7, 1, 8};
  return outcome;
}

bool any_statement(const Scenario& scenario, auto condition) {
  return std::ranges::any_of(scenario.program, condition);
}

bool is_origin_write(const Statement& statement) {
  return statement.kind == StatementKind::write && !statement.device.is_image();
}

bool is_image_read(const Statement& statement) {
  return statement.kind == StatementKind::read && statement.device.is_image();
}

// The first generated scenario that fails, from `seed` on.
Scenario failing(const Judge& judge, std::uint64_t seed = 0) {
  for (;; ++seed)
    if (Scenario scenario = generate(seed); !judge(scenario).held()) return scenario;
}

Shrunk shrink_first(const Judge& judge, std::uint64_t seed = 0) {
  const Scenario scenario = failing(judge, seed);
  const Outcome outcome = judge(scenario);
  return shrink(scenario, outcome, judge);
}

// Method: the planted failure needs one write, one take and one image read, and nothing else.
TEST(Shrink, LeavesTheThreeStatementsThatMatter) {
  const Judge judge = [](const Scenario& scenario) {
    return any_statement(scenario, is_origin_write) && any_statement(scenario, is_image_read)
               ? broken(Rule::S3)
               : Outcome{};
  };
  for (std::uint64_t seed = 0; seed < 200; seed += 10) {
    const Shrunk shrunk = shrink_first(judge, seed);
    EXPECT_TRUE(shrunk.repeated);
    EXPECT_EQ(shrunk.scenario.program.size(), 3u) << to_string(shrunk.scenario);
    EXPECT_EQ(shrunk.scenario.origins.size(), 1u);
    EXPECT_TRUE(shrunk.scenario.faults.empty() && shrunk.scenario.memory_faults.empty());
    EXPECT_TRUE(shrunk.scenario.latencies.empty());
    EXPECT_EQ(shrunk.scenario.params, Params{});
    EXPECT_EQ(shrunk.scenario.storage, model::StorageSpec{});
    EXPECT_EQ(shrunk.scenario.schedule.kind, SchedulerKind::recorded);
    EXPECT_EQ(shrunk.scenario.schedule.recorded, model::RecordedDecisions{});
    for (const Statement& statement : shrunk.scenario.program) {
      EXPECT_EQ(statement.client, 0u);
      EXPECT_EQ(statement.segments, 1u);
      EXPECT_FALSE(statement.background);
    }
    EXPECT_LE(shrunk.runs, 2'000u);
  }
}

// Method: the failure needs a fault of storage writes that a rate gave, and two clients.
TEST(Shrink, KeepsTheFaultAndTheClientsThatMatter) {
  const Judge judge = [](const Scenario& scenario) {
    const bool faulty = std::ranges::any_of(scenario.faults, [](const model::DeviceFault& fault) {
      return fault.site.kind == model::Site::Kind::storage &&
             fault.kind == model::RequestKind::write;
    });
    const bool two = any_statement(scenario, [&](const Statement& write) {
      return is_origin_write(write) && any_statement(scenario, [&](const Statement& other) {
               return other.client != write.client;
             });
    });
    return faulty && two ? broken(Rule::S6) : Outcome{};
  };
  const Shrunk shrunk = shrink_first(judge);
  EXPECT_EQ(shrunk.scenario.program.size(), 2u) << to_string(shrunk.scenario);
  ASSERT_EQ(shrunk.scenario.faults.size(), 1u);
  EXPECT_FALSE(std::holds_alternative<model::OneIn>(shrunk.scenario.faults[0].trigger));
  EXPECT_FALSE(shrunk.scenario.faults[0].sticky);
}

// Method: of a scenario in which all devices are hard disks, only that of one origin matters.
TEST(Shrink, KeepsTheProfileThatMatters) {
  const Judge judge = [](const Scenario& scenario) {
    return any_statement(scenario, is_origin_write) &&
                   scenario.origins[0].profile == model::Profile::hdd
               ? broken(Rule::S1)
               : Outcome{};
  };
  Scenario scenario;
  for (std::uint64_t seed = 0; judge(scenario).held(); ++seed)
    scenario = generate(seed, {.origins_minimum = 2, .profile = model::Profile::hdd});
  const Shrunk shrunk = shrink(scenario, judge(scenario), judge);
  ASSERT_EQ(shrunk.scenario.origins.size(), 1u);
  EXPECT_EQ(shrunk.scenario.origins[0].profile, model::Profile::hdd);
  EXPECT_EQ(shrunk.scenario.storage, model::StorageSpec{});
}

// Method: without the write another rule breaks, which must not lead the shrinker astray.
TEST(Shrink, DoesNotSlipToAnotherRule) {
  const Judge judge = [](const Scenario& scenario) {
    if (!any_statement(scenario, is_image_read)) return Outcome{};
    return broken(any_statement(scenario, is_origin_write) ? Rule::S3 : Rule::S8);
  };
  Scenario scenario;
  for (std::uint64_t seed = 0;; ++seed) {
    scenario = generate(seed);
    const Outcome outcome = judge(scenario);
    if (!outcome.held() && outcome.breach->rule == Rule::S3) break;
  }
  const Shrunk shrunk = shrink(scenario, judge(scenario), judge);
  EXPECT_EQ(shrunk.outcome.breach->rule, Rule::S3);
  EXPECT_EQ(shrunk.scenario.program.size(), 3u) << to_string(shrunk.scenario);
}

// Method: an expectation that is not met in two ways. What the larger scenario found instead stays.
TEST(Shrink, KeepsWhatWasFoundInsteadOfWhatIsExpected) {
  const Judge judge = [](const Scenario& scenario) {
    if (!any_statement(scenario, is_image_read)) return Outcome{};
    Outcome outcome = broken(Rule::S3);
    outcome.breach->rule.reset();
    outcome.breach->found = any_statement(scenario, is_origin_write) ? "0xaa" : "zeroes";
    return outcome;
  };
  Scenario scenario;
  for (std::uint64_t seed = 0;; ++seed) {
    scenario = generate(seed);
    if (any_statement(scenario, is_image_read) && any_statement(scenario, is_origin_write)) break;
  }
  const Shrunk shrunk = shrink(scenario, judge(scenario), judge);
  EXPECT_EQ(shrunk.outcome.breach->found, "0xaa");
  EXPECT_TRUE(any_statement(shrunk.scenario, is_origin_write)) << to_string(shrunk.scenario);
}

// Method: a run without end that every schedule shows, and no time left when the program is small.
// Its thousands of choices are left out altogether.
TEST(Shrink, TriesNoDecisionsBeforeAllOfThem) {
  bool late = false;
  const Judge judge = [&](const Scenario&) {
    late = true;
    Outcome outcome = broken(Rule::S8);
    outcome.decisions.of(Concern::schedule).assign(100'000, 1);
    return outcome;
  };
  const Scenario scenario = generate(std::uint64_t{3});
  const Shrunk shrunk =
      shrink(scenario, judge(scenario), judge, {.out_of_time = [&] { return late; }});
  EXPECT_TRUE(shrunk.repeated);
  EXPECT_EQ(shrunk.scenario.schedule.kind, SchedulerKind::recorded);
  EXPECT_EQ(shrunk.scenario.schedule.recorded, model::RecordedDecisions{});
}

// Method: a race that one seed in four shows, and of which two recorded choices matter.
TEST(Shrink, FindsTheFailureUnderOtherSeedsAndKeepsTheChoicesThatMatter) {
  const Judge judge = [](const Scenario& scenario) {
    if (!any_statement(scenario, is_origin_write) || !any_statement(scenario, is_image_read))
      return Outcome{};
    const model::ScheduleSpec& schedule = scenario.schedule;
    if (schedule.kind != SchedulerKind::recorded) {
      const bool shows = sim::mix(schedule.seed + scenario.program.size()) % 4 == 0;
      return shows ? broken(Rule::S3) : Outcome{};
    }
    const auto& choices = schedule.recorded.of(Concern::schedule);
    const bool shows = choices.size() > 5 && choices[2] >= 3 && choices[5] >= 2;
    return shows ? broken(Rule::S3) : Outcome{};
  };
  std::size_t minimal = 0;
  for (std::uint64_t seed = 0; seed < 200; seed += 10) {
    const Shrunk shrunk = shrink_first(judge, seed);
    ASSERT_TRUE(shrunk.repeated);
    EXPECT_FALSE(judge(shrunk.scenario).held());
    EXPECT_LE(shrunk.scenario.program.size(), 5u) << to_string(shrunk.scenario);
    minimal += shrunk.scenario.program.size() == 3;
    const auto& recorded = shrunk.scenario.schedule.recorded;
    EXPECT_EQ(recorded.of(Concern::schedule), (std::vector<std::uint32_t>{0, 0, 4, 0, 0, 2}));
    EXPECT_TRUE(recorded.of(Concern::latency).empty());
  }
  EXPECT_GE(minimal, 15u);
}

// Method: every candidate that was run is asked for, whether it is a scenario of the language.
TEST(Shrink, RunsOnlyScenariosThatParseBack) {
  std::size_t runs = 0;
  const Judge judge = [&](const Scenario& scenario) {
    const auto parsed = model::parse_scenario(to_string(scenario));
    EXPECT_TRUE(parsed) << to_string(scenario);
    EXPECT_TRUE(parsed == scenario) << to_string(scenario);
    ++runs;
    return any_statement(scenario, is_origin_write) && any_statement(scenario, is_image_read)
               ? broken(Rule::S3)
               : Outcome{};
  };
  for (std::uint64_t seed = 0; seed < 100; seed += 5) shrink_first(judge, seed);
  EXPECT_GT(runs, 1'000u);
}

// Method: a judge that always fails makes every candidate a success; one that is slow runs out.
TEST(Shrink, EndsWithinItsLimits) {
  const Judge always = [](const Scenario&) { return broken(Rule::S8); };
  const Scenario scenario = generate(std::uint64_t{3});
  const Shrunk smallest = shrink(scenario, always(scenario), always);
  EXPECT_EQ(smallest.scenario.program.size(), 1u);
  EXPECT_LT(smallest.runs, 200u);

  const Judge all_of_it = [&](const Scenario& candidate) {
    return candidate.program.size() == scenario.program.size() ? broken(Rule::S8) : Outcome{};
  };
  EXPECT_LE(shrink(scenario, broken(Rule::S8), all_of_it, {.runs_maximum = 50}).runs, 50u);

  std::size_t asked = 0;
  const ShrinkLimits out_of_time{.out_of_time = [&] { return ++asked > 10; }};
  EXPECT_LE(shrink(scenario, broken(Rule::S8), all_of_it, out_of_time).runs, 11u);
}

// Method: more choices than a line of a file holds, of which the first five thousand matter, or
// none but the first.
TEST(Shrink, KeepsTheSeedWhereTheDecisionsAreTooManyToWriteDown) {
  for (const std::size_t matter : {1u, 5'000u}) {
    const Judge judge = [matter](const Scenario& scenario) {
      const auto& choices = scenario.schedule.recorded.of(Concern::schedule);
      const bool recorded = scenario.schedule.kind == SchedulerKind::recorded;
      if (recorded && choices.size() < matter) return Outcome{};
      Outcome outcome = broken(Rule::S8);
      for (std::uint32_t i = 0; i < 100'000; ++i)
        outcome.decisions.of(Concern::schedule).push_back(1 + i % 2);
      return outcome;
    };
    const Scenario scenario = generate(std::uint64_t{3});
    const Shrunk shrunk = shrink(scenario, judge(scenario), judge);
    EXPECT_TRUE(shrunk.repeated);
    EXPECT_TRUE(model::parse_scenario(to_string(shrunk.scenario)));
    EXPECT_EQ(shrunk.scenario.schedule.kind == SchedulerKind::recorded, matter == 1);
  }
}

// Method: a failure of which nothing can be taken away, and that its decisions do not repeat.
TEST(Shrink, SaysThatARecordedScheduleDidNotRepeatTheFailure) {
  const Judge judge = [](const Scenario& scenario) {
    return scenario.schedule.kind == SchedulerKind::recorded ? Outcome{} : broken(Rule::S13);
  };
  const Scenario scenario = generate(std::uint64_t{3});
  const Shrunk shrunk = shrink(scenario, judge(scenario), judge);
  EXPECT_FALSE(shrunk.repeated);
  EXPECT_NE(shrunk.scenario.schedule.kind, SchedulerKind::recorded);
  EXPECT_EQ(shrunk.outcome.breach->rule, Rule::S13);
}

}  // namespace
}  // namespace cowbell::properties
