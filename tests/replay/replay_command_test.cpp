// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/replay/command_runs.hpp"
#include "tests/uring/need_io_uring.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

constexpr const char* kSample = COWBELL_SAMPLES "/mixed-io.iolog";

class ReplayCommand : public testing::Test {
 protected:
  CommandRun replay(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"replay", kSample};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cowbell_command(arguments);
  }
  CommandRun replay_on(const std::string& origin, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--origin", origin, "--storage", directory_.path()});
    return replay(more);
  }
  test::TemporaryDirectory directory_;
};

void expect_held(const CommandRun& run) {
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.err, "");
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["verdict"], "held");
  EXPECT_EQ(json["mismatches"], 0);
  EXPECT_EQ(json["trace_requests"], 131);
  EXPECT_EQ(json["requests"], 131);
  EXPECT_GT(json["chunks_copied"], 0);
  EXPECT_GT(json["blocks_verified"], 4096);
}

// Method: the sample on simulated devices; one seed gives one result.
TEST_F(ReplayCommand, TheSampleHoldsInSimulation) {
  const CommandRun run = replay({"--simulated", "--json"});
  expect_held(run);
  EXPECT_TRUE(nlohmann::json::parse(run.out)["iops"].is_null());
  EXPECT_EQ(replay({"--simulated", "--json"}).out, run.out);
}

// Method: the sample on a file that is made for it.
TEST_F(ReplayCommand, TheSampleHoldsOnAFile) {
  test::need_io_uring();
  const CommandRun run = replay_on(directory_.path("origin"), {"--json"});
  expect_held(run);
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_GT(json["iops"], 0);
  EXPECT_EQ(json["latencies"]["read"]["requests"], 59);
  EXPECT_EQ(json["latencies"]["flush"]["requests"], 10);
  EXPECT_EQ(std::filesystem::file_size(directory_.path("origin")), 16u << 20);
}

// Method: a table for people, with everything that was asked for in it.
TEST_F(ReplayCommand, TheReportNamesSpeedLatenciesChunksAndVerdict) {
  test::need_io_uring();
  const CommandRun run = replay_on(directory_.path("origin"), {"--snapshot-at", "25%"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.err, "");
  for (const char* word : {"IOPS", "p50", "p99.9", "chunks copied", "0 mismatches",
                           "asked for after 32 of 131 requests", "verdict         held"}) {
    EXPECT_NE(run.out.find(word), std::string::npos) << word << " in\n" << run.out;
  }
  EXPECT_EQ(replay_on(directory_.path("origin"), {"--quiet", "--destroy"}).out, "");
}

// Method: the sample on a loop device with direct I/O.
TEST_F(ReplayCommand, TheSampleHoldsOnALoopDevice) {
  test::need_io_uring();
  const auto loop =
      test::LoopDevice::attach(test::make_file(directory_, "disk", {std::uint64_t{32} << 20}));
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  EXPECT_EQ(replay_on(loop->path()).code, 2);
  expect_held(replay_on(loop->path(), {"--destroy", "--json"}));
}

// Method: a loop device that ends before the trace does, and one of 4 KiB blocks under a trace of
// 1 KiB requests. Nothing of either may change.
TEST_F(ReplayCommand, DevicesThatDoNotFitAreRefused) {
  const std::string disk = test::make_file(directory_, "disk", {std::uint64_t{8} << 20}, 'x');
  const std::string before = contents_of(disk);
  {
    const auto loop = test::LoopDevice::attach(disk, {4096});
    if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
    const CommandRun small = replay_on(loop->path(), {"--destroy"});
    EXPECT_EQ(small.code, 2);
    EXPECT_NE(small.err.find("too small for the trace"), std::string::npos) << small.err;

    const std::string fine = directory_.path("fine.iolog");
    write_file(fine, "fio version 3 iolog\n0 f add\n1 f write 1024 1024\n");
    const CommandRun coarse = cowbell_command(
        {"replay", fine, "--origin", loop->path(), "--storage", directory_.path(), "--destroy"});
    EXPECT_EQ(coarse.code, 2);
    EXPECT_NE(coarse.err.find("not whole logical blocks"), std::string::npos) << coarse.err;
  }
  EXPECT_EQ(contents_of(disk), before);
}

// Method: an origin that exists, without `--destroy`.
TEST_F(ReplayCommand, NothingIsOverwrittenWithoutDestroy) {
  const std::string origin = test::make_file(directory_, "origin", {65'536}, 'x');
  const std::string before = contents_of(origin);
  const CommandRun run = replay_on(origin);
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("--destroy"), std::string::npos) << run.err;
  EXPECT_EQ(contents_of(origin), before);
}

// Method: one wrong thing each; no file may have been made in the end.
TEST_F(ReplayCommand, BadInputIsRefusedBeforeAnythingIsWritten) {
  const std::string origin = directory_.path("origin");
  const auto code = [&](const std::string& trace, std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "replay", trace, "--origin", origin, "--storage", directory_.path(), "--destroy"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cowbell_command(arguments).code;
  };
  EXPECT_EQ(code(directory_.path("none"), {}), 2);
  EXPECT_EQ(code("/", {}), 2);
  EXPECT_EQ(code(kSample, {"--snapshot-at", "150%"}), 2);
  EXPECT_EQ(code(kSample, {"--snapshot-at", "132"}), 2);
  EXPECT_EQ(code(kSample, {"--param", "chunk_size=4096"}), 2);
  EXPECT_EQ(code(kSample, {"--param", "chunk_minimum_shift=many"}), 2);
  EXPECT_EQ(code(kSample, {"--param", "chunk_minimum_shift=30"}), 2);
  EXPECT_EQ(code(kSample, {"--verify", "nothing"}), 2);
  EXPECT_EQ(code(kSample, {"--origin", "other=" + origin}), 2);
  EXPECT_EQ(code(kSample, {"--seed", "5"}), 2);
  EXPECT_EQ(replay({"--storage", directory_.path()}).code, 2);
  EXPECT_EQ(replay({"--origin", origin}).code, 2);
  EXPECT_EQ(replay({"--origin", origin, "--storage", directory_.path("a/b/c")}).code, 2);
  EXPECT_EQ(replay_on(directory_.path(), {"--destroy"}).code, 2);
  EXPECT_EQ(replay_on("/dev/null", {"--destroy"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(origin));
}

// Method: storage as the path of a file that is not there; none may be left behind.
TEST_F(ReplayCommand, TheStorageIsAFileWithoutAName) {
  test::need_io_uring();
  const CommandRun run = replay({"--origin", directory_.path("origin"), "--storage",
                                 directory_.path("difference"), "--json"});
  expect_held(run);
  EXPECT_FALSE(std::filesystem::exists(directory_.path("difference")));
}

// Method: storage on a block device: refused without permission, though the origin is new; then
// played, with storing from the first chunk on, and the device holds chunks afterwards.
TEST_F(ReplayCommand, TheStorageMayBeABlockDevice) {
  test::need_io_uring();
  const std::string file = test::make_file(directory_, "disk", {std::uint64_t{16} << 20}, 'x');
  const std::string origin = directory_.path("origin");
  const auto loop = test::LoopDevice::attach(file);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const std::vector<std::string> arguments{"--origin", origin, "--storage", loop->path()};
  const CommandRun refused = replay(arguments);
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("--destroy"), std::string::npos) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(origin));
  EXPECT_EQ(contents_of(file), std::string(std::size_t{16} << 20, 'x'));
  std::vector<std::string> more = arguments;
  more.insert(more.end(), {"--destroy", "--json", "--param", "chunk_maximum_in_queue=1"});
  expect_held(replay(more));
  EXPECT_NE(contents_of(file).substr(0, 4096), std::string(4096, 'x'));
}

// Method: a block device with room for one chunk out of many: the snapshot is lost to the lack of
// room, which is the environment's fault, and no block of the image is wrong.
TEST_F(ReplayCommand, AStorageDeviceThatIsTooSmallIsTheEnvironmentsFault) {
  test::need_io_uring();
  const auto loop = test::LoopDevice::attach(test::make_file(directory_, "disk", {300 * 1024}));
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const CommandRun run = replay({"--origin", directory_.path("origin"), "--storage", loop->path(),
                                 "--destroy", "--json", "--param", "chunk_maximum_in_queue=1"});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["verdict"], "not kept");
  EXPECT_EQ(json["mismatches"], 0);
}

// Method: storage on a file system with room for a part of what it asks for at first.
TEST_F(ReplayCommand, StorageWithoutRoomIsTheEnvironmentsFault) {
  test::need_io_uring();
  const auto small = test::SmallFileSystem::mount({std::uint64_t{1} << 20});
  if (small == nullptr) GTEST_SKIP() << "no right to mount";
  const CommandRun run =
      replay({"--origin", directory_.path("origin"), "--storage", small->path(), "--json"});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["verdict"], "not kept");
  EXPECT_EQ(json["environment_error"], "the storage could not be made 67108864 bytes long: ENOSPC");
  EXPECT_EQ(json["mismatches"], 0);
}

// Method: the origin in a directory that is not there, and on a file system without room.
TEST_F(ReplayCommand, OriginsThatCannotBeMadeAreTheEnvironmentsFault) {
  test::need_io_uring();
  EXPECT_EQ(replay_on(directory_.path("none/origin")).code, 3);
  const auto small = test::SmallFileSystem::mount({std::uint64_t{1} << 20});
  if (small == nullptr) GTEST_SKIP() << "no right to mount";
  const CommandRun run = replay_on(small->path() + "/origin");
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.err.find("ENOSPC"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(small->path() + "/origin"));
}

// Method: memory for no chunk at all; the take is refused, and that must not pass for a success.
TEST_F(ReplayCommand, ASnapshotThatCouldNotBeTakenIsNoSuccess) {
  const CommandRun run = replay({"--simulated", "--param", "memory_maximum=4096"});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.out.find("verdict         not kept"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace cowbell::replay
