// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/models/scenario_values.hpp"

namespace cowbell::model::testing {
namespace {

constexpr std::string_view kExample = R"(cowbell-scenario 1

param chunk_minimum_shift 12
origin A 1M io_min 4K
origin B 512K
storage file 64K limit 256K minimum 32K
fault storage.write nth 3 EIO
schedule pct 3 seed 42

write A 0 64K = 0x5d
take s1
barrier
1: write A 4K 8K segments 3
2: read A@s1 0 64K = 0x5d
2: write A@s1 12K 4K = 0xee
barrier
read A@s1 12K 4K = 0xee
read A 12K 4K = 0x5d
release s1
)";

// Method: a whole small file, looked at field by field.
TEST(ScenarioText, GivesTheValueThatAFileDescribes) {
  const auto parsed = parse_scenario(kExample);
  ASSERT_TRUE(parsed.has_value()) << format_error("example", parsed.error());
  const Scenario& scenario = *parsed;

  EXPECT_EQ(scenario.params.chunk_minimum_shift, 12u);
  EXPECT_EQ(scenario.params.chunk_maximum_shift, 26u);
  ASSERT_EQ(scenario.origins.size(), 2u);
  EXPECT_EQ(scenario.origins[0].name, "A");
  EXPECT_EQ(to_bytes(scenario.origins[0].size).value, 1u << 20);
  EXPECT_EQ(scenario.origins[0].minimum_io.value, 4096u);
  EXPECT_EQ(scenario.origins[1].logical_block.value, 512u);
  EXPECT_EQ(scenario.origins[1].line.number, 5u);
  EXPECT_EQ(scenario.storage,
            (StorageSpec{StorageKind::file, {128}, {512}, {{512}}, {{64}}, Profile::none, {}}));
  ASSERT_EQ(scenario.faults.size(), 1u);
  EXPECT_EQ(scenario.faults[0].site.kind, Site::Kind::storage);
  EXPECT_EQ(scenario.faults[0].kind, RequestKind::write);
  EXPECT_EQ(std::get<NthRequest>(scenario.faults[0].trigger).nth, 3u);
  EXPECT_EQ(scenario.schedule.kind, SchedulerKind::pct);
  EXPECT_EQ(scenario.schedule.change_points, 3u);
  EXPECT_EQ(scenario.schedule.seed, 42u);

  EXPECT_EQ(scenario.snapshots, std::vector<std::string>{"s1"});
  ASSERT_EQ(scenario.program.size(), 10u);
  const Statement& first = scenario.program[0];
  EXPECT_EQ(first.kind, StatementKind::write);
  EXPECT_EQ(first.fill, 0x5d);
  EXPECT_EQ(first.range, (SectorRange{{0}, {128}}));
  EXPECT_FALSE(first.device.is_image());
  EXPECT_EQ(scenario.program[2].kind, StatementKind::barrier);
  EXPECT_EQ(scenario.program[3].client, 1u);
  EXPECT_EQ(scenario.program[3].segments, 3u);
  EXPECT_EQ(scenario.program[3].fill, std::nullopt);
  EXPECT_EQ(scenario.program[4].device, (DeviceRef{0, 0}));
  EXPECT_EQ(scenario.program[9].kind, StatementKind::release);
  EXPECT_EQ(scenario.program[9].line.number, 19u);
}

// Method: the example stands in the canonical form, so printing gives it back to the byte.
TEST(ScenarioText, PrintsTheCanonicalForm) {
  EXPECT_EQ(to_string(*parse_scenario(kExample)), kExample);
}

// Method: a file that says everything in another way than the printer would.
TEST(ScenarioText, LeavesOutDefaultsAndTakesTheLargestUnits) {
  const auto scenario = parse_scenario(
      "cowbell-scenario 1 # header\n"
      "schedule recorded schedule:1,1,1,0,0\n"
      "storage file 1024K\n"
      "origin B 2097152 logical_block 512 io_min 512\n"
      "latency B.read 1000us 1ms\n"
      "latency *.read 0s 2500us\n"
      "param chunk_minimum_shift 018\n"
      "take t of B\n"
      "0: write B 1536 1024 = 0xAB segments 1\n"
      "sleep 60000ms\n"
      "expect storage filled 0K\n");
  ASSERT_TRUE(scenario.has_value()) << format_error("", scenario.error());
  EXPECT_EQ(to_string(*scenario),
            "cowbell-scenario 1\n\n"
            "origin B 2M\n"
            "storage file 1M\n"
            "latency B.read 1ms\n"
            "latency *.read 0ns 2500us\n"
            "schedule recorded schedule:1*3\n\n"
            "take t of B\n"
            "write B 1536 1K = 0xab\n"
            "sleep 60s\n"
            "expect storage filled 0\n");
}

// Method: the smallest value.
TEST(ScenarioText, PrintsAnEmptyScenarioAsItsHeader) {
  EXPECT_EQ(to_string(Scenario{}), "cowbell-scenario 1\n");
  EXPECT_EQ(parse_scenario("cowbell-scenario 1\n"), Scenario{});
}

// Method: single statements and devices, as messages show them.
TEST(ScenarioText, PrintsOneStatementAsItsLine) {
  const Scenario scenario = *parse_scenario(
      "cowbell-scenario 1\norigin A 1M\norigin B 1M\ntake s1 of B A\n"
      "2:   background discard  A@s1 0 4K nowait   ! EAGAIN # now\n");
  EXPECT_EQ(to_string(scenario.program[0], scenario), "take s1 of A B");
  EXPECT_EQ(to_string(scenario.program[1], scenario),
            "2: background discard A@s1 0 4K nowait ! EAGAIN");
  EXPECT_EQ(device_name(scenario, {1, std::nullopt}), "B");
  EXPECT_EQ(device_name(scenario, {1, 0}), "B@s1");
}

// Method: a thousand of the values that the round trip is tried with; each part of the language
// must be among them, or the properties are blind to it.
TEST(ScenarioText, TheValuesOfThePropertiesCoverTheLanguage) {
  std::string all;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) all += to_string(make_scenario(seed));
  const std::vector<std::string> words{"\nparam chunk_minimum_shift ",
                                       "\nparam storage_wait_maximum ",
                                       "\norigin ",
                                       " logical_block ",
                                       " io_min ",
                                       " profile nvme",
                                       " profile ssd",
                                       " profile hdd",
                                       " profile network",
                                       "\nstorage file ",
                                       "\nstorage device ",
                                       " limit ",
                                       " minimum ",
                                       "\nfault storage.",
                                       "\nfault *.",
                                       ".read nth ",
                                       ".write nth ",
                                       ".flush nth ",
                                       ".discard nth ",
                                       ".grow nth ",
                                       " range ",
                                       " rate ",
                                       " short",
                                       " zero",
                                       " torn",
                                       " lost",
                                       " misdirected",
                                       " rot",
                                       " gone",
                                       " sticky\n",
                                       "\nfault memory nth ",
                                       "\nlatency ",
                                       " stall\n",
                                       "\nschedule random seed ",
                                       "\nschedule pct ",
                                       "\nschedule round_robin seed ",
                                       "\nschedule recorded -\n",
                                       "\nschedule recorded schedule:",
                                       "/latency:",
                                       "/effect:",
                                       "/fault:",
                                       "\nwrite ",
                                       "\nread ",
                                       "\nzero ",
                                       "\ndiscard ",
                                       "\nflush ",
                                       "\ntake ",
                                       "\nrelease ",
                                       "\nsleep ",
                                       "\nwait\n",
                                       "\nbarrier\n",
                                       "\nheal\n",
                                       "\npower_cut\n",
                                       "\nresize ",
                                       "\ndirty ",
                                       "\nexpect corrupted ",
                                       "\nexpect intact ",
                                       "\nexpect event low_space\n",
                                       "\nexpect event overflow\n",
                                       "\nexpect event corrupted\n",
                                       "\nexpect changed ",
                                       ": none\n",
                                       ": unknown\n",
                                       "K, ",
                                       "\nexpect storage filled ",
                                       "\nexpect storage capacity ",
                                       "\nexpect storage of ",
                                       "\nexpect memory ",
                                       ": background write ",
                                       "\nbackground release ",
                                       " = 0x",
                                       " fua",
                                       " preflush",
                                       " nowait",
                                       " segments ",
                                       " of ",
                                       " ?\n",
                                       " ! EINVAL\n",
                                       " ! ENOENT\n",
                                       "@",
                                       "1023: ",
                                       "18446744073709551615",
                                       "ns\n",
                                       "us\n",
                                       "ms\n",
                                       "s\n"};
  for (const std::string& word : words)
    EXPECT_NE(all.find(word), std::string::npos) << '"' << word << '"';
}

}  // namespace
}  // namespace cowbell::model::testing
