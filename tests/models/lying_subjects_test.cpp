// SPDX-License-Identifier: Apache-2.0
// The checks of the runner, checked: every subject here lies in one way and must be caught by the
// rule that it breaks, and the engine passes the same scenarios.
#include <gtest/gtest.h>

#include <unistd.h>

#include <set>

#include "tests/models/lying_subjects.hpp"
#include "tests/models/simulated.hpp"

namespace cowbell::model::testing {
namespace {

constexpr std::string_view kTraffic = R"(
  param chunk_minimum_shift 12
  param chunk_maximum_in_queue 0
  param copy_fibers_maximum 2
  origin A 64K
  origin B 64K
  storage file 1M

  write A 0 16K
  write A 0 16K
  write B 0 16K
  take s
  read A@s 0 8K
  write A 4K 8K
  read A@s 0 16K
  read A@s 0 16K
  write A@s 8K 4K
  read A@s 8K 4K
  read A 0 16K
  write A 4K 4K nowait
  write B 4K 4K
)";

// A failed store corrupts the area.
constexpr std::string_view kFailedStore = R"(
  param chunk_minimum_shift 12
  param chunk_maximum_in_queue 0
  param copy_fibers_maximum 2
  origin A 64K
  storage file 1M
  fault storage.write nth 1 EIO

  write A 0 16K
  take s
  write A 0 4K
  sleep 10ms
  read A@s 0 4K
  read A@s 0 4K
)";

constexpr std::string_view kOverwrites = R"(
  param copy_fibers_maximum 2
  origin A 64K
  storage file 1M
  write A 0 4K
  read A 0 4K
  write A 0 4K
  read A 0 4K
)";

// Method: what all the others are compared with.
TEST(LyingSubjects, TheEngineItselfHolds) {
  EXPECT_EQ(outcome(kTraffic), "held");
  EXPECT_EQ(outcome(kFailedStore), "held");
  EXPECT_EQ(outcome(kOverwrites), "held");
}

// Method: a snapshot that is corrupted from the start, with no fault that excuses it.
TEST(LyingSubjects, CorruptingEverySnapshotAtTakeIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<SaysCorrupted>()), "S5");
}

// Method: errors out of nothing, on the image and on the origin.
TEST(LyingSubjects, AlwaysAnsweringEioIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutImages<AlwaysEio>>()), "S6");
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutOrigins<AlwaysEio>>()), "S7");
}

TEST(LyingSubjects, RefusingEveryTakeIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<RefusesToTake>()), "S6");
}

// Method: the image returns what was written first; an origin returns what it returned first.
TEST(LyingSubjects, ServingAnOlderVersionIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<ServesOlderVersions>()), "S2");
  EXPECT_EQ(outcome(kOverwrites, maker_of<LiesAboutOrigins<ServesTheFirstVersion>>()), "S1");
}

TEST(LyingSubjects, ShowingLaterDataIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutImages<ReadsLaterData>>()), "S2");
}

// Method: three writes race with the take, the first image read sees some of them, the next reads
// see the origin as it is then.
TEST(LyingSubjects, ThawingAfterTheFirstReadIsCaught) {
  EXPECT_EQ(outcome(R"(
    param copy_fibers_maximum 2
    origin A 64K
    storage file 1M
    latency A.write 1ms
    latency storage.grow 3ms
    write A 0 4K
    barrier
    1: take s
    2: write A 0 4K
    barrier
    read A@s 0 4K
    write A 0 4K
    read A@s 0 4K
  )",
                    maker_of<LiesAboutImages<ThawsAfterTheFirstRead>>()),
            "S3");
}

TEST(LyingSubjects, LosingImageWritesIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutImages<ThrowsWritesAway>>()), "S4");
}

TEST(LyingSubjects, WritingThroughTheImageToTheOriginIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutImages<WritesToTheOrigin>>()), "S4");
}

TEST(LyingSubjects, MixingSectorsIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutImages<MixesSectors>>()), "S5");
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutOrigins<MixesSectors>>()), "S1");
}

TEST(LyingSubjects, AnsweringAWriteBeforeTheDeviceIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutOrigins<AnswersBeforeTheDevice>>()), "S1");
}

TEST(LyingSubjects, ThrowingOriginWritesAwayIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutOrigins<ThrowsWritesAway>>()), "S1");
}

TEST(LyingSubjects, AnEffectAfterEagainIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutOrigins<SaysAgainAndWrites>>()), "S7");
}

// Method: writes always reach the device past the gate and the copies.
TEST(LyingSubjects, LosingTheTrackerIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<LiesAboutOrigins<GoesAroundTheTracker>>()), "S2");
}

// Method: a write is invoked during a slow take and takes effect, by some of the seeds, after it;
// the image then shows it. The engine holds the write back.
TEST(LyingSubjects, LosingTheGateIsCaught) {
  std::set<std::string> of_the_engine;
  std::set<std::string> of_the_liar;
  for (int seed = 0; seed < 20; ++seed) {
    const std::string scenario = R"(
      param copy_fibers_maximum 2
      origin A 64K
      storage file 0
      latency A.write 5ms
      latency storage.grow 3ms
      schedule random seed )" + std::to_string(seed) +
                                 R"(
      write A 0 4K
      barrier
      1: take s
      2: write A 0 4K
      barrier
      read A@s 0 4K
    )";
    of_the_engine.insert(outcome(scenario));
    of_the_liar.insert(outcome(scenario, maker_of<LosesTheGate>()));
  }
  EXPECT_EQ(of_the_engine, (std::set<std::string>{"held"}));
  EXPECT_EQ(of_the_liar, (std::set<std::string>{"S2", "held"}));
}

// Method: two snapshots, one after the other, pass for one; each alone is right.
TEST(LyingSubjects, CuttingOriginsOneAfterTheOtherIsCaught) {
  constexpr std::string_view kWritesBetween = R"(
    param copy_fibers_maximum 2
    origin A 64K
    origin B 64K
    storage file 1M
    take s
    2: sleep 1ms
    2: write A 0 4K
    2: write B 0 4K
    barrier
    read A@s 0 4K
    read B@s 0 4K
  )";
  EXPECT_EQ(outcome(kWritesBetween), "held");
  EXPECT_EQ(outcome(kWritesBetween, maker_of<CutsOneAfterTheOther>()), "S2");
}

TEST(LyingSubjects, TellingNoEventIsCaught) {
  EXPECT_EQ(outcome(kFailedStore, maker_of<TellsNoEvents>()), "S12");
}

TEST(LyingSubjects, ChangingTheCauseOfACorruptionIsCaught) {
  EXPECT_EQ(outcome(kFailedStore, maker_of<ForgetsItsCause>()), "S12");
}

TEST(LyingSubjects, GivingAnExtentTwiceIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<GivesExtentsTwice>()), "S10");
}

TEST(LyingSubjects, KeepingMemoryIsCaught) {
  EXPECT_EQ(outcome(kTraffic, maker_of<KeepsMemory>()), "S11");
}

// Method: in a process of its own, because stuck fibers cannot be taken down.
TEST(LyingSubjects, NeverAnsweringIsCaught) {
  const auto run = [] {
    const RunResult result =
        simulate(kTraffic, {.subject = maker_of<LiesAboutImages<NeverAnswersReads>>()});
    const bool caught = result.stuck && result.verdict.breach &&
                        result.verdict.breach->rule == Rule::S8 &&
                        result.verdict.breach->what.find("client 0") != std::string::npos;
    ::_exit(caught ? 0 : 1);
  };
  EXPECT_EXIT(run(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace cowbell::model::testing
