// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/replay/command_runs.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

constexpr const char* kSample = COWBELL_SAMPLES "/mixed-io.iolog";

// Method: command lines that name no job, an unknown one, too little, and help.
TEST(Command, WrongUsageEndsWithTwo) {
  EXPECT_EQ(cowbell_command({}).code, 2);
  EXPECT_EQ(cowbell_command({"ring"}).code, 2);
  EXPECT_EQ(cowbell_command({"trace"}).code, 2);
  EXPECT_EQ(cowbell_command({"trace", "info"}).code, 2);
  EXPECT_EQ(cowbell_command({"explore", "--seconds", "-1"}).code, 2);
  EXPECT_EQ(cowbell_command({"explore", "--count", "1", "--seconds", "1"}).code, 2);
  EXPECT_EQ(cowbell_command({"explore", "--scheduler", "psychic"}).code, 2);
  EXPECT_EQ(cowbell_command({"replay", kSample, "--depth", "0"}).code, 2);
  EXPECT_EQ(cowbell_command({"--help"}).code, 0);
  EXPECT_NE(cowbell_command({"replay", "--help"}).out.find("--snapshot-at"), std::string::npos);
}

// Method: the recorded sample, whose operations were counted by another program.
TEST(TraceCommand, TellsWhatIsInTheSample) {
  const CommandRun run = cowbell_command({"trace", "info", kSample});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_NE(run.out.find("requests        131\n"), std::string::npos) << run.out;
  const CommandRun machine = cowbell_command({"trace", "info", kSample, "--json"});
  const auto json = nlohmann::json::parse(machine.out);
  EXPECT_EQ(json["operations"]["read"]["requests"], 59);
  EXPECT_EQ(json["operations"]["write"]["requests"], 62);
  EXPECT_EQ(json["operations"]["flush"]["requests"], 10);
}

// Method: every kind of bad input; each is told by name and place, and nothing is on stdout.
TEST(TraceCommand, BadInputIsRefusedByNameAndPlace) {
  const test::TemporaryDirectory directory;
  const auto refusal = [&](std::string_view contents) {
    const std::string path = directory.path("t");
    write_file(path, contents);
    const CommandRun run = cowbell_command({"trace", "info", path});
    EXPECT_EQ(run.code, 2) << contents;
    EXPECT_EQ(run.out, "");
    const std::string start = "cowbell: " + path;
    EXPECT_TRUE(run.err.starts_with(start)) << run.err;
    return run.err.substr(std::min(start.size(), run.err.size()));
  };
  EXPECT_EQ(refusal(""), ": expected a trace, found an empty file\n");
  EXPECT_EQ(refusal(std::string("\x7f"
                                "ELF\0\1\2",
                                7))
                .substr(0, 13),
            ":1: expected ");
  EXPECT_EQ(refusal("fio version 3 iolog\n0 f add\n1 f wri"),
            ":3: expected the line to end: the trace is cut off at '1 f wri'\n");
  EXPECT_EQ(refusal("fio version 3 iolog\n0 f add\n1 f write 0\n"),
            ":3: expected an action, an offset and a length, found '1 f write 0'\n");

  const CommandRun missing = cowbell_command({"trace", "info", directory.path("none")});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("none: cannot be opened: No such file"), std::string::npos);
  const CommandRun folder = cowbell_command({"trace", "info", directory.path()});
  EXPECT_EQ(folder.code, 2);
  EXPECT_NE(folder.err.find("expected a file, found a directory"), std::string::npos);
}

}  // namespace
}  // namespace cowbell::replay
