// SPDX-License-Identifier: Apache-2.0
#include "properties/failure.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "models/scenario_text.hpp"
#include "properties/judge.hpp"
#include "tests/models/lying_subjects.hpp"

namespace cowbell::properties {
namespace {

namespace lies = model::testing;

// Method: image reads that are never answered, of which the breach says more than one line. The
// file names the rule in its first line and says there what happened; the command names the file.
TEST(Failure, NamesItsRuleInItsFile) {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "cowbell failure test";
  const auto subject = lies::maker_of<lies::LiesAboutImages<lies::NeverAnswersReads>>();
  const model::Scenario scenario =
      *model::parse_scenario("cowbell-scenario 1\norigin A 64K\ntake s\nread A@s 0 4K\n");
  Failure failure;
  failure.program = "bin/cowbell";
  failure.outcome = judge(scenario, {.subject = subject});
  ASSERT_FALSE(failure.outcome.held());
  reduce(failure, scenario, directory, subject);
  std::string line;
  std::getline(std::ifstream(failure.file) >> std::ws, line);
  EXPECT_EQ(line, "# S8: nothing can run and the program has not ended");
  EXPECT_EQ(failure.command, "bin/cowbell run '" + failure.file.string() + "'");
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace cowbell::properties
