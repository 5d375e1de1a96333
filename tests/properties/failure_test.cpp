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

constexpr auto kSubject = lies::maker_of<lies::LiesAboutImages<lies::NeverAnswersReads>>;

const model::Scenario& reads_an_image() {
  static const model::Scenario scenario =
      *model::parse_scenario("cowbell-scenario 1\norigin A 64K\ntake s\nread A@s 0 4K\n");
  return scenario;
}

Failure failure_of(const model::Scenario& scenario) {
  Failure failure;
  failure.name = "sweep-26";
  failure.program = "bin/cowbell";
  failure.command = "bin/cowbell explore";
  failure.outcome = judge(scenario, {.subject = kSubject()});
  return failure;
}

bool never() {
  return false;
}

// Method: image reads that are never answered, of which the breach says more than one line. The
// file names the rule in its first line and says there what happened; the command names the file.
TEST(Failure, NamesItsRuleInItsFile) {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "cowbell failure test";
  Failure failure = failure_of(reads_an_image());
  ASSERT_FALSE(failure.outcome.held());
  reduce(failure, reads_an_image(), directory, kSubject(), never);
  EXPECT_EQ(failure.file.filename(), "S8-sweep-26.cowbell");
  EXPECT_EQ(failure.not_written, "");
  std::string line;
  std::getline(std::ifstream(failure.file) >> std::ws, line);
  EXPECT_EQ(line, "# S8: nothing can run and the program has not ended");
  EXPECT_EQ(failure.command, "bin/cowbell run '" + failure.file.string() + "'");
  std::filesystem::remove_all(directory);
}

// Method: a directory that cannot be made, and one where the file would be is a directory; all but
// the file is told, with the line that was there before.
TEST(Failure, IsToldWhereItCannotBeWritten) {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "cowbell failure test";
  std::filesystem::create_directories(directory / "S8-sweep-26.cowbell");
  for (const std::filesystem::path& place : {std::filesystem::path("/proc/nope"), directory}) {
    Failure failure = failure_of(reads_an_image());
    reduce(failure, reads_an_image(), place, kSubject(), never);
    EXPECT_TRUE(failure.minimal.repeated);
    const std::string text = failure.describe();
    for (const char* part : {"S8: ", "read A@s 0 ", "Not written: cannot write to ",
                             "Run it again: bin/cowbell explore\n"})
      EXPECT_NE(text.find(part), std::string::npos) << part << text;
    EXPECT_EQ(text.find("Written"), std::string::npos) << text;
    EXPECT_EQ(text.find("--html"), std::string::npos) << text;
    EXPECT_EQ(to_json(failure)["file"], "");
    EXPECT_EQ(to_json(failure)["not_written"], failure.not_written);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace cowbell::properties
