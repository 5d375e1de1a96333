// SPDX-License-Identifier: Apache-2.0
#include "replay/device_world.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/replay/device_worlds.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

class DeviceWorldTest : public testing::Test {
 protected:
  DeviceWorldOptions options(const std::string& path, bool destroy = false) const {
    return {{{"A", path}}, directory_.path(), destroy};
  }
  std::string path(const std::string& name) const { return directory_.path(name); }

  test::TemporaryDirectory directory_;
};

const char* const kTraffic = R"(
param chunk_minimum_shift 12
origin A 1M
storage file 64K limit 4M minimum 32K
write A 0 1M = 0x5d
take s
barrier
1: write A 4K 8K segments 3
1: zero A 64K 64K
2: read A@s 0 64K
2: write A@s 12K 4K = 0xee
3: discard A 512K 64K
3: write A 600K 100K fua preflush
barrier
read A@s 0 12K = 0x5d
read A@s 12K 4K = 0xee
read A@s 16K 1008K = 0x5d
expect intact A@s
flush A
release s
)";

// Method: traffic of several clients under a snapshot, on a new file and again in the same world.
TEST_F(DeviceWorldTest, PlaysAScenarioOnANewFile) {
  const model::Scenario scenario = parsed(kTraffic);
  DeviceWorld world(options(path("disk")));
  EXPECT_EQ(played(scenario, world), "held");
  EXPECT_EQ(std::filesystem::file_size(path("disk")), kMegabyte.value);
  EXPECT_EQ(played(scenario, world), "held");
  EXPECT_EQ(world.memory_in_use().value, 0u);
  EXPECT_GT(world.memory_peak().value, 0u);
}

// Method: the same on a loop device full of other data, with blocks of 512 and of 4,096 bytes.
TEST_F(DeviceWorldTest, PlaysAScenarioOnABlockDevice) {
  for (const ByteCount block : {ByteCount{512}, ByteCount{4096}}) {
    const std::string file = make_file(directory_, "image", {2 * kMegabyte.value}, 'x');
    auto loop = test::LoopDevice::attach(file, block);
    if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
    model::Scenario scenario = parsed(kTraffic);
    DeviceWorld world(options(loop->path(), true));
    if (block.value > 512) {
      EXPECT_EQ(played(scenario, world), "refused: line 4: '" + loop->path() +
                                             "' cannot be origin 'A': its logical block is 4096 "
                                             "bytes, the origin's 512");
    }
    scenario.origins[0].logical_block = block;
    scenario.program[5].segments = 2;
    EXPECT_EQ(played(scenario, world), "held");
    loop.reset();
    // What lies behind the origin's size stays.
    EXPECT_EQ(contents(file).substr(kMegabyte.value), std::string(kMegabyte.value, 'x'));
  }
}

// Method: two origins, storage that must grow many times, and several snapshots at once.
TEST_F(DeviceWorldTest, PlaysSeveralOriginsAndSnapshots) {
  const model::Scenario scenario = parsed(R"(
param chunk_minimum_shift 12
origin A 512K
origin B 256K
storage file 0 minimum 16K
write A 0 512K
write B 0 256K
take s
barrier
1: write A 0 256K
2: write B 0 256K
3: read A@s 0 512K
4: read B@s 0 256K
barrier
take t
barrier
1: write A 0 512K
2: write B 0 256K
3: read A@t 0 512K
4: read B@s 0 256K
barrier
release s
release t
)");
  DeviceWorld world({{{"A", path("a")}, {"B", path("b")}}, directory_.path(), false});
  EXPECT_EQ(played(scenario, world), "held");
  // Storage has left nothing behind.
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_.path()))
    ++files;
  EXPECT_EQ(files, 2u);
}

// Method: writes, a discard, marks and an image write between cuts on real devices; the rule is
// checked by intervals there.
TEST_F(DeviceWorldTest, TracksChanges) {
  DeviceWorld world(options(path("disk")));
  EXPECT_EQ(played(parsed(R"(
    param tracking_block_minimum_shift 12
    origin A 1M
    write A 0 4K
    take s
    write A 8K 4K
    discard A 64K 4K
    dirty A 1020K 4K
    take t
    write A@t 16K 512
    expect changed A from s to t: 8K 4K, 16K 4K, 64K 4K, 1020K 4K
    release s
    take u
    expect changed A from t to u: 16K 4K
  )"),
                   world),
            "held");
}

// Method: one statement of each kind that needs a simulated world; each is named by its line, and
// no file is made.
TEST_F(DeviceWorldTest, RefusesWhatOnlySimulationCanDo) {
  const std::string head = "origin A 1M\n";
  for (const std::string line :
       {"fault A.read nth 1 EIO", "fault memory nth 3", "latency A.write 10ms",
        "latency storage.* 1ms", "power_cut", "resize A 2M"}) {
    auto scenario = model::parse_scenario("cowbell-scenario 1\n" + head + line + "\n");
    if (!scenario) continue;
    DeviceWorld world(options(path("disk")));
    EXPECT_TRUE(played(*scenario, world).starts_with("refused: line 3: ")) << line;
    EXPECT_FALSE(std::filesystem::exists(path("disk"))) << line;
  }
}

// Method: paths that do not fit the scenario: one too few, one too many.
TEST_F(DeviceWorldTest, RefusesPathsThatDoNotFitTheScenario) {
  const model::Scenario scenario = parsed("origin A 1M\norigin B 1M\n");
  DeviceWorld too_few(options(path("a")));
  EXPECT_EQ(played(scenario, too_few), "refused: line 3: no path was given for origin 'B'");
  DeviceWorld too_many(
      {{{"A", path("a")}, {"B", path("b")}, {"C", path("c")}}, directory_.path(), false});
  EXPECT_EQ(played(scenario, too_many),
            "refused: line 0: the scenario has no origin 'C', given as '" + path("c") + "'");
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

// Method: an existing file, without and with the permission to overwrite it; it is longer than the
// origin, and keeps what is behind.
TEST_F(DeviceWorldTest, OverwritesAFileOnlyWhenAllowedAndOnlyAsFarAsNeeded) {
  const model::Scenario scenario = parsed("origin A 1M\nread A 0 1M = 0x00\nwrite A 0 4K = 0x79\n");
  const std::string file = make_file(directory_, "disk", {2 * kMegabyte.value}, 'x');
  DeviceWorld careful(options(file));
  EXPECT_EQ(
      played(scenario, careful),
      "refused: line 2: '" + file +
          "' cannot be origin 'A': it exists and would be overwritten; --destroy allows that");
  EXPECT_EQ(contents(file), std::string(2 * kMegabyte.value, 'x'));
  DeviceWorld allowed(options(file, true));
  EXPECT_EQ(played(scenario, allowed), "held");
  EXPECT_EQ(contents(file).substr(0, 4096), std::string(4096, 'y'));
  EXPECT_EQ(contents(file).substr(4096, kMegabyte.value - 4096),
            std::string(kMegabyte.value - 4096, '\0'));
  EXPECT_EQ(contents(file).substr(kMegabyte.value), std::string(kMegabyte.value, 'x'));
}

// Method: the file below a loop device, and that device with a mounted file system, which is whole
// afterwards.
TEST_F(DeviceWorldTest, RefusesWhatIsInUse) {
  const model::Scenario scenario = parsed("origin A 1M\n");
  const std::string file = make_file(directory_, "image", {16 * kMegabyte.value});
  auto loop = test::LoopDevice::attach(file);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  DeviceWorld below(options(file, true));
  EXPECT_EQ(played(scenario, below), "refused: line 2: '" + file + "' cannot be origin 'A': '" +
                                         loop->path() + "' lies on it");
  auto point = test::MountedDevice::make(loop->path());
  if (point == nullptr) GTEST_SKIP() << "no right to mount a file system";
  DeviceWorld mounted(options(loop->path(), true));
  EXPECT_EQ(played(scenario, mounted), "refused: line 2: '" + loop->path() +
                                           "' cannot be origin 'A': it is mounted on '" +
                                           point->path() + "'");
  point.reset();
  EXPECT_TRUE(test::output_of("fsck.ext4 -fn " + loop->path()).has_value());
}

// Method: the second of two origins cannot be had, for lack of a directory or because it is the
// first one too; or storage cannot be had. A new file is gone again, an old one is as it was.
TEST_F(DeviceWorldTest, LeavesEverythingAsItWasWhenItRefuses) {
  const model::Scenario scenario = parsed("origin A 1M\norigin B 1M\n");
  const std::string old = make_file(directory_, "old", {4096}, 'x');
  const std::string nowhere = "/no/such/directory/b";
  DeviceWorld first_new({{{"A", path("new")}, {"B", nowhere}}, directory_.path(), true});
  EXPECT_TRUE(played(scenario, first_new).starts_with("refused: line 3: '" + nowhere + "' cannot"));
  EXPECT_FALSE(std::filesystem::exists(path("new")));
  for (const std::string& second : {nowhere, old}) {
    DeviceWorld first_old({{{"A", old}, {"B", second}}, directory_.path(), true});
    EXPECT_TRUE(played(scenario, first_old).starts_with("refused: line 3: '" + second));
    EXPECT_EQ(contents(old), std::string(4096, 'x'));
  }
  DeviceWorld no_storage({{{"A", path("new")}, {"B", old}}, old, true});
  EXPECT_EQ(played(scenario, no_storage),
            "refused: line 0: '" + old + "' cannot hold difference storage: it is not a directory");
  EXPECT_FALSE(std::filesystem::exists(path("new")));
  EXPECT_EQ(contents(old), std::string(4096, 'x'));
}

// Method: a file system with room for less than the origin, then for the origin but not for the
// storage, and a block device that is too small.
TEST_F(DeviceWorldTest, SaysThatThereIsNoSpace) {
  auto small = test::SmallFileSystem::mount({2 * kMegabyte.value});
  if (small == nullptr) GTEST_SKIP() << "no right to mount a file system";
  const std::string file = small->path() + "/disk";
  const auto no_space = [&](const std::string& text) {
    DeviceWorld world({{{"A", file}}, small->path(), false});
    const std::string answer = played(parsed(text), world);
    EXPECT_TRUE(std::filesystem::is_empty(small->path()));
    return answer;
  };
  EXPECT_EQ(no_space("origin A 4M\n"),
            "refused: line 2: '" + file +
                "' cannot be origin 'A': cannot reserve 4194304 bytes in '" + file +
                "': No space left on device (ENOSPC)");
  EXPECT_EQ(no_space("origin A 1M\nstorage file 4M\n"),
            "refused: line 3: cannot reserve 4194304 bytes in '" + small->path() + "': ENOSPC");
  auto loop = test::LoopDevice::attach(make_file(directory_, "image", {64 * 1024}));
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  DeviceWorld too_small(options(loop->path(), true));
  EXPECT_EQ(played(parsed("origin A 1M\n"), too_small),
            "refused: line 2: '" + loop->path() +
                "' cannot be origin 'A': it has 65536 bytes, and 1048576 are needed");
}

// Method: a file that may not be written, as an ordinary user.
TEST_F(DeviceWorldTest, SaysThatThereIsNoPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  const std::string file = make_file(directory_, "disk", kMegabyte, 'x');
  ASSERT_EQ(::chmod(file.c_str(), 0400), 0);
  DeviceWorld world(options(file, true));
  EXPECT_EQ(played(parsed("origin A 1M\n"), world), "refused: line 2: '" + file +
                                                        "' cannot be origin 'A': cannot open '" +
                                                        file + "': Permission denied (EACCES)");
}

// Method: the storage directory lies on the origin's own device, which is mounted, therefore.
TEST_F(DeviceWorldTest, RefusesStorageOnTheOriginsOwnDevice) {
  const std::string image = make_file(directory_, "image", {16 * kMegabyte.value});
  auto loop = test::LoopDevice::attach(image);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  auto point = test::MountedDevice::make(loop->path());
  if (point == nullptr) GTEST_SKIP() << "no right to mount a file system";
  DeviceWorld world({{{"A", loop->path()}}, point->path(), true});
  EXPECT_EQ(played(parsed("origin A 1M\ntake s\n"), world),
            "refused: line 2: '" + loop->path() + "' cannot be origin 'A': it is mounted on '" +
                point->path() + "'");
}

}  // namespace
}  // namespace cowbell::replay
