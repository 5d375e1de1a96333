// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/replay/command_runs.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

constexpr std::string_view kBroken =
    "cowbell-scenario 1\n"
    "param chunk_minimum_shift 12\n"
    "origin A 64K\n"
    "origin B 64K\n"
    "storage file 1M\n"
    "write A 0 8K = 0xaa\n"
    "1: write B 0 4K\n"
    "take s\n"
    "write A 0 4K = 0xbb\n"
    "1: read B 0 4K\n"
    "read A@s 0 8K = 0xaa\n"
    "expect corrupted A@s EIO\n"
    "release s\n";

class ShrinkCommand : public testing::Test {
 protected:
  std::string file(std::string_view contents) const {
    write_file(directory_.path("s.cowbell"), contents);
    return directory_.path("s.cowbell");
  }
  CommandRun shrink(const std::string& path, const std::string& voice) const {
    return cowbell_command({"shrink", path, "--directory", directory_.path("out"), voice});
  }
  test::TemporaryDirectory directory_;
};

// Method: an expectation that does not hold, among statements that do not matter to it: the smaller
// one is written, fails in the same way, and does not become smaller any more.
TEST_F(ShrinkCommand, LeavesWhatMatters) {
  const CommandRun run = shrink(file(kBroken), "--json");
  EXPECT_EQ(run.code, 1) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["rule"], "expectation");
  EXPECT_EQ(json["repeats"], true);
  EXPECT_LE(json["statements"], 2);
  const std::string smaller = json["file"];
  EXPECT_EQ(smaller, directory_.path("out/s-small.cowbell"));
  EXPECT_EQ(contents_of(smaller).find("origin B"), std::string::npos) << contents_of(smaller);
  const CommandRun again = cowbell_command({"run", smaller});
  EXPECT_EQ(again.code, 1);
  EXPECT_NE(again.out.find(json["what"].get<std::string>()), std::string::npos) << again.out;
  const auto twice = nlohmann::json::parse(shrink(smaller, "--json").out);
  EXPECT_EQ(twice["statements"], json["statements"]);
}

// Method: for people, and for scripts that want the file only.
TEST_F(ShrinkCommand, TellsWhereTheSmallerOneIs) {
  const std::string path = file(kBroken);
  const CommandRun run = shrink(path, "--quiet");
  EXPECT_EQ(run.out, directory_.path("out/s-small.cowbell") + "\n");
  const CommandRun told = cowbell_command({"shrink", path, "--directory", directory_.path("out")});
  EXPECT_NE(told.out.find("Found in " + path), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("Run it again: " COWBELL_COMMAND " run "), std::string::npos) << told.out;
}

// Method: a scenario that holds, one that is no scenario, and a file that is not there.
TEST_F(ShrinkCommand, RefusesWhatDoesNotFail) {
  const std::string broken(kBroken);
  std::string holds = broken;
  holds.erase(holds.find("expect"), holds.find("release") - holds.find("expect"));
  const CommandRun run = shrink(file(holds), "--json");
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("nothing to shrink"), std::string::npos) << run.err;
  EXPECT_EQ(shrink(file("cowbell-scenario 2\n"), "--json").code, 2);
  EXPECT_EQ(shrink(directory_.path("missing"), "--json").code, 2);
}

}  // namespace
}  // namespace cowbell::replay
