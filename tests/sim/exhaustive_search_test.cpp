// SPDX-License-Identifier: Apache-2.0
#include "sim/exhaustive_search.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cowbell::sim {
namespace {

/// The choices of each run, a digit each.
template <class Run>
std::vector<std::string> all_runs(ExhaustiveSearch& search, const SearchBound& bound, Run run) {
  std::vector<std::string> runs;
  search.restart(bound);
  do {
    search.begin();
    runs.push_back(run());
  } while (search.next());
  return runs;
}

using Runs = std::vector<std::string>;

constexpr SearchCost kFree{};
constexpr SearchCost kPreemption{.preemptions = 1};
constexpr SearchCost kOvertaking{.overtakings = 1};

// Method: a choice of two, and only behind its second a choice of three.
TEST(ExhaustiveSearch, TakesEveryPathOnce) {
  ExhaustiveSearch search;
  const Runs runs = all_runs(search, {}, [&] {
    std::string run(1, static_cast<char>('0' + search.choose(2, kFree, true)));
    if (run == "1") run += static_cast<char>('0' + search.choose(3, kFree, true));
    return run;
  });
  EXPECT_EQ(runs, (Runs{"0", "10", "11", "12"}));
  EXPECT_EQ(search.pruned() + search.bounded(), 0u);
}

// Method: four choices of two; with at most two 1s there are 1 + 4 + 6 runs, and a third 1 was
// possible behind "11" twice, behind "101" and "011" once each.
TEST(ExhaustiveSearch, KeepsToItsBoundAndCountsWhatIsBeyond) {
  ExhaustiveSearch search;
  const Runs runs = all_runs(search, {.preemptions_maximum = 2}, [&] {
    std::string run;
    for (int i = 0; i < 4; ++i) run += static_cast<char>('0' + search.choose(2, kPreemption, true));
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
    std::string choices(1, static_cast<char>('0' + search.choose(2, kFree, false)));
    choices += static_cast<char>('0' + search.choose(2, kFree, true));
    if (matters && choices[1] == '1') search.make_relevant(first);
    return choices;
  };
  EXPECT_EQ(all_runs(search, {}, [&] { return run(false); }), (Runs{"00", "01"}));
  EXPECT_EQ(search.pruned(), 1u);
  EXPECT_EQ(all_runs(search, {}, [&] { return run(true); }), (Runs{"00", "01", "10", "11"}));
  EXPECT_EQ(search.pruned(), 1u);
}

// Method: a choice that is a preemption, then one that overtakes; at most one preemption, which
// leaves no room for the other if that counts.
TEST(ExhaustiveSearch, CountsOvertakingsWhereTheyAreToCount) {
  const auto runs = [](bool count) {
    ExhaustiveSearch search;
    return all_runs(search, {.preemptions_maximum = 1, .overtakings_count = count}, [&] {
      std::string run(1, static_cast<char>('0' + search.choose(2, kPreemption, true)));
      return run += static_cast<char>('0' + search.choose(2, kOvertaking, true));
    });
  };
  EXPECT_EQ(runs(false), (Runs{"00", "01", "10", "11"}));
  EXPECT_EQ(runs(true), (Runs{"00", "01", "10"}));
}

// Method: two choices of two whose sum is the state, and a third in that state: 01 and 10 lead to
// the same one, which is gone through again only where 01 costs more.
TEST(ExhaustiveSearch, GoesThroughARepeatedStateOnceUnlessMoreIsLeftToSpend) {
  const auto runs = [](SearchCost second) {
    ExhaustiveSearch search;
    return all_runs(search, {.preemptions_maximum = 1}, [&] {
      std::string run(1, static_cast<char>('0' + search.choose(2, kFree, true)));
      run += static_cast<char>('0' + search.choose(2, second, true));
      search.arrive(static_cast<std::uint64_t>(run[0] + run[1]));
      return run += static_cast<char>('0' + search.choose(2, kFree, true));
    });
  };
  EXPECT_EQ(runs(kFree), (Runs{"000", "001", "010", "011", "100", "110", "111"}));
  EXPECT_EQ(runs(kPreemption), (Runs{"000", "001", "010", "011", "100", "101", "110", "111"}));
}

// Method: a note that is made below a state, in the first run only, comes back with the state.
TEST(ExhaustiveSearch, BringsBackWhatMatteredBelowARepeatedState) {
  ExhaustiveSearch search;
  std::vector<std::uint64_t> brought;
  int run = 0;
  all_runs(search, {}, [&] {
    search.choose(2, kFree, true);
    for (const ExhaustiveSearch::Note& note : search.arrive(7)) brought.push_back(note.subject);
    search.choose(2, kFree, true);
    if (run++ == 0) search.note({.subject = 42, .first = 0, .end = 1}, 0);
    return std::string();
  });
  EXPECT_EQ(run, 3);
  EXPECT_EQ(brought, std::vector<std::uint64_t>{42});
}

// Method: a run that is asked something else at the same place than the run before.
TEST(ExhaustiveSearchDeathTest, StopsARunThatItsChoicesDoNotDecide) {
  ExhaustiveSearch search;
  search.restart({});
  search.begin();
  search.choose(2, kFree, true);
  ASSERT_TRUE(search.next());
  search.begin();
  EXPECT_DEATH(search.choose(3, kFree, true), "S13");
}

}  // namespace
}  // namespace cowbell::sim
