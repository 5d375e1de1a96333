// SPDX-License-Identifier: Apache-2.0
#include "models/candidate_set.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "models/block_table.hpp"

namespace cowbell::model {
namespace {

// Method: against a vector, across the border between what is in place and what is on the heap.
RC_GTEST_PROP(CandidateSet, HoldsWhatAVectorHolds, (const std::vector<std::uint8_t>& steps)) {
  CandidateSet set;
  std::vector<Candidate> expected;
  for (const std::uint8_t step : steps) {
    const Candidate candidate{step, static_cast<Moment>(expected.size())};
    const auto same_third = [=](const Candidate& other) { return other.version % 3 == step % 3; };
    switch (step % 8) {
      case 0:
        set.clear();
        expected.clear();
        break;
      case 1:
        set.erase_if(same_third);
        std::erase_if(expected, same_third);
        break;
      case 2:
        set.assign(candidate);
        expected = {candidate};
        break;
      default:
        set.add(candidate);
        expected.push_back(candidate);
    }
    RC_ASSERT(std::equal(set.begin(), set.end(), expected.begin(), expected.end()));
  }
}

struct Counted {
  int starts = 0;
  int stops = 0;
  void start() { ++starts; }
  void stop() { ++stops; }
};

// Method: blocks far apart, so that they lie in different pages and directories.
TEST(BlockTable, StartsABlockWhenItIsFirstTouched) {
  BlockTable<Counted> table;
  EXPECT_EQ(table.find(5), nullptr);
  EXPECT_EQ(table.touch(5).starts, 1);
  EXPECT_EQ(table.touch(5).starts, 1);
  EXPECT_EQ(table.find(5), &table.touch(5));
  EXPECT_EQ(table.find(6), nullptr);
  EXPECT_EQ(table.find(std::uint64_t{1} << 40), nullptr);
  EXPECT_EQ(table.touch(1'000'000).starts, 1);
}

TEST(BlockTable, VisitsTouchedBlocksInAscendingOrder) {
  BlockTable<Counted> table;
  for (const BlockNumber block : {70'000u, 3u, 64u, 63u}) table.touch(block);
  std::vector<BlockNumber> visited;
  table.for_each([&](BlockNumber block, Counted&) { visited.push_back(block); });
  EXPECT_EQ(visited, (std::vector<BlockNumber>{3, 63, 64, 70'000}));
}

TEST(BlockTable, StopsTouchedBlocksWhenItIsCleared) {
  BlockTable<Counted> table;
  Counted& block = table.touch(3);
  Counted& neighbour = table.touch(4);
  table.clear();
  EXPECT_EQ(block.stops, 1);
  EXPECT_EQ(neighbour.stops, 1);
  EXPECT_EQ(table.find(3), nullptr);
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.touch(3).starts, 2) << "the page is used again";
}

}  // namespace
}  // namespace cowbell::model
