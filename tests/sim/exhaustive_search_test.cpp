// SPDX-License-Identifier: Apache-2.0
#include "sim/exhaustive_search.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cowbell::sim {
namespace {

/// The choices of each run, a digit each.
template <class Run>
std::vector<std::string> all_runs(ExhaustiveSearch& search, std::uint32_t cost_maximum, Run run) {
  std::vector<std::string> runs;
  search.restart(cost_maximum);
  do {
    search.begin();
    runs.push_back(run());
  } while (search.next());
  return runs;
}

using Runs = std::vector<std::string>;

// Method: a choice of two, and only behind its second a choice of three.
TEST(ExhaustiveSearch, TakesEveryPathOnce) {
  ExhaustiveSearch search;
  const Runs runs = all_runs(search, 0, [&] {
    std::string run(1, static_cast<char>('0' + search.choose(2, 0, true)));
    if (run == "1") run += static_cast<char>('0' + search.choose(3, 0, true));
    return run;
  });
  EXPECT_EQ(runs, (Runs{"0", "10", "11", "12"}));
  EXPECT_EQ(search.pruned() + search.bounded(), 0u);
}

// Method: four choices of two; with at most two 1s there are 1 + 4 + 6 runs, and a third 1 was
// possible behind "11" twice, behind "101" and "011" once each.
TEST(ExhaustiveSearch, KeepsToItsBoundAndCountsWhatIsBeyond) {
  ExhaustiveSearch search;
  const Runs runs = all_runs(search, 2, [&] {
    std::string run;
    for (int i = 0; i < 4; ++i) run += static_cast<char>('0' + search.choose(2, 1, true));
    return run;
  });
  EXPECT_EQ(runs.size(), 11u);
  EXPECT_EQ(search.bounded(), 4u);
}

// Method: the first of two choices matters only in the run that takes the second choice's 1.
TEST(ExhaustiveSearch, TurnsOnlyWhereARunBelowSaidThatItMatters) {
  ExhaustiveSearch search;
  const auto run = [&](bool matters) {
    const std::size_t first = search.depth();
    std::string choices(1, static_cast<char>('0' + search.choose(2, 0, false)));
    choices += static_cast<char>('0' + search.choose(2, 0, true));
    if (matters && choices[1] == '1') search.make_relevant(first);
    return choices;
  };
  EXPECT_EQ(all_runs(search, 0, [&] { return run(false); }), (Runs{"00", "01"}));
  EXPECT_EQ(search.pruned(), 1u);
  EXPECT_EQ(all_runs(search, 0, [&] { return run(true); }), (Runs{"00", "01", "10", "11"}));
  EXPECT_EQ(search.pruned(), 1u);
}

// Method: a run that is asked something else at the same place than the run before.
TEST(ExhaustiveSearchDeathTest, StopsARunThatItsChoicesDoNotDecide) {
  ExhaustiveSearch search;
  search.restart(0);
  search.begin();
  search.choose(2, 0, true);
  ASSERT_TRUE(search.next());
  search.begin();
  EXPECT_DEATH(search.choose(3, 0, true), "S13");
}

}  // namespace
}  // namespace cowbell::sim
