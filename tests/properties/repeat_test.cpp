// SPDX-License-Identifier: Apache-2.0
// Planted nondeterminism: each engine here lets something into the event log that a scenario does
// not decide, and the report must name the event.
#include "properties/repeat.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"
#include "properties/explore.hpp"
#include "properties/judge.hpp"

namespace cowbell::properties {
namespace {

constexpr std::string_view kScenario =
    "cowbell-scenario 1\n"
    "origin A 1T\n"
    "write A 0 4K\n"
    "take s\n"
    "write A 0 4K\n"
    "release s\n";

/// Reads one sector of the first origin before each take; which one, `sector` says.
template <std::uint64_t (*sector)()>
class ReadsSomewhere : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Errc track(BlockDevice& origin) override {
    if (origin_ == nullptr) origin_ = &origin;
    return EngineSubject::track(origin);
  }
  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    const Geometry geometry = origin_->geometry();
    const std::uint64_t block = to_sectors(geometry.logical_block).value;
    const std::uint64_t blocks = geometry.capacity.value / block;
    std::vector<std::byte> memory(geometry.logical_block.value);
    const Segment segment{memory.data(), memory.size()};
    (void)transfer(*origin_, Operation::read, {{sector() % blocks * block}, {block}},
                   {&segment, 1});
    return EngineSubject::take(take, name, origins, storage, limit);
  }

 private:
  BlockDevice* origin_ = nullptr;
};

/// One after the other, so that two calls in a row differ modulo any size of a device.
std::uint64_t address() {
  static std::array<std::byte, 1 << 20> memory;
  static std::size_t used = 0;
  return reinterpret_cast<std::uintptr_t>(&memory[used++ % memory.size()]);
}

std::uint64_t real_clock() {
  static std::int64_t last = 0;
  std::int64_t now = last;
  while (now / 1'000 == last / 1'000)
    now = std::chrono::steady_clock::now().time_since_epoch().count();
  last = now;
  return static_cast<std::uint64_t>(now) / 1'000;
}

std::uint64_t once_per_process() {
  static int calls = 0;
  return ++calls == 2 ? 1 : 0;
}

std::uint64_t nothing() {
  return 5;
}

template <std::uint64_t (*sector)()>
model::SubjectMaker planted() {
  return [](const Environment& environment, const Params& params) {
    return std::make_unique<ReadsSomewhere<sector>>(environment, params);
  };
}

Outcome judged_twice(const model::SubjectMaker& subject) {
  return judge(*model::parse_scenario(kScenario), {.twice = true, .subject = subject});
}

/// The planted read is what differs, and all of the report says so.
void expect_names_the_read(const Outcome& outcome) {
  ASSERT_FALSE(outcome.held());
  EXPECT_EQ(outcome.breach->rule, Rule::S13);
  ASSERT_TRUE(outcome.difference);
  const Difference& difference = *outcome.difference;
  ASSERT_TRUE(difference.first && difference.second);
  for (const auto& event : {difference.first, difference.second}) {
    EXPECT_EQ(event->kind, sim::Event::Kind::submitted);
    EXPECT_EQ(event->operation, Operation::read);
    EXPECT_NE(event->fiber.number, 0u);
  }
  EXPECT_EQ(difference.first->at, difference.second->at);
  EXPECT_NE(difference.first->range, difference.second->range);
  EXPECT_EQ(outcome.breach->history, describe(difference));
}

// Method: the place of an object in memory decides which sector is read.
TEST(Repeat, NamesTheEventThatAnAddressDecided) {
  expect_names_the_read(judged_twice(planted<address>()));
}

// Method: the microseconds of the machine's clock decide which sector is read.
TEST(Repeat, NamesTheEventThatARealClockDecided) {
  expect_names_the_read(judged_twice(planted<real_clock>()));
}

// Method: the same read at a fixed place.
TEST(Repeat, LeavesADeterministicEngineAlone) {
  const Outcome outcome = judged_twice(planted<nothing>());
  EXPECT_TRUE(outcome.held()) << outcome.breach->what;
  EXPECT_FALSE(outcome.difference);
}

// Method: only the second run of the process reads elsewhere, so no repetition can show where.
TEST(Repeat, SaysWhenNoRepetitionShowsTheDifference) {
  const Outcome outcome = judged_twice(planted<once_per_process>());
  ASSERT_FALSE(outcome.held());
  EXPECT_EQ(outcome.breach->rule, Rule::S13);
  EXPECT_FALSE(outcome.difference);
  EXPECT_NE(outcome.breach->history.find("did not part again"), std::string::npos);
}

/// Reads elsewhere in the second run of the process, and fails for no reason in a given one.
template <int kFailing>
class FailsInRun final : public ReadsSomewhere<once_per_process> {
 public:
  using ReadsSomewhere::ReadsSomewhere;
  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    static int runs = 0;
    if (++runs == kFailing) return Errc::busy;
    return ReadsSomewhere::take(take, name, origins, storage, limit);
  }
};

template <int kFailing>
std::string history_of_failing_in_run() {
  const Outcome outcome = judged_twice([](const Environment& environment, const Params& params) {
    return std::make_unique<FailsInRun<kFailing>>(environment, params);
  });
  EXPECT_EQ(outcome.breach.value().rule, Rule::S13) << outcome.breach.value().what;
  return outcome.breach.value().history;
}

// Method: the run to compare with breaks, that with its events kept breaks, and one of those that
// are compared with it.
TEST(Repeat, SaysThatItCouldNotCompareWhatBroke) {
  EXPECT_TRUE(history_of_failing_in_run<2>().starts_with(
      "the second run broke, so no two could be compared: "));
  EXPECT_TRUE(history_of_failing_in_run<3>().starts_with(
      "repeated with its events kept, a run broke, so no two could be compared: "));
  EXPECT_NE(history_of_failing_in_run<4>().find("second run: "), std::string::npos);
}

// Method: an exploration that repeats every run; what it tells people and machines, and the file.
TEST(Repeat, IsReportedByAnExploration) {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "cowbell-repeat-test";
  std::filesystem::remove_all(directory);
  ExploreOptions options;
  options.count = 1'000;
  options.repeat_one_in = 1;
  options.subject = planted<address>();
  options.directory = directory;
  const Summary summary = explore(options);
  ASSERT_EQ(summary.failures.size(), 1u);
  const Failure& failure = summary.failures[0];
  EXPECT_TRUE(failure.outcome.difference);
  EXPECT_LE(failure.minimal.scenario.program.size(), 2u) << failure.describe();
  expect_names_the_read(failure.minimal.outcome);
  EXPECT_NE(failure.describe().find("second run: at "), std::string::npos) << failure.describe();
  EXPECT_TRUE(failure.command.ends_with(".cowbell --twice")) << failure.command;
  const auto json = to_json(summary)["failures"][0];
  EXPECT_EQ(json["rule"], "S13");
  EXPECT_TRUE(json["difference"]["first"]["event"].get<std::string>().find(" is read ") !=
              std::string::npos)
      << json;
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace cowbell::properties
