// SPDX-License-Identifier: Apache-2.0
// The commands that search for failures: explore, sweep, enumerate.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/replay/command_runs.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

class SearchCommand : public testing::Test {
 protected:
  /// A shard of 40 scenarios, as a file.
  std::string shard(const std::string& which, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"explore", "--count", "40", "--shard", which, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const CommandRun run = cowbell_command(arguments);
    EXPECT_EQ(run.code, 0) << run.err;
    static int made = 0;
    const std::string path = directory_.path(std::to_string(++made) + ".json");
    write_file(path, run.out);
    return path;
  }
  test::TemporaryDirectory directory_;
};

CommandRun merge(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"explore", "--merge"});
  return cowbell_command(arguments);
}

// Method: numbers that are negative, too large, or none, for each command that takes some. A
// command that took one would come to something else that is wrong, and say so in another way.
TEST_F(SearchCommand, RefusesNumbersThatWouldWrapAround) {
  using Arguments = std::vector<std::string>;
  for (const Arguments& arguments :
       {Arguments{"explore", "--shard", "none", "--seed", "-1"},
        {"explore", "--shard", "none", "--count", "-1"},
        {"explore", "--shard", "none", "--count=-1"},
        {"explore", "--shard", "none", "--seed", "18446744073709551616"},
        {"explore", "--shard", "none", "--jobs", "-1"},
        {"explore", "--shard", "none", "--failures", "-1"},
        {"sweep", "--seed", "-1"},
        {"sweep", "--random", "-1"},
        {"sweep", "--pairs", "-1"},
        {"enumerate", "--operations", "-1"},
        {"enumerate", "--preemptions", "-1"},
        {"replay", "none", "--simulated", "--seed", "-1"}}) {
    const CommandRun run = cowbell_command(arguments);
    EXPECT_EQ(run.code, 2) << arguments[0] << arguments[1] << run.out;
    EXPECT_TRUE(run.err.starts_with("--")) << run.err;
  }
  EXPECT_EQ(cowbell_command({"explore", "--seed", "18446744073709551615", "--count", "1"}).code, 0);
}

// Method: no time at all, in three ways; the answer is one line.
TEST_F(SearchCommand, RefusesATimeThatIsNone) {
  for (const char* seconds : {"0", "-1", "nan"}) {
    const CommandRun run = cowbell_command({"explore", "--seconds", seconds});
    EXPECT_EQ(run.code, 2);
    EXPECT_TRUE(run.err.starts_with(std::string("--seconds: expected a number above 0, not ") +
                                    seconds + "\n"))
        << run.err;
  }
}

// Method: no scenario at all, for all and for one shard, and seeds that would begin again at 0.
TEST_F(SearchCommand, RefusesToExploreNothing) {
  const auto refusal = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "explore");
    const CommandRun run = cowbell_command(arguments);
    EXPECT_EQ(run.code, 2) << run.out;
    return run.err;
  };
  EXPECT_EQ(refusal({"--count", "0"}), "cowbell: --count 0: there is nothing to explore\n");
  EXPECT_EQ(refusal({"--shard", "4/4", "--count", "2"}),
            "cowbell: shard 4 of 4 has no scenarios to explore\n");
  EXPECT_EQ(refusal({"--seed", "18446744073709551615", "--count", "2"}),
            "cowbell: --seed 18446744073709551615 --count 2: the last seed is "
            "18446744073709551615\n");
}

// Method: a command that there is none of, before and behind options, and none at all.
TEST_F(SearchCommand, NamesACommandThatThereIsNot) {
  const CommandRun bogus = cowbell_command({"bogus"});
  EXPECT_EQ(bogus.code, 2);
  EXPECT_EQ(bogus.err, "cowbell: there is no command `bogus`; --help lists those that there are\n");
  EXPECT_EQ(cowbell_command({"bogus", "--count", "1"}).err, bogus.err);
  EXPECT_TRUE(cowbell_command({}).err.starts_with("A subcommand is required"));
}

// Method: a directory that cannot be made, for each command that writes what fails; nothing fails
// here. Where nothing will be written it does not matter.
TEST_F(SearchCommand, WantsItsDirectoryBeforeItSearches) {
  const std::string path = directory_.path("s.cowbell");
  write_file(path, "cowbell-scenario 1\norigin A 4K\ntake s\nexpect memory 1\n");
  using Arguments = std::vector<std::string>;
  for (Arguments arguments : {Arguments{"explore", "--count", "1"},
                              {"sweep", "--random", "1"},
                              {"enumerate", "--operations", "1"},
                              {"shrink", path}}) {
    arguments.insert(arguments.end(), {"--directory", "/proc/nope"});
    const CommandRun run = cowbell_command(arguments);
    EXPECT_EQ(run.code, 3) << arguments[0] << run.out;
    EXPECT_EQ(run.err, "cowbell: cannot write to /proc/nope: No such file or directory\n");
    EXPECT_EQ(run.out, "");
  }
  const Arguments as_found{"explore", "--count", "1", "--as-found", "--directory", "/proc/nope"};
  EXPECT_EQ(cowbell_command(as_found).code, 0);
}

// Method: a directory where the file would be, for people, for scripts and for machines.
TEST_F(SearchCommand, TellsAFailureThatItCannotWrite) {
  const std::string path = directory_.path("s.cowbell");
  write_file(path, "cowbell-scenario 1\norigin A 4K\ntake s\nexpect memory 1\n");
  for (const std::string command : {"sweep", "shrink"}) {
    const std::string out = directory_.path(command);
    const std::string file =
        command == "sweep" ? "/expectation-sweep-1.cowbell" : "/s-small.cowbell";
    std::filesystem::create_directories(out + file);
    for (const char* voice : {"--quiet", "--json"}) {
      const CommandRun run = cowbell_command({command, path, "--directory", out, voice});
      EXPECT_EQ(run.code, 1) << run.err;
      EXPECT_NE(run.out.find("expect memory 1"), std::string::npos) << run.out;
      EXPECT_NE(run.out.find("cannot write to " + out + file + ": Is a directory"),
                std::string::npos)
          << run.out;
    }
  }
}

// Method: one scenario; what there is one of has no s.
TEST_F(SearchCommand, CountsOneAsOne) {
  const std::string path = directory_.path("s.cowbell");
  write_file(path, "cowbell-scenario 1\norigin A 4K\nflush A\n");
  const CommandRun run = cowbell_command({"sweep", path, "--pairs", "0"});
  EXPECT_TRUE(run.out.starts_with("1 scenario, ")) << run.out;
  EXPECT_NE(cowbell_command({"run", path}).out.find(": held; 1 request, "), std::string::npos);
}

// Method: two shards together are what one exploration is; nothing is said when asked not to.
TEST_F(SearchCommand, MergesShards) {
  const std::string first = shard("1/2");
  const std::string second = shard("2/2");
  const CommandRun run = merge({first, second});
  EXPECT_EQ(run.code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  const auto whole = nlohmann::json::parse(contents_of(shard("1/1")));
  for (const char* name : {"scenarios", "bios", "marks", "shape"})
    EXPECT_EQ(json[name], whole[name]) << name;
  const CommandRun quiet = merge({first, second, "--quiet"});
  EXPECT_EQ(quiet.code, 0);
  EXPECT_EQ(quiet.out, "");
}

// Method: one shard of two alone, and a file that is JSON of another kind.
TEST_F(SearchCommand, NamesTheShardsThatAreMissing) {
  const CommandRun run = merge({shard("1/2"), "--quiet"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "cowbell: shard 2 of 2, of the seeds from 1, is missing\n");
  EXPECT_EQ(merge({shard("2/4")}).err,
            "cowbell: shard 1 of 4, of the seeds from 1, is missing\n"
            "cowbell: shards 3 to 4 of 4, of the seeds from 1, are missing\n");
  const std::string list = directory_.path("list.json");
  write_file(list, "[]");
  EXPECT_NE(merge({list}).err.find(", found no object\n"), std::string::npos);
}

// Method: a shard twice, shards of other scenarios, a shard that cannot be, and options that say
// what to explore where nothing is explored.
TEST_F(SearchCommand, RefusesToMergeWhatDoesNotBelongTogether) {
  const std::string first = shard("1/2");
  const CommandRun twice = merge({first, first});
  EXPECT_EQ(twice.code, 2);
  EXPECT_NE(twice.err.find("explored the same seeds as"), std::string::npos) << twice.err;
  const CommandRun disks = merge({first, shard("2/2", {"--profile", "hdd"})});
  EXPECT_EQ(disks.code, 2);
  EXPECT_NE(disks.err.find("profile \"hdd\", not \"any\""), std::string::npos) << disks.err;
  const CommandRun pct = merge({first, shard("2/2", {"--scheduler", "pct"})});
  EXPECT_EQ(pct.code, 2);
  EXPECT_NE(pct.err.find("scheduler \"pct\", not \"any\""), std::string::npos) << pct.err;
  for (const char* which : {"0/2", "3/2", "1", "1/", "-1/2", "1/1000001"})
    EXPECT_EQ(cowbell_command({"explore", "--count", "1", "--shard", which}).code, 2) << which;
  const CommandRun both = merge({first, "--shard", "1/2"});
  EXPECT_EQ(both.code, 2);
  EXPECT_NE(both.err.find("--merge excludes --shard"), std::string::npos) << both.err;
  EXPECT_EQ(merge({first, "--as-found"}).code, 2);
}

// Method: a scenario that breaks whatever is added to it, in folders with blanks and a quote in
// their names; a shell runs the lines that are printed.
TEST_F(SearchCommand, PrintsLinesThatAShellTakesBack) {
  const std::string folder = directory_.path("it's a folder");
  std::filesystem::create_directory(folder);
  const std::string path = folder + "/a scenario.cowbell";
  write_file(path, "cowbell-scenario 1\norigin A 64K\ntake s\nexpect memory 1\n");
  for (const char* command : {"sweep", "shrink"}) {
    const CommandRun run = cowbell_command({command, path, "--directory", folder + "/out"});
    EXPECT_EQ(run.code, 1) << run.out << run.err;
    for (const std::string_view before : {"Run it again: ", "See what happened: "}) {
      const std::size_t at = run.out.find(before);
      ASSERT_NE(at, std::string::npos) << run.out;
      const std::size_t begin = at + before.size();
      const std::string line = run.out.substr(begin, run.out.find('\n', begin) - begin);
      EXPECT_TRUE(line.starts_with(COWBELL_COMMAND " run '")) << line;
      EXPECT_TRUE(test::output_of("(" + line + "); test $? -eq 1")) << line;
    }
  }
}

}  // namespace
}  // namespace cowbell::replay
