// SPDX-License-Identifier: Apache-2.0
#include "sim/disk.hpp"

#include <gtest/gtest.h>

#include "tests/sim/disk_bench.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

using Kind = Announcement::Kind;
using namespace std::chrono_literals;

constexpr Time kPlainLatency = Latencies::kDefaultLow;

// Choices under effect_order, as `sim/disk.cpp` lists them.
constexpr std::uint32_t kAllAtAnswer = 0;
constexpr std::uint32_t kAllAtSubmission = 1;
constexpr std::uint32_t kAllMidway = 2;
constexpr std::uint32_t kHeadAtSubmissionTailAtAnswer = 3;
constexpr std::uint32_t kHeadAtAnswerTailMidway = 6;

// Method: nothing decided; write, look from outside while it is under way, read.
TEST(Disk, AnswersThroughTheClockAndNeverFromWithinSubmit) {
  DiskBench bench;
  OneRequest write(Operation::write, 8, 4, 'a');
  write.submit_to(bench.device);
  EXPECT_FALSE(write.answered);
  EXPECT_EQ(bench.device.disk().open_requests(), 1U);
  bench.pass(kPlainLatency - 1ns);
  EXPECT_FALSE(write.answered);
  bench.pass(kPlainLatency);
  EXPECT_TRUE(write.answered);
  EXPECT_EQ(write.bio.outcome(), Errc::none);
  EXPECT_EQ(write.bio.transferred, to_bytes({4}));
  EXPECT_EQ(bench.content(7, 6), ".aaaa.");
}

// Method: a write whose effect is decided; a short-lived read is laid before and after the moment.
TEST(Disk, TakesEffectAtTheMomentThatWasDecided) {
  struct Case {
    std::uint32_t choice;
    Time effect;
  };
  for (const auto& [choice, effect] :
       {Case{kAllAtAnswer, kPlainLatency}, Case{kAllAtSubmission, 0ns},
        Case{kAllMidway, kPlainLatency / 2}}) {
    DiskBench bench;
    bench.decide({choice});
    OneRequest write(Operation::write, 0, 1, 'a');
    write.submit_to(bench.device);
    if (effect > 0ns) {
      bench.pass(effect - 1ns);
      EXPECT_EQ(bench.listener.count(Kind::took_effect), 0U);
    }
    bench.pass(effect);
    EXPECT_EQ(bench.listener.count(Kind::took_effect), 1U);
    EXPECT_EQ(write.answered, effect == kPlainLatency);
    bench.settle();
    EXPECT_EQ(bench.content(0, 2), "a.");
  }
}

// Method: two groups of blocks; the order in which they are announced, with the write's own answer.
TEST(Disk, TakesEffectInTwoGroups) {
  DiskBench bench;
  bench.decide({kHeadAtAnswerTailMidway, 2});
  OneRequest write(Operation::write, 0, 8, 'a');
  write.submit_to(bench.device);
  bench.settle();
  const std::vector<Announcement> expected{
      {Kind::submitted, DiskBench::kOrigin, &write.bio, {{0}, {8}}},
      {Kind::took_effect, DiskBench::kOrigin, &write.bio, {{3}, {5}}},
      {Kind::took_effect, DiskBench::kOrigin, &write.bio, {{0}, {3}}},
      {Kind::answered, DiskBench::kOrigin, &write.bio, {{0}, {8}}}};
  EXPECT_EQ(bench.listener.all, expected);
}

// Method: a read that samples its first half at submission and the rest at its answer, with a
// write that takes effect between the two.
TEST(Disk, SamplesTheBlocksOfAReadAtDecidedMoments) {
  DiskBench bench;
  bench.decide({kHeadAtSubmissionTailAtAnswer, 1, kAllAtSubmission});
  OneRequest read(Operation::read, 0, 4, '?');
  read.submit_to(bench.device);
  bench.pass(1us);
  OneRequest write(Operation::write, 0, 4, 'b');
  write.submit_to(bench.device);
  bench.settle();
  EXPECT_EQ(read.byte_of(0), 0);
  EXPECT_EQ(read.byte_of(1), 0);
  EXPECT_EQ(read.byte_of(2), 'b');
  EXPECT_EQ(read.byte_of(3), 'b');
}

// Method: 2,000 seeded writes of 8 blocks of 4 KiB; every border must keep to the logical block,
// and each shape of effect must come up.
TEST(Disk, NeverDividesALogicalBlock) {
  DiskBench bench;
  bench.start({}, {}, {4096});
  bench.decisions.seed(1);
  std::size_t divided = 0;
  for (int i = 0; i < 2000; ++i) {
    bench.listener.all.clear();
    OneRequest write(Operation::write, 64, 64, 'a');
    ASSERT_EQ(bench.outcome(write), Errc::none);
    std::uint64_t effective = 0;
    for (const Announcement& announcement : bench.listener.all) {
      if (announcement.kind != Kind::took_effect) continue;
      EXPECT_EQ(announcement.blocks.first.value % 8, 0U);
      EXPECT_EQ(announcement.blocks.count.value % 8, 0U);
      effective += announcement.blocks.count.value;
    }
    EXPECT_EQ(effective, 64U);
    divided += bench.listener.count(Kind::took_effect) > 1 ? 1 : 0;
  }
  EXPECT_GT(divided, 1000U);
  EXPECT_LT(divided, 1700U);
}

// Method: two writes to one block in flight together, each order of effect decided.
TEST(Disk, LetsOverlappingWritesOvertakeEachOther) {
  for (const bool first_wins : {false, true}) {
    DiskBench bench;
    if (first_wins)
      bench.decide({kAllAtAnswer, kAllAtSubmission});
    else
      bench.decide({});
    OneRequest first(Operation::write, 0, 1, 'a');
    OneRequest second(Operation::write, 0, 1, 'b');
    first.submit_to(bench.device);
    second.submit_to(bench.device);
    bench.settle();
    EXPECT_EQ(bench.content(0, 1), first_wins ? "a" : "b");
  }
}

// Method: zeroes and both results of a discard over written blocks; flush as a bystander.
TEST(Disk, ZeroesAndDiscards) {
  DiskBench bench;
  OneRequest write(Operation::write, 0, 8, 'a');
  ASSERT_EQ(bench.outcome(write), Errc::none);
  EXPECT_EQ(bench.outcome(Operation::write_zeroes, 0, 2), Errc::none);
  EXPECT_EQ(bench.outcome(Operation::discard, 2, 2), Errc::none);
  bench.listener.all.clear();
  bench.decide({1});
  EXPECT_EQ(bench.outcome(Operation::discard, 4, 2), Errc::none);
  EXPECT_EQ(bench.listener.count(Kind::took_effect), 0U);
  EXPECT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::none);
  EXPECT_EQ(bench.content(0, 8), "....aaaa");
}

// Method: misaligned, past the end, empty; none may be counted as a fault or touch the medium.
TEST(Disk, RefusesWhatNoDeviceTakes) {
  DiskBench bench;
  bench.start({fault(kAnySite, model::RequestKind::write, model::NthRequest{1})}, {}, {4096});
  EXPECT_EQ(bench.outcome(Operation::write, 1, 8), Errc::invalid);
  EXPECT_EQ(bench.outcome(Operation::write, DiskBench::kSectors, 8), Errc::invalid);
  EXPECT_EQ(bench.outcome(Operation::read, ~std::uint64_t{7}, 8), Errc::invalid);
  EXPECT_EQ(bench.outcome(Operation::discard, 0, 0), Errc::invalid);
  EXPECT_TRUE(bench.listener.faults.empty());
  EXPECT_EQ(bench.listener.count(Kind::took_effect), 0U);
  EXPECT_EQ(bench.listener.count(Kind::answered), 4U);
}

// Method: seeded latencies; all within the bounds, the lowest and the highest step both met.
TEST(Disk, TakesBetweenTenAndAHundredMicroseconds) {
  DiskBench bench;
  bench.decisions.seed(2);
  Time lowest = kForever;
  Time highest{};
  for (int i = 0; i < 500; ++i) {
    const Time before = bench.clock.now();
    ASSERT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::none);
    lowest = std::min(lowest, bench.clock.now() - before);
    highest = std::max(highest, bench.clock.now() - before);
  }
  EXPECT_EQ(lowest, 10us);
  EXPECT_EQ(highest, 100us);
}

// Method: a stalled write beside a read that is not; then heal.
TEST(Disk, HoldsBackWhatStallsUntilItIsHealed) {
  DiskBench bench;
  bench.start({}, {stall(kAnySite, model::RequestKind::write)});
  OneRequest first(Operation::write, 0, 1, 'a');
  OneRequest second(Operation::write, 0, 1, 'b');
  first.submit_to(bench.device);
  second.submit_to(bench.device);
  EXPECT_EQ(bench.outcome(Operation::read, 0, 1), Errc::none);
  bench.pass(10s);
  EXPECT_FALSE(first.answered);
  EXPECT_EQ(bench.device.disk().describe_stalled(),
            "origin 0 holds back write 0+1 until healed\n"
            "origin 0 holds back write 0+1 until healed\n");
  bench.latencies.heal();
  bench.device.disk().heal();
  bench.settle();
  EXPECT_TRUE(first.answered && second.answered);
  EXPECT_EQ(bench.device.disk().open_requests(), 0U);
  EXPECT_EQ(bench.content(0, 1), "b");
}

// Method: letters in six sectors; shrunk to four, grown to eight, one of the new ones written.
TEST(Disk, ForgetsWhatItLosesAndGrowsWithZeroes) {
  DiskBench bench;
  for (std::uint64_t sector = 0; sector < 6; ++sector) {
    OneRequest write(Operation::write, sector, 1, static_cast<unsigned char>('a' + sector));
    ASSERT_EQ(bench.outcome(write), Errc::none);
  }
  Disk& disk = bench.device.disk();
  disk.resize({4});
  EXPECT_EQ(bench.device.geometry().capacity, SectorCount{4});
  EXPECT_EQ(bench.outcome(Operation::read, 3, 2), Errc::invalid);
  EXPECT_EQ(bench.outcome(Operation::write, 4, 1), Errc::invalid);
  EXPECT_EQ(bench.content(0, 4), "abcd");
  disk.resize({8});
  EXPECT_EQ(bench.content(0, 8), "abcd....");
  EXPECT_EQ(bench.listener.count(Kind::resized), 2U);
  EXPECT_EQ(bench.listener.all.back().blocks.count, SectorCount{8});
}

// Method: writes inside, across and past the new end, on their way and stalled when it shrinks;
// those that take effect at their submission have had their effect by then.
TEST(Disk, FailsWhatIsOnItsWayPastTheNewEnd) {
  constexpr std::uint32_t kAtSubmission = 1;
  for (const std::uint32_t moment : {0U, kAtSubmission}) {
    for (const bool stalls : {false, true}) {
      DiskBench bench;
      if (stalls) bench.start({}, {stall(kAnySite, model::RequestKind::write)});
      bench.decide({moment, moment, moment});
      OneRequest inside(Operation::write, 0, 4, 'a');
      OneRequest across(Operation::write, 2, 4, 'b');
      OneRequest past(Operation::write, 5, 1, 'c');
      for (OneRequest* write : {&inside, &across, &past}) write->submit_to(bench.device);
      bench.device.disk().resize({4});
      bench.device.disk().resize({8});
      bench.latencies.heal();
      bench.device.disk().heal();
      bench.settle();
      EXPECT_EQ(inside.bio.outcome(), Errc::none);
      EXPECT_EQ(across.bio.outcome(), Errc::io);
      EXPECT_EQ(across.bio.transferred, ByteCount{});
      EXPECT_EQ(past.bio.outcome(), Errc::io);
      EXPECT_EQ(bench.content(0, 8), moment == kAtSubmission ? "aabb...." : "aaaa....");
    }
  }
}

// Method: a read that would sample at its answer, across the new end.
TEST(Disk, FailsAReadOfWhatItLost) {
  DiskBench bench;
  OneRequest read(Operation::read, 2, 4);
  read.submit_to(bench.device);
  bench.device.disk().resize({4});
  bench.settle();
  EXPECT_EQ(read.bio.outcome(), Errc::io);
  EXPECT_EQ(read.byte_of(0), std::to_integer<unsigned char>(Disk::kGarbage));
}

// Method: the longest latency that can be written.
TEST(Disk, SurvivesALatencyAtTheEndOfTime) {
  DiskBench bench;
  bench.pass(1s);
  bench.start({}, {latency(kAnySite, model::RequestKind::read, kForever)});
  OneRequest read(Operation::read, 0, 1);
  read.submit_to(bench.device);
  bench.pass(1000s);
  EXPECT_FALSE(read.answered);
  bench.settle();
  EXPECT_TRUE(read.answered);
}

}  // namespace
}  // namespace cowbell::sim
