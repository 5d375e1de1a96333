// SPDX-License-Identifier: Apache-2.0
// S14 in scenarios: the map of changed blocks, as `expect changed` sees it.
#include <gtest/gtest.h>

#include "models/scenario_text.hpp"
#include "tests/models/simulated.hpp"

namespace cowbell::model::testing {
namespace {

/// Sixteen tracking blocks of 4 KiB.
std::string tracked(std::string_view program, std::string_view world = "") {
  return "param chunk_minimum_shift 12\nparam chunk_maximum_in_queue 0\n"
         "param tracking_block_minimum_shift 12\nparam copy_fibers_maximum 2\n"
         "origin A 64K\norigin B 64K\nstorage file 1M\n" +
         std::string(world) + std::string(program);
}

// Method: changes of every kind between two cuts, and some before and after.
TEST(S14ChangeTracking, CoversWhatChangedBetweenTwoCuts) {
  EXPECT_EQ(outcome(tracked(R"(
    write A 0 4K
    take s
    expect changed A from s to s: none
    write A 8K 4K
    zero A 15K 2K
    discard A 32K 4K
    write A 60K 4K = 0x00
    take t
    write A 4K 4K
    expect changed A from s to t: 8K 12K, 32K 4K, 60K 4K
    expect changed B from s to t: none
    release s
    expect changed A from s to t: 8K 12K, 32K 4K, 60K 4K
  )")),
            "held");
}

// Method: a name that is used again stands for its latest take; three cuts in a row.
TEST(S14ChangeTracking, GoesOnAfterARelease) {
  EXPECT_EQ(outcome(tracked(R"(
    take s
    release s
    write A 0 4K
    take t
    release t
    write A 4K 4K
    take u
    expect changed A from s to u: 0 8K
    expect changed A from t to u: 4K 4K
    take s
    write A 8K 4K
    take t
    expect changed A from s to t: 8K 4K
    expect changed A from u to t: 8K 4K
  )")),
            "held");
}

// Method: image writes on the middle one of three cuts, and on a snapshot of one origin of two.
TEST(S14ChangeTracking, CountsImageWritesWhereTheMapBeginsOrEnds) {
  EXPECT_EQ(outcome(tracked(R"(
    take s
    take t
    write A@t 4K 512
    zero A@t 16K 4K
    take u
    expect changed A from s to t: 4K 4K, 16K 4K
    expect changed A from t to u: 4K 4K, 16K 4K
    expect changed A from s to u: none
    expect changed B from s to t: none
    release t
    expect changed A from t to u: 4K 4K, 16K 4K
  )")),
            "held");
}

// Method: marks on the device and on an image.
TEST(S14ChangeTracking, CountsMarksByHand) {
  EXPECT_EQ(outcome(tracked(R"(
    dirty A 0 4K
    take s
    dirty A 8K 512
    take t
    dirty A 12K 4K
    dirty A@t 20K 4K
    expect changed A from s to t: 8K 4K, 20K 4K
    take u
    expect changed A from t to u: 12K 4K, 20K 4K
    expect changed A from s to u: 8K 8K
    dirty A 60K 8K
  )")),
            "held");
}

// Method: the second take waits for a slow write; another one comes meanwhile.
TEST(S14ChangeTracking, CountsAHeldWriteBehindTheCut) {
  EXPECT_EQ(outcome(tracked(R"(
    take s
    barrier
    1: write A 0 4K
    2: sleep 1ms
    2: take t
    3: sleep 2ms
    3: write A 8K 4K
    barrier
    take u
    expect changed A from s to t: 0 4K
    expect changed A from t to u: 8K 4K
  )",
                            "latency A.write 10ms\n")),
            "held");
}

// Method: the write to the origin fails; its block may be there or not.
TEST(S14ChangeTracking, MayCountAWriteThatFailed) {
  constexpr std::string_view kFails = "fault A.write nth 1 EIO\n";
  for (const std::string_view map : {"none", "4K 4K"})
    EXPECT_EQ(outcome(tracked("take s\nwrite A 4K 4K ?\ntake t\nexpect changed A from s to t: " +
                                  std::string(map) + "\n",
                              kFails)),
              "held");
  EXPECT_EQ(outcome(tracked("take s\nwrite A 4K 4K ?\ntake t\n"
                            "expect changed A from s to t: 8K 4K\n",
                            kFails)),
            "expectation");
}

// Method: sizes of tracking blocks by the number that is allowed, and a short last one.
TEST(S14ChangeTracking, DoublesItsBlocksWhileThereAreTooMany) {
  EXPECT_EQ(outcome(R"(
    param tracking_block_minimum_shift 9
    param tracking_block_maximum_count 16
    param copy_fibers_maximum 2
    origin A 65024
    storage file 1M
    take s
    write A 0 512
    write A 64512 512
    take t
    expect changed A from s to t: 0 4K, 60K 3584
  )"),
            "held");
}

// Method: a write across the old end of a device that grew; it is copied for the image all the
// same. Maps of another size, or over that time, are unknown.
TEST(S14ChangeTracking, SaysThatTheMapOfADeviceThatGrewIsUnknown) {
  EXPECT_EQ(outcome(tracked(R"(
    write A 60K 4K = 0x11
    take s
    resize A 128K
    write A 60K 8K = 0x22
    read A@s 60K 4K = 0x11
    take t
    expect changed A from s to t: unknown
    write A 64K 4K
    take u
    expect changed A from t to u: 64K 4K
  )")),
            "held");
}

// Method: the device shrinks, a write shows it, and grows back before the second take.
TEST(S14ChangeTracking, SaysThatTheMapOfADeviceThatShrankMeanwhileIsUnknown) {
  EXPECT_EQ(outcome(tracked(R"(
    write A 60K 4K
    take s
    resize A 32K
    write A 0 4K
    resize A 64K
    take t
    expect changed A from s to t: unknown
  )")),
            "held");
}

// Method: the memory for a mark is refused: every allocation from some time after the take on.
TEST(S14ChangeTracking, SaysThatAMapWhoseMarkWasRefusedIsUnknown) {
  std::string seen;
  for (int nth = 40; nth < 200 && seen.empty(); ++nth) {
    const std::string text =
        tracked("take s\ntake t\ndirty A@t 0 4K\nexpect changed A from s to t: unknown\n",
                "fault memory nth " + std::to_string(nth) + "\n");
    const RunResult run = simulate(text);
    if (run.verdict.held()) seen = text;
  }
  EXPECT_NE(seen, "") << "no allocation was that of a mark";
}

// Method: each way in which an expectation can be wrong.
TEST(S14ChangeTracking, FindsExpectationsThatAreNotMet) {
  const auto of = [](std::string_view expectation) {
    const RunResult result = simulate(tracked(R"(
      take s
      write A 4K 8K
      take t
    )" + std::string(expectation)));
    return result.verdict.held() ? "held" : result.verdict.breach->what;
  };
  EXPECT_EQ(of("expect changed A from s to t: 4K 8K"), "held");
  EXPECT_EQ(of("expect changed A from s to t: none"),
            "`expect changed A from s to t: none` is not met: "
            "`expect changed A from s to t: 4K 8K`");
  EXPECT_NE(of("expect changed A from s to t: unknown"), "held");
  EXPECT_NE(of("expect changed A from s to t: 4K 4K"), "held");
  EXPECT_NE(of("expect changed A from s to t: 0 12K"), "held");
  EXPECT_NE(of("expect changed A from s to t: 4K 8K, 60K 4K"), "held");
  EXPECT_NE(of("expect changed A from t to s: none"), "held");
  EXPECT_NE(of("release t\nexpect changed A from s to t: 4K 8K"), "held");
}

}  // namespace
}  // namespace cowbell::model::testing
