// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/replay/command_runs.hpp"
#include "tests/uring/need_io_uring.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

constexpr std::string_view kScenario =
    "cowbell-scenario 1\n"
    "param chunk_minimum_shift 12\n"
    "origin A 64K\n"
    "storage file 1M\n"
    "write A 0 8K = 0xaa\n"
    "take s\n"
    "write A 0 4K = 0xbb\n"
    "read A@s 0 8K = 0xaa\n"
    "read A 0 4K = 0xbb\n"
    "release s\n";

class RunCommand : public testing::Test {
 protected:
  std::string file(std::string_view contents) const {
    write_file(directory_.path("s.cowbell"), contents);
    return directory_.path("s.cowbell");
  }
  test::TemporaryDirectory directory_;
};

// Method: the smallest case of copy-on-write, for people and for machines; twice, compared.
TEST_F(RunCommand, AScenarioThatHoldsEndsWithZero) {
  const std::string path = file(kScenario);
  const CommandRun run = cowbell_command({"run", path});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_NE(run.out.find(": held; 4 requests"), std::string::npos) << run.out;
  EXPECT_EQ(run.err, "");
  const CommandRun machine = cowbell_command({"run", path, "--json"});
  const auto json = nlohmann::json::parse(machine.out);
  EXPECT_EQ(json["verdict"], "held");
  EXPECT_EQ(json["chunks_copied"], 1);
  EXPECT_EQ(machine.out, cowbell_command({"run", path, "--json"}).out);
  EXPECT_EQ(cowbell_command({"run", path, "--quiet"}).out, "");
  EXPECT_EQ(cowbell_command({"run", path, "--twice", "--json"}).out, machine.out);
}

// Method: the same with a wrong expectation in line 8; it is named, with the line that repeats it.
TEST_F(RunCommand, AScenarioThatBreaksEndsWithOneAndTellsItsLine) {
  std::string text(kScenario);
  text.replace(text.find("8K = 0xaa\nread A 0"), 9, "8K = 0xab");
  const std::string path = file(text);
  const CommandRun run = cowbell_command({"run", path, "--quiet"});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(run.out.starts_with(path + ":8: ")) << run.out;
  EXPECT_NE(run.out.find("Run it again: "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("run " + path), std::string::npos) << run.out;
  const auto json = nlohmann::json::parse(cowbell_command({"run", path, "--json"}).out);
  EXPECT_EQ(json["verdict"], "broke");
  EXPECT_EQ(json["line"], 8);
}

// Method: the same scenario, shown in each of the three ways; then ways that cannot be gone.
TEST_F(RunCommand, ShowsWhatHappened) {
  const std::string path = file(kScenario);
  const std::string json = directory_.path("out.json");
  const std::string page = directory_.path("out.html");
  const CommandRun shown = cowbell_command({"run", path, "--timeline"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("copy-on-write "), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find(": held; "), std::string::npos) << shown.out;
  EXPECT_EQ(cowbell_command({"run", path, "--timeline", "--quiet"}).out, "");
  const CommandRun written = cowbell_command({"run", path, "--timeline", json, "--html", page});
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_FALSE(nlohmann::json::parse(contents_of(json))["traceEvents"].empty());
  EXPECT_NE(contents_of(page).find("held"), std::string::npos);

  const std::string before = contents_of(path);
  EXPECT_EQ(cowbell_command({"run", path, "--timeline", path}).code, 2);
  EXPECT_EQ(cowbell_command({"run", path, "--html", path}).code, 2);
  EXPECT_EQ(contents_of(path), before);
  EXPECT_EQ(cowbell_command({"run", path, "--timeline", "--json"}).code, 2);
  EXPECT_EQ(cowbell_command({"run", path, "--html", directory_.path("none/x.html")}).code, 3);
  EXPECT_EQ(cowbell_command({"run", path, "--html", page, "--origin", "A=" + directory_.path("o"),
                             "--storage", directory_.path()})
                .code,
            2);
}

// Method: text that is wrong, and text that is right and asks for what no world can do yet.
TEST_F(RunCommand, BadInputIsRefusedByItsPlace) {
  const std::string wrong = file(std::string(kScenario) + "scribble A\n");
  const CommandRun run = cowbell_command({"run", wrong});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(run.err.starts_with("cowbell: " + wrong + ":11:1: expected ")) << run.err;
  const CommandRun missing = cowbell_command({"run", directory_.path("none")});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("cannot be opened"), std::string::npos);
  const std::string torn_reads =
      file("cowbell-scenario 1\norigin A 64K\nfault A.read nth 1 torn\n");
  const CommandRun refused = cowbell_command({"run", torn_reads});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find(":3: "), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("not supported"), std::string::npos) << refused.err;
}

// Method: the same file in both worlds; the second finds the origin's file in place.
TEST_F(RunCommand, AScenarioRunsOnRealDevicesAsWell) {
  test::need_io_uring();
  const std::string path = file(kScenario);
  const std::string origin = "A=" + directory_.path("origin");
  const std::string storage = directory_.path();
  const CommandRun run = cowbell_command({"run", path, "--origin", origin, "--storage", storage});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  const std::string before = contents_of(directory_.path("origin"));
  EXPECT_EQ(before.size(), 65'536u);
  const CommandRun again = cowbell_command({"run", path, "--origin", origin, "--storage", storage});
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.err.find("--destroy"), std::string::npos);
  EXPECT_EQ(contents_of(directory_.path("origin")), before);
  EXPECT_EQ(
      cowbell_command({"run", path, "--origin", origin, "--storage", storage, "--destroy"}).code,
      0);
}

// Method: origins that the scenario does not have, twice the same, none, and no storage.
TEST_F(RunCommand, WrongDevicesAreRefusedBeforeAnythingIsMade) {
  const std::string path = file(kScenario);
  const std::string storage = directory_.path();
  const std::string made = directory_.path("o");
  EXPECT_EQ(cowbell_command({"run", path, "--origin", "A=" + made}).code, 2);
  EXPECT_EQ(cowbell_command({"run", path, "--storage", storage}).code, 2);
  EXPECT_EQ(cowbell_command({"run", path, "--origin", made, "--storage", storage}).code, 2);
  EXPECT_EQ(cowbell_command({"run", path, "--origin", "B=" + made, "--storage", storage}).code, 2);
  EXPECT_EQ(cowbell_command({"run", path, "--origin", "A=" + made, "--origin", "A=" + made,
                             "--storage", storage})
                .code,
            2);
  EXPECT_EQ(contents_of(made), "");
  const CommandRun nowhere = cowbell_command(
      {"run", path, "--origin", "A=" + directory_.path("none/o"), "--storage", storage});
  EXPECT_EQ(nowhere.code, 3) << nowhere.err;
}

// Method: a few scenarios of the explorer, for people and for machines.
TEST(ExploreCommand, TellsWhatItExplored) {
  const test::TemporaryDirectory directory;
  const CommandRun run = cowbell_command(
      {"explore", "--seed", "7", "--count", "50", "--directory", directory.path("failures")});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.err, "");
  EXPECT_NE(run.out.find("verdict         held"), std::string::npos) << run.out;
  const CommandRun machine = cowbell_command(
      {"explore", "--count", "50", "--json", "--directory", directory.path("failures")});
  const auto json = nlohmann::json::parse(machine.out);
  EXPECT_EQ(json["scenarios"], 50);
  for (const char* key : {"bios", "scenarios_per_second", "bios_per_second", "failures", "marks"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(cowbell_command({"explore", "--count", "5", "--quiet"}).out, "");
  for (const char* profile : {"nvme", "ssd", "hdd", "network"})
    EXPECT_EQ(cowbell_command({"explore", "--count", "50", "--profile", profile}).code, 0);
  EXPECT_EQ(cowbell_command({"explore", "--profile", "tape"}).code, 2);
}

}  // namespace
}  // namespace cowbell::replay
