// SPDX-License-Identifier: Apache-2.0
#include "properties/scenario_edit.hpp"

#include <gtest/gtest.h>

#include "models/scenario_text.hpp"

namespace cowbell::properties {
namespace {

model::Scenario parsed(std::string_view text) {
  auto scenario = model::parse_scenario("cowbell-scenario 1\n" + std::string(text));
  EXPECT_TRUE(scenario) << model::format_error("test", scenario.error());
  return *scenario;
}

// Method: the take is taken away by hand; what spoke of it goes with it.
TEST(Tidy, DropsWhatRefersToASnapshotThatIsNotTaken) {
  model::Scenario scenario = parsed(R"(
    origin A 64K
    take s1
    take s2
    read A@s1 0 4K
    read A@s2 0 4K
    release s1
  )");
  scenario.program.erase(scenario.program.begin());
  tidy(scenario);
  EXPECT_EQ(scenario, parsed(R"(
    origin A 64K
    take s2
    read A@s2 0 4K
  )"));
}

// Method: a demand for ENOENT is what such a statement is for.
TEST(Tidy, KeepsWhatDemandsThatTheSnapshotIsUnknown) {
  model::Scenario scenario = parsed(R"(
    origin A 64K
    take s1 ! EBUSY
    read A@s1 0 4K ! ENOENT
  )");
  const model::Scenario before = scenario;
  tidy(scenario);
  EXPECT_EQ(scenario, before);
}

// Method: barriers at both ends and two in a row.
TEST(Tidy, DropsBarriersThatPartNothing) {
  model::Scenario scenario = parsed(R"(
    origin A 64K
    barrier
    write A 0 4K
    barrier
    barrier
    3: write A 0 4K
    barrier
  )");
  tidy(scenario);
  EXPECT_EQ(scenario, parsed(R"(
    origin A 64K
    write A 0 4K
    barrier
    1: write A 0 4K
  )"));
}

// Method: the origin in the middle goes; those behind it keep what is theirs.
TEST(DropOrigin, TakesAwayAllThatRefersToIt) {
  model::Scenario scenario = parsed(R"(
    origin A 64K
    origin B 64K
    origin C 64K
    fault B.read nth 1 EIO
    fault C.write nth 1 EIO
    latency B.read 1ms
    take s1 of A C
    take s2 of B
    take s3 of B C
    write B 0 4K
    write C 0 4K
    read C@s3 0 4K
  )");
  drop_origin(scenario, 1);
  tidy(scenario);
  EXPECT_EQ(scenario, parsed(R"(
    origin A 64K
    origin C 64K
    fault C.write nth 1 EIO
    take s1 of A C
    take s3 of C
    write C 0 4K
    read C@s3 0 4K
  )"));
}

// Method: the rules of the chunk size, one after the other.
TEST(ChunkBytes, FollowsTheRulesOfTheEngine) {
  model::Scenario scenario;
  Params& params = scenario.params;
  params.chunk_minimum_shift = 12;
  model::OriginSpec origin;
  origin.size = to_sectors(ByteCount{64 * 1024});
  EXPECT_EQ(chunk_bytes(scenario, origin), 4096u);
  params.chunk_maximum_count_shift = 2;
  EXPECT_EQ(chunk_bytes(scenario, origin), 16384u);
  origin.minimum_io = {32768};
  EXPECT_EQ(chunk_bytes(scenario, origin), 32768u);
  scenario.storage.logical_block = {65536};
  EXPECT_EQ(chunk_bytes(scenario, origin), 65536u);
}

}  // namespace
}  // namespace cowbell::properties
