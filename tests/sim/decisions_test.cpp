// SPDX-License-Identifier: Apache-2.0
#include "sim/decisions.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cowbell::sim {
namespace {

using model::Concern;
using model::RecordedDecisions;

std::vector<std::uint32_t> draw_many(Decisions& decisions, Concern concern, std::uint32_t bound,
                                     int count = 50) {
  std::vector<std::uint32_t> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(decisions.draw(concern, bound));
  return drawn;
}

// Method: the same seed twice, then another; one concern.
TEST(Decisions, AreFixedByTheirSeed) {
  Decisions decisions;
  decisions.seed(7);
  const auto first = draw_many(decisions, Concern::schedule, 1000);
  decisions.seed(7);
  EXPECT_EQ(draw_many(decisions, Concern::schedule, 1000), first);
  decisions.seed(8);
  EXPECT_NE(draw_many(decisions, Concern::schedule, 1000), first);
}

// Method: the first draws of a seed, written down once; they must never move, or every seed that
// somebody has noted would mean another run.
TEST(Decisions, MeanTheSameOnEveryCompiler) {
  Decisions decisions;
  decisions.seed(1);
  EXPECT_EQ(draw_many(decisions, Concern::schedule, 1'000'000, 4),
            (std::vector<std::uint32_t>{418'972, 265'079, 865'702, 145'172}));
  EXPECT_EQ(draw_many(decisions, Concern::workload, 10, 4),
            (std::vector<std::uint32_t>{4, 1, 2, 5}));
}

// Method: one concern drawn alone, and again with draws of another in between.
TEST(Decisions, OfOneConcernDoNotShiftThoseOfAnother) {
  Decisions decisions;
  decisions.seed(3);
  const auto alone = draw_many(decisions, Concern::latency, 16);
  decisions.seed(3);
  std::vector<std::uint32_t> mixed;
  for (int i = 0; i < 50; ++i) {
    decisions.draw(Concern::schedule, 5);
    mixed.push_back(decisions.draw(Concern::latency, 16));
  }
  EXPECT_EQ(mixed, alone);
}

// Method: 60,000 draws below 6; each value within 5 % of a sixth.
TEST(Decisions, AreSpreadEvenlyBelowTheirBound) {
  Decisions decisions;
  decisions.seed(11);
  std::vector<int> seen(6);
  for (const std::uint32_t choice : draw_many(decisions, Concern::fault, 6, 60'000))
    ++seen.at(choice);
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);
}

// Method: 80,000 questions of one in eight.
TEST(Decisions, SayYesAsRarelyAsAsked) {
  Decisions decisions;
  decisions.seed(5);
  int yes = 0;
  for (int i = 0; i < 80'000; ++i) yes += decisions.one_in(Concern::fault, 8) ? 1 : 0;
  EXPECT_NEAR(yes, 10'000, 500);
}

// Method: record a seeded run of draws and questions, replay it, compare.
TEST(Decisions, ReplayWhatWasRecorded) {
  Decisions decisions;
  const auto play = [&decisions] {
    std::vector<std::uint32_t> seen;
    for (int i = 0; i < 100; ++i) {
      seen.push_back(decisions.draw(Concern::schedule, 3));
      seen.push_back(decisions.one_in(Concern::schedule, 4) ? 1 : 0);
      seen.push_back(decisions.draw(Concern::effect_order, 9));
    }
    return seen;
  };
  decisions.record(true);
  decisions.seed(99);
  const auto first = play();
  const RecordedDecisions kept = decisions.recorded();
  decisions.replay(kept);
  EXPECT_EQ(play(), first);
  EXPECT_EQ(decisions.recorded(), kept);
}

// Method: a record that is too short, and one whose choice is not below the bound.
TEST(Decisions, AreThePlainestWhereTheRecordSaysNothing) {
  RecordedDecisions given;
  given.of(Concern::schedule) = {2, 9, 1};
  Decisions decisions;
  decisions.replay(given);
  EXPECT_EQ(draw_many(decisions, Concern::schedule, 3, 5),
            (std::vector<std::uint32_t>{2, 0, 1, 0, 0}));
  EXPECT_EQ(decisions.draw(Concern::latency, 16), 0U);
  EXPECT_FALSE(decisions.one_in(Concern::fault, 2));
}

// Method: bounds of one; they must leave no trace in the record.
TEST(Decisions, DrawNothingWhereThereIsNoChoice) {
  Decisions decisions;
  decisions.record(true);
  decisions.seed(1);
  EXPECT_EQ(decisions.draw(Concern::schedule, 1), 0U);
  EXPECT_TRUE(decisions.one_in(Concern::schedule, 1));
  EXPECT_EQ(decisions.recorded(), RecordedDecisions{});
}

// Method: bytes small enough to be choices themselves, one for a small bound, two for a larger.
TEST(Decisions, ConsumeBytesAndAreThePlainestWhenTheyRunOut) {
  const std::vector<std::uint8_t> bytes{4, 1, 0x34, 0x12, 13};
  Decisions decisions;
  decisions.bytes(bytes);
  EXPECT_EQ(decisions.draw(Concern::workload, 10), 4U);
  EXPECT_TRUE(decisions.one_in(Concern::workload, 10));
  EXPECT_EQ(decisions.draw(Concern::workload, 0x10000), 0x1234U);
  EXPECT_EQ(decisions.draw(Concern::workload, 10), 3U);
  EXPECT_EQ(decisions.draw(Concern::workload, 10), 0U);
  EXPECT_FALSE(decisions.one_in(Concern::workload, 10));
}

// Method: a rule that draws unrecorded and notes its choice; the replay needs the choice alone.
TEST(Decisions, KeepWhatARuleChoseAndNotWhatItDrew) {
  Decisions decisions;
  decisions.record(true);
  decisions.seed(4);
  decisions.draw_unrecorded(Concern::schedule, 1000);
  decisions.note(Concern::schedule, 3);
  EXPECT_EQ(decisions.recorded().of(Concern::schedule), std::vector<std::uint32_t>{3});
}

}  // namespace
}  // namespace cowbell::sim
