// SPDX-License-Identifier: Apache-2.0
#include "properties/enumerate.hpp"

#include <gtest/gtest.h>

#include "core/invariant.hpp"
#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"
#include "properties/judge.hpp"
#include "sim/exhaustive_source.hpp"

namespace cowbell::properties {
namespace {

enum class Defect { fails, aborts };

/// Fails the last of three requests, or ends the process, if they were answered in the reverse of
/// the order in which they came.
class BreaksWhenReversed final : public BlockDevice {
 public:
  BreaksWhenReversed(BlockDevice& below, Defect defect) : below_(below), defect_(defect) {}
  Geometry geometry() const override { return below_.geometry(); }
  void submit(Bio& bio) override {
    came_.push_back(&bio);
    (void)bio.push({[](Bio& answered, void* self) noexcept {
                      static_cast<BreaksWhenReversed*>(self)->answered(answered);
                    },
                    this});
    below_.submit(bio);
  }

 private:
  void answered(Bio& bio) {
    reversed_ = reversed_ && came_.size() == 3 && came_[2 - answers_ % 3] == &bio;
    const bool broken = ++answers_ == 3 && reversed_;
    COWBELL_INVARIANT(S1, !broken || defect_ == Defect::fails);
    if (broken) bio.status = Errc::io;
    bio.complete();
  }

  BlockDevice& below_;
  const Defect defect_;
  std::vector<Bio*> came_;
  std::size_t answers_ = 0;
  bool reversed_ = true;
};

class HasARace final : public model::EngineSubject {
 public:
  HasARace(const Environment& environment, const Params& params, Defect defect)
      : EngineSubject(environment, params), defect_(defect) {}
  BlockDevice& origin(model::OriginIndex origin) override {
    if (!racy_) racy_.emplace(EngineSubject::origin(origin), defect_);
    return *racy_;
  }

 private:
  const Defect defect_;
  std::optional<BreaksWhenReversed> racy_;
};

std::vector<SmallProgram> program(std::string_view text) {
  model::Scenario scenario = *model::parse_scenario("cowbell-scenario 1\n" + std::string(text));
  scenario.latencies = sim::ExhaustiveSource::latencies();
  return {{Form::behind_take, std::move(scenario), 0, 1}};
}

constexpr std::string_view kThreeWrites = R"(
  origin A 2K
  1: write A 0 512
  2: write A 512 512
  3: write A 1K 512
)";

std::size_t count_of(const std::vector<SmallProgram>& programs, Form form) {
  return static_cast<std::size_t>(std::ranges::count(programs, form, &SmallProgram::form));
}

// Method: of each kind, one block at the border of the device or of the chunk, the two across the
// border, a chunk, and all: fifteen, the mirror images left out. Pairs: 24 * 25 / 2 of all 24, of
// which those of 18 that keep to one chunk come twice unless they are their own mirror images.
TEST(SmallPrograms, AreAllUpToSymmetry) {
  EXPECT_EQ(count_of(small_programs(1), Form::behind_take), 15u);
  const std::size_t within_chunks = 18 * 19 / 2;
  const std::size_t own_mirrors = 9;
  EXPECT_EQ(count_of(small_programs(2), Form::behind_take),
            15 + 24 * 25 / 2 - (within_chunks - own_mirrors) / 2);
}

// Method: each is a scenario like any other.
TEST(SmallPrograms, ParseBackFromTheirText) {
  for (const SmallProgram& small : small_programs(2)) {
    const auto parsed = model::parse_scenario(to_string(small.scenario));
    ASSERT_TRUE(parsed.has_value()) << to_string(small.scenario);
    EXPECT_EQ(*parsed, small.scenario);
  }
}

// Method: three writes that do not meet are answered in 3! orders, and nothing else can differ.
TEST(Enumerate, RunsATinyProgramAsOftenAsItCanGo) {
  EnumerateOptions options;
  options.preemptions_maximum = 0;
  options.prune_repeated = false;
  const EnumerateSummary summary = enumerate(program(kThreeWrites), options);
  ASSERT_TRUE(summary.failures.empty()) << summary.failures[0].describe();
  EXPECT_EQ(summary.programs, 1u);
  EXPECT_EQ(summary.executions, 6u);
  EXPECT_EQ(summary.bios, 18u);
  EXPECT_EQ(summary.left_out.without_room, 0u);
}

// Method: one order of answers out of six shows the defect, by its answer or by the end of the
// process; what is left of the scenario shows it again.
TEST(Enumerate, FindsTheOneOrderThatBreaks) {
  for (const Defect defect : {Defect::fails, Defect::aborts}) {
    EnumerateOptions options;
    options.preemptions_maximum = 0;
    options.subject = [defect](const Environment& environment, const Params& params) {
      return std::make_unique<HasARace>(environment, params, defect);
    };
    const EnumerateSummary summary = enumerate(program(kThreeWrites), options);
    ASSERT_EQ(summary.failures.size(), 1u);
    const Failure& failure = summary.failures[0];
    EXPECT_EQ(failure.outcome.ending, defect == Defect::fails ? Ending::returned : Ending::aborted);
    EXPECT_TRUE(failure.minimal.repeated);
    EXPECT_EQ(failure.minimal.scenario.program.size(), 3u);
    EXPECT_EQ(failure.name, "program-1");
    EXPECT_FALSE(judge(failure.minimal.scenario, {.subject = options.subject}).held());
    EXPECT_EQ(summary.programs, 0u);
  }
}

// Method: interrupted before the end; what was run until then is counted.
TEST(Enumerate, TellsWhatItHasDoneWhenItIsInterrupted) {
  const auto programs = small_programs(3);
  EnumerateOptions options;
  std::uint64_t executed = 0;
  options.progress = [&](std::uint64_t, std::uint64_t executions) { executed = executions; };
  options.interrupted = [&] { return executed > 0; };
  const EnumerateSummary summary = enumerate(programs, options);
  EXPECT_TRUE(summary.interrupted);
  EXPECT_GE(summary.executions, executed);
  EXPECT_LT(summary.programs, programs.size());
  EXPECT_EQ(to_json(summary)["interrupted"], true);
}

// Method: the engine, on all programs of one operation; the whole world takes minutes and is
// Enumerate.TheWholeSmallWorld.
TEST(Enumerate, FindsNothingWithOneOperation) {
  const auto programs = small_programs(1);
  EnumerateOptions options;
  options.preemptions_maximum = 2;
  const EnumerateSummary summary = enumerate(programs, options);
  ASSERT_TRUE(summary.failures.empty()) << summary.failures[0].describe();
  EXPECT_EQ(summary.programs, programs.size());
  EXPECT_GT(summary.left_out.unseen, 0u);
  EXPECT_GT(summary.left_out.repeated, 0u);
  EXPECT_GT(summary.left_out.bounded, 0u);
}

}  // namespace
}  // namespace cowbell::properties
