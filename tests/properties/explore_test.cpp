// SPDX-License-Identifier: Apache-2.0
#include "properties/explore.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <set>

#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"
#include "properties/judge.hpp"

namespace cowbell::properties {
namespace {

// An engine that refuses the third take of a run for no reason.
class ThirdTakeFails final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    if (take == 2) return Errc::busy;
    return EngineSubject::take(take, name, origins, storage, limit);
  }
};

// An engine whose invariant breaks at the second release of a run.
class SecondReleaseAborts final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Errc release(model::TakeNumber take, std::string_view name) override {
    COWBELL_INVARIANT(S11, ++releases_ < 2);
    return EngineSubject::release(take, name);
  }

 private:
  int releases_ = 0;
};

template <class Planted>
model::SubjectMaker maker() {
  return [](const Environment& environment, const Params& params) {
    return std::make_unique<Planted>(environment, params);
  };
}

std::size_t count_of(const model::Scenario& scenario, model::StatementKind kind) {
  return static_cast<std::size_t>(
      std::ranges::count(scenario.program, kind, &model::Statement::kind));
}

model::Scenario scenario_of(std::string_view text) {
  return *model::parse_scenario("cowbell-scenario 1\n" + std::string(text));
}

// Method: the smallest scenario that the engine must hold.
TEST(Judge, SaysThatAScenarioHeld) {
  const Outcome outcome = judge(scenario_of(R"(
    origin A 64K
    write A 0 4K = 0xaa
    take s
    write A 0 4K = 0xbb
    read A@s 0 4K = 0xaa
  )"));
  EXPECT_TRUE(outcome.held()) << outcome.breach->what;
  EXPECT_NE(outcome.event_hash, 0u);
  EXPECT_GE(outcome.counts.bios, 3u);
}

// Method: an expectation that is wrong; the statement that shows it is named.
TEST(Judge, NamesTheStatementOfAnExpectationThatIsNotMet) {
  const Outcome outcome =
      judge(scenario_of("origin A 64K\n\nwrite A 0 4K = 0xaa\n"
                        "read A 0 4K = 0xbb\n"));
  ASSERT_FALSE(outcome.held());
  EXPECT_EQ(outcome.ending, Ending::returned);
  EXPECT_EQ(outcome.breach->line.number, 5u) << outcome.breach->what;
}

// Method: the planted abort ends the child; its rule comes from what it wrote.
TEST(Judge, SurvivesARunThatAborts) {
  const Outcome outcome = judge(scenario_of("origin A 64K\ntake s\nrelease s\ntake s\nrelease s\n"),
                                {.subject = maker<SecondReleaseAborts>()});
  EXPECT_EQ(outcome.ending, Ending::aborted);
  ASSERT_TRUE(outcome.breach);
  EXPECT_EQ(outcome.breach->rule, Rule::S11);
}

// Method: a short exploration on two children.
TEST(Explore, CountsWhatItRan) {
  std::size_t calls = 0;
  ExploreOptions options;
  options.count = 500;
  options.jobs = 2;
  options.progress = [&](const Progress&) { ++calls; };
  const Summary summary = explore(options);
  for (const Failure& failure : summary.failures) ADD_FAILURE() << failure.describe();
  EXPECT_EQ(summary.scenarios, 500u);
  EXPECT_EQ(summary.places, 500u);
  EXPECT_GT(summary.repeated, 0u);
  EXPECT_GT(summary.counts.bios, 500u);
  EXPECT_GT(calls, 0u);
  const auto json = to_json(summary);
  EXPECT_EQ(json.at("scenarios"), 500u);
  EXPECT_EQ(json.at("bios"), summary.counts.bios);
  EXPECT_GT(json.at("scenarios_per_second"), 0.0);
  EXPECT_GT(json.at("bios_per_second"), 0.0);
  EXPECT_TRUE(json.at("failures").empty());
  EXPECT_EQ(json.at("marks").at("takes"), summary.marks[Mark::takes]);
}

/// The names of the marks that stay silent where they must not.
std::vector<std::string> silent(const Shape& shape, std::uint64_t count) {
  ExploreOptions options;
  options.count = count;
  options.jobs = 2;
  options.shape = shape;
  const auto json = to_json(explore(options));
  EXPECT_TRUE(json["failures"].empty());
  return json["silent_marks"];
}

// Method: for each bound that marks have, an exploration of just so many scenarios; a mark that
// stays silent says that the generator has gone blind there.
TEST(Explore, HitsEveryMarkWithinItsBound) {
  std::set<std::uint64_t> bounds;
  for (std::size_t i = 0; i < kMarkCount; ++i) bounds.insert(mark_within(static_cast<Mark>(i)));
  for (const std::uint64_t bound : bounds)
    EXPECT_EQ(silent({}, bound), std::vector<std::string>{}) << bound;
}

// Method: a generator that has lost a family; the marks that need it are named, and no others.
TEST(Explore, NoticesAMarkThatHasGoneSilent) {
  using Names = std::vector<std::string>;
  constexpr std::uint64_t kScenarios = 30'000;
  Shape no_refusal;
  no_refusal.memory_faults = false;
  EXPECT_EQ(silent(no_refusal, kScenarios), Names{"allocations_refused"});
  Shape no_refused_growth;
  no_refused_growth.storage_faults = false;
  EXPECT_EQ(silent(no_refused_growth, kScenarios),
            (Names{"writes_lost", "writes_misdirected", "bits_rotten", "growths_refused",
                   "growths_tried_again"}));
  // Fewer scenarios than the bound say nothing.
  EXPECT_EQ(silent(no_refusal, mark_within(Mark::allocations_refused) - 1), Names{});
}

// Method: interrupted when some scenarios have been run, once without a failure and once with one,
// which is told as it was found.
TEST(Explore, TellsWhatItHasDoneWhenItIsInterrupted) {
  ExploreOptions options;
  options.jobs = 2;
  bool interrupted = false;
  options.progress = [&](const Progress& progress) { interrupted |= progress.scenarios >= 100; };
  options.interrupted = [&] { return interrupted; };
  const Summary held = explore(options);
  EXPECT_TRUE(held.interrupted);
  EXPECT_GE(held.scenarios, 100u);
  EXPECT_TRUE(held.failures.empty());
  EXPECT_EQ(to_json(held)["interrupted"], true);
  options.subject = maker<SecondReleaseAborts>();
  options.failures_maximum = 1'000;
  options.progress = [&](const Progress& progress) { interrupted = progress.failures > 0; };
  const Summary broke = explore(options);
  ASSERT_FALSE(broke.failures.empty());
  for (const Failure& failure : broke.failures)
    EXPECT_EQ(failure.minimal.scenario.program.size(),
              generate(failure.seed, options.shape).program.size());
  options.count = 1;
  options.interrupted = [] { return false; };
  EXPECT_FALSE(explore(options).interrupted);
}

// Method: the seeds that there are, shared and not, and an exploration that comes to their end.
TEST(Explore, EndsWithTheLastSeed) {
  constexpr auto kLastSeed = std::numeric_limits<std::uint64_t>::max();
  ExploreOptions options;
  options.seed = kLastSeed - 2;
  EXPECT_EQ(explore(options).scenarios, 3u);
  options.shard = options.shards = 2;
  EXPECT_EQ(scenarios_of(options), 1u);
  options.shard = options.shards = 4;
  EXPECT_EQ(scenarios_of(options), 0u);
  options.seed = 0;
  EXPECT_GT(scenarios_of(options), kLastSeed / 16);
  options.count = 3;
  EXPECT_EQ(scenarios_of(options), 0u);
  options.count = 9;
  options.shard = 1;
  EXPECT_EQ(scenarios_of(options), 3u);
  options.count = 0;
  EXPECT_EQ(scenarios_of(options), 0u);
}

// Method: the same seeds on one child and on three.
TEST(Explore, RunsTheSameScenariosOnAnyNumberOfChildren) {
  ExploreOptions options;
  options.count = 300;
  const Summary one = explore(options);
  options.jobs = 3;
  const Summary three = explore(options);
  EXPECT_EQ(one.counts.bios, three.counts.bios);
  EXPECT_EQ(one.counts.chunks_copied, three.counts.chunks_copied);
  EXPECT_EQ(one.marks[Mark::storage_writes], three.marks[Mark::storage_writes]);
}

// Method: explorations ended early by a failure. One child leaves nothing out; of several each
// leaves out at most what it had taken, and nothing behind the last place has been run.
TEST(Explore, SaysAmongWhichSeedsItsScenariosAre) {
  ExploreOptions options;
  options.count = 2'000;
  options.shrink = false;
  options.subject = maker<SecondReleaseAborts>();
  const Summary one = explore(options);
  ASSERT_EQ(one.failures.size(), 1u);
  EXPECT_EQ(one.places, one.scenarios);
  EXPECT_EQ(one.failures[0].seed, options.seed + one.places - 1);
  options.jobs = 3;
  options.failures_maximum = 5;
  const Summary three = explore(options);
  EXPECT_GE(three.places, three.scenarios);
  EXPECT_LE(three.places, three.scenarios + 3 * 32);
  for (const Failure& failure : three.failures)
    EXPECT_LT(failure.seed, options.seed + three.places);
}

// Method: an engine with a planted defect that only a verdict shows.
TEST(Explore, FindsAndShrinksAPlantedDefect) {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "cowbell-explore-test";
  std::filesystem::remove_all(directory);
  ExploreOptions options;
  options.count = 10'000;
  options.subject = maker<ThirdTakeFails>();
  options.directory = directory;
  const Summary summary = explore(options);
  ASSERT_EQ(summary.failures.size(), 1u);
  EXPECT_LT(summary.scenarios, 10'000u);
  const Failure& failure = summary.failures[0];
  EXPECT_TRUE(failure.minimal.repeated);
  EXPECT_LE(failure.minimal.scenario.program.size(), 5u) << failure.describe();
  EXPECT_EQ(count_of(failure.minimal.scenario, model::StatementKind::take), 3u);
  EXPECT_LT(failure.minimal.runs, 2'000u);
  ASSERT_TRUE(std::filesystem::exists(failure.file));
  EXPECT_TRUE(failure.file.stem().string().ends_with("-" + std::to_string(failure.seed)));
  EXPECT_NE(failure.describe().find(failure.file.string()), std::string::npos);
  // The minimal scenario fails in the same way, and holds without the defect.
  EXPECT_TRUE(
      same_failure(failure.outcome, judge(failure.minimal.scenario, {.subject = options.subject})));
  EXPECT_TRUE(judge(failure.minimal.scenario).held());
  std::filesystem::remove_all(directory);
}

// Method: a defect that ends the process; the parent goes on with the seeds behind it.
TEST(Explore, GoesOnAfterAChildHasDied) {
  ExploreOptions options;
  options.count = 2'000;
  options.failures_maximum = 3;
  options.jobs = 2;
  options.subject = maker<SecondReleaseAborts>();
  const Summary summary = explore(options);
  ASSERT_EQ(summary.failures.size(), 3u);
  for (const Failure& failure : summary.failures) {
    EXPECT_EQ(failure.outcome.ending, Ending::aborted);
    EXPECT_EQ(failure.outcome.breach->rule, Rule::S11);
    EXPECT_TRUE(failure.minimal.repeated);
    EXPECT_LE(failure.minimal.scenario.program.size(), 4u) << failure.describe();
  }
}

}  // namespace
}  // namespace cowbell::properties
