// SPDX-License-Identifier: Apache-2.0
// The script that makes an exploration a Slurm job array, called as Slurm calls a task.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/replay/command_runs.hpp"

namespace cowbell::replay {
namespace {

/// The summary of the second task in an array of so many tasks, called behind `before`.
nlohmann::json second_task(const std::string& tasks, const std::string& before,
                           const std::string& bound = "--count 9") {
  const test::TemporaryDirectory directory;
  const std::string command = "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=" + tasks + " " +
                              before + " '" COWBELL_EXPLORE_ARRAY "' '" COWBELL_COMMAND "' '" +
                              directory.path() + "' " + bound;
  EXPECT_TRUE(test::output_of(command)) << command;
  return nlohmann::json::parse(contents_of(directory.path("shard-2.json")), nullptr, false);
}

// Method: a task of three, and one that is submitted again by itself.
TEST(ExploreArray, KnowsItsShardsWhenOneTaskIsRepeated) {
  EXPECT_EQ(second_task("3", "")["shards"], 3);
  const nlohmann::json alone = second_task("1", "COWBELL_SHARDS=3");
  EXPECT_EQ(alone["shards"], 3);
  EXPECT_EQ(alone["shard"], 2);
  EXPECT_EQ(alone["scenarios"], 3);
}

// Method: a task whose time is over, so that all of its processes are told to end.
TEST(ExploreArray, KeepsTheSummaryOfATaskThatIsEnded) {
  const nlohmann::json ended = second_task("3", "timeout --preserve-status 5", "--seconds 600");
  EXPECT_EQ(ended["interrupted"], true);
}

}  // namespace
}  // namespace cowbell::replay
