// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/models/scenario_refusals.hpp"

namespace cowbell::model::testing {
namespace {

// Method: parameters that do not exist, come twice, or are out of bounds.
TEST(ScenarioWorldRules, AParameterIsKnownAndWithinItsSense) {
  EXPECT_EQ(world("param chunk_minimum_shift 12\nparam memory_maximum 0\n"), "accepted");
  EXPECT_EQ(world("param chunk_size 12\n"), "2:7: expected the name of a parameter");
  EXPECT_EQ(world("param\n"), "2:6: expected the name of a parameter");
  EXPECT_EQ(world("param chunk_minimum_shift 8\n"), "2:27: expected a number from 9 to 32");
  EXPECT_EQ(world("param chunk_minimum_shift 4K\n"), "2:27: expected a number from 9 to 32");
  EXPECT_EQ(world("param copy_fibers_maximum 0\n"), "2:27: expected a number from 1 to 4096");
  EXPECT_EQ(world("param chunk_maximum_in_queue 18446744073709551616\n"),
            "2:30: expected a number");
}

// Method: parameters that contradict each other, in one line and in two.
TEST(ScenarioWorldRules, ParametersDoNotContradictEachOther) {
  EXPECT_EQ(world("param chunk_minimum_shift 30\nparam chunk_maximum_shift 30\n"), "accepted");
  EXPECT_EQ(world("param chunk_minimum_shift 30\norigin A 1M\n"),
            "2:27: expected parameters of which no minimum is above its maximum");
  EXPECT_EQ(world("param tracking_block_minimum_shift 20\nparam tracking_block_maximum_shift 19\n"
                  "flush A\n"),
            "3:36: expected parameters of which no minimum is above its maximum");
}

// Method: each of the statements that may come once, twice; a default counts as well.
TEST(ScenarioWorldRules, SomeStatementsComeOnce) {
  EXPECT_EQ(world("param chunk_minimum_shift 18\n\nparam chunk_minimum_shift 18\n"),
            "4:7: expected each parameter once: it stands in line 2");
  EXPECT_EQ(world("origin A 1M\norigin B 1M\norigin A 2M\n"),
            "4:8: expected each origin once: it stands in line 2");
  EXPECT_EQ(world("storage file 0\nstorage file 0\n"),
            "3:1: expected `storage` once: it stands in line 2");
  EXPECT_EQ(world("schedule random seed 1\n  schedule random seed 1\n"),
            "3:3: expected `schedule` once: it stands in line 2");
}

// Method: the two words that stand for something else where an origin's name may stand.
TEST(ScenarioWorldRules, NoOriginIsNamedStorageOrMemory) {
  for (const char* const name : {"storage", "memory"})
    EXPECT_EQ(world("origin " + std::string(name) + " 1M\n"),
              "2:8: expected a name other than `storage` and `memory`");
  EXPECT_EQ(world("origin Storage 1M\norigin memory_ 1M\n"), "accepted");
}

// Method: one origin more than fits.
TEST(ScenarioWorldRules, OriginsAreLimited) {
  std::string lines;
  for (std::size_t i = 0; i < kOriginMaximum; ++i)
    lines += "origin o" + std::to_string(i) + " 4K\n";
  EXPECT_EQ(world(lines), "accepted");
  EXPECT_EQ(world(lines + "origin last 4K\n"), "66:8: expected at most 64 origins");
}

// Method: blocks that are no power of two or below a sector; a size that is not whole blocks.
TEST(ScenarioWorldRules, BlocksArePowersOfTwoAndSizesWholeBlocks) {
  EXPECT_EQ(world("origin A 8K logical_block 4K io_min 512\norigin B 0 logical_block 1M\n"),
            "accepted");
  EXPECT_EQ(world("origin A 6K logical_block 3K\n"), "2:27: expected a power of two from 512");
  EXPECT_EQ(world("origin A 6K logical_block 256\n"), "2:27: expected a power of two from 512");
  EXPECT_EQ(world("origin A 6K io_min 0\n"), "2:20: expected a power of two from 512");
  EXPECT_EQ(world("origin A 6K logical_block 4K\n"), "2:10: expected a multiple of 4096 bytes");
}

// Method: options of an origin in another order, twice, and unknown.
TEST(ScenarioWorldRules, OptionsOfAnOriginHaveAnOrder) {
  const std::string options =
      "expected `logical_block N`, `io_min N`, `profile P`, in this order, or the end of the line";
  for (const char* const profile : {"nvme", "ssd", "hdd", "network"})
    EXPECT_EQ(world("origin A 1M profile " + std::string(profile) + "\n"), "accepted");
  EXPECT_EQ(world("origin A 1M io_min 4K logical_block 4K\n"), "2:23: " + options);
  EXPECT_EQ(world("origin A 1M io_min 4K io_min 4K\n"), "2:23: " + options);
  EXPECT_EQ(world("origin A 1M fast\n"), "2:13: " + options);
  EXPECT_EQ(world("origin A 1M profile none\n"),
            "2:21: expected `nvme`, `ssd`, `hdd` or `network`");
  EXPECT_EQ(world("origin A 1M profile\n"), "2:20: expected `nvme`, `ssd`, `hdd` or `network`");
}

// Method: storage of each kind with the options of the other.
TEST(ScenarioWorldRules, OnlyAStorageFileHasAMinimum) {
  EXPECT_EQ(world("storage file 64K limit 32K minimum 512\n"), "accepted");
  EXPECT_EQ(world("storage device 64K limit 32K\n"), "accepted");
  EXPECT_EQ(world("storage file 64K minimum 512 profile hdd\n"), "accepted");
  EXPECT_EQ(world("storage device 64K profile network\n"), "accepted");
  EXPECT_EQ(
      world("storage device 64K minimum 4K\n"),
      "2:20: expected `logical_block N`, `limit N`, `profile P`, in this order, or the end of "
      "the line");
  EXPECT_EQ(world("storage file 64K minimum 4K limit 4K\n"),
            "2:29: expected `logical_block N`, `limit N`, `minimum N`, `profile P`, in this order, "
            "or the end of the line");
  EXPECT_EQ(world("storage file 64K minimum 0\n"),
            "2:26: expected a size above 0 and of at most 4194304T");
  EXPECT_EQ(world("storage file 64K logical_block 4K limit 512\n"), "accepted");
  EXPECT_EQ(world("storage device 6K logical_block 4K\n"),
            "2:16: expected a multiple of 4096 bytes");
  EXPECT_EQ(world("storage ram 64K\n"), "2:9: expected `file` or `device`");
}

// Method: places that do not exist, or not yet, and kinds that do not.
TEST(ScenarioWorldRules, AFaultHasAPlaceAndAKind) {
  const std::string kinds = "expected `read`, `write`, `flush`, `discard` or `grow`";
  EXPECT_EQ(world("origin A 1M\nfault A.read nth 1 EIO\nfault storage.grow rate 9 ENOSPC\n"
                  "fault *.discard nth 1 EIO\n"),
            "accepted");
  EXPECT_EQ(world("fault A.read nth 1 EIO\norigin A 1M\n"),
            "2:7: expected an origin of a line above, `storage` or `*`");
  EXPECT_EQ(world("fault storage.zero nth 1 EIO\n"), "2:15: " + kinds);
  EXPECT_EQ(world("fault storage. nth 1 EIO\n"), "2:15: " + kinds);
  EXPECT_EQ(world("fault storage nth 1 EIO\n"),
            "2:7: expected WHERE.WHAT: an origin, `storage` or `*`, and `read`, `write`, `flush`, "
            "`discard` or `grow`");
}

// Method: triggers that are unknown, that count from 0, and ranges that are not whole blocks.
TEST(ScenarioWorldRules, AFaultHasATrigger) {
  EXPECT_EQ(world("fault *.read always EIO\n"),
            "2:14: expected `nth K`, `range OFFSET LENGTH` or `rate N`");
  EXPECT_EQ(world("fault *.read nth 0 EIO\n"),
            "2:18: expected a number from 1 to 18446744073709551615");
  EXPECT_EQ(world("fault *.read rate 0 EIO\n"),
            "2:19: expected a number from 1 to 18446744073709551615");
  EXPECT_EQ(world("fault *.read range 0 0 EIO\n"), "2:22: expected a length above 0");
  EXPECT_EQ(world("origin A 1M logical_block 4K\nfault *.read range 512 1K EIO\n"), "accepted");
  EXPECT_EQ(world("origin A 1M logical_block 4K\nfault A.read range 512 4K EIO\n"),
            "3:20: expected a multiple of 4096 bytes");
}

// Method: effects that are unknown; `sticky` where it has no meaning.
TEST(ScenarioWorldRules, AFaultHasAnEffect) {
  for (const char* const effect : {"EIO", "short", "zero", "torn", "gone"})
    EXPECT_EQ(world("fault *.write nth 3 " + std::string(effect) + " sticky\n"), "accepted");
  EXPECT_EQ(world("fault *.write nth 3 broken\n"),
            "2:21: expected an error such as EIO, or `short`, `zero`, `torn`, `lost`, "
            "`misdirected`, `rot` or `gone`");
  EXPECT_EQ(world("fault *.write rate 3 EIO sticky\n"), "2:26: expected the end of the line");
  EXPECT_EQ(world("fault *.write range 0 4K EIO sticky\n"), "2:30: expected the end of the line");
  EXPECT_EQ(world("fault *.write nth 3 EIO sticky sticky\n"),
            "2:32: expected `sticky` or the end of the line");
}

// Method: each effect that nothing could excuse in an origin, at each place.
TEST(ScenarioWorldRules, OnlyStorageLies) {
  for (const char* const effect : {"lost", "misdirected", "rot"}) {
    EXPECT_EQ(world("fault storage.write nth 3 " + std::string(effect) + "\n"), "accepted");
    EXPECT_EQ(world("fault *.write nth 3 " + std::string(effect) + "\n"),
              "2:21: expected `lost`, `misdirected` and `rot` for `storage` only");
    EXPECT_EQ(world("origin A 1M\nfault A.write nth 3 " + std::string(effect) + "\n"),
              "3:21: expected `lost`, `misdirected` and `rot` for `storage` only");
  }
}

// Method: refused allocations, counted from 1.
TEST(ScenarioWorldRules, MemoryFaultsCount) {
  EXPECT_EQ(world("fault memory nth 1\nfault memory nth 7 sticky\n"), "accepted");
  EXPECT_EQ(world("fault memory rate 7\n"), "2:14: expected `nth`");
  EXPECT_EQ(world("fault memory nth 0\n"),
            "2:18: expected a number from 1 to 18446744073709551615");
  EXPECT_EQ(world("fault memory nth 1 ENOMEM\n"), "2:20: expected `sticky` or the end of the line");
}

// Method: a fixed latency, bounds, bounds the wrong way round, a stall with a time.
TEST(ScenarioWorldRules, ALatencyIsATimeOrTwoOrAStall) {
  EXPECT_EQ(world("latency *.read 1us\nlatency *.read 1us 1ms\nlatency storage.flush stall\n"),
            "accepted");
  EXPECT_EQ(world("latency *.read 1ms 1us\n"), "2:20: expected a time that is not below the first");
  EXPECT_EQ(world("latency *.read 1ms 2ms 3ms\n"), "2:24: expected the end of the line");
  EXPECT_EQ(world("latency *.read stall 1ms\n"), "2:22: expected the end of the line");
  EXPECT_EQ(world("latency *.read\n"),
            "2:15: expected a time of at most 292 years, such as 250us, 10ms or 2s");
  EXPECT_EQ(world("latency memory.read 1ms\n"),
            "2:9: expected an origin of a line above, `storage` or `*`");
}

// Method: schedules without their numbers, with too many, and unknown ones.
TEST(ScenarioWorldRules, AScheduleHasASeedOrDecisions) {
  EXPECT_EQ(world("schedule random seed 18446744073709551615\n"), "accepted");
  EXPECT_EQ(world("schedule pct 0 seed 0\n"), "accepted");
  EXPECT_EQ(world("schedule round_robin seed 1\n"), "accepted");
  EXPECT_EQ(world("schedule recorded -\n"), "accepted");
  EXPECT_EQ(world("schedule pct seed 1\n"), "2:14: expected a number from 0 to 1000000");
  EXPECT_EQ(world("schedule pct 1000001 seed 1\n"), "2:14: expected a number from 0 to 1000000");
  EXPECT_EQ(world("schedule random 3 seed 1\n"), "2:17: expected `seed`");
  EXPECT_EQ(world("schedule random seed\n"), "2:21: expected a number");
  EXPECT_EQ(world("schedule recorded schedule:1 seed 1\n"), "2:30: expected the end of the line");
  EXPECT_EQ(world("schedule recorded\n"),
            "2:18: expected decisions, such as `schedule:0*12,2,1/latency:3`, or `-`");
  EXPECT_EQ(world("schedule recorded schedule:0*12,x\n"),
            "2:33: expected a choice below 4294967296");
  EXPECT_EQ(world("schedule fair seed 1\n"),
            "2:10: expected `random seed N`, `pct D seed N`, `round_robin seed N` or `recorded "
            "DECISIONS`");
}

}  // namespace
}  // namespace cowbell::model::testing
