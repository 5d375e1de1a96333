// SPDX-License-Identifier: Apache-2.0
// Difference storage of the world of real devices on a block device.
#include <gtest/gtest.h>

#include <filesystem>

#include "replay/device_world.hpp"
#include "tests/replay/device_worlds.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

class DeviceWorldStorage : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path(name); }

  test::TemporaryDirectory directory_;
};

const char* const kDeviceStorage = R"(
param chunk_minimum_shift 12
param chunk_maximum_in_queue 1
origin A 256K
storage device 512K limit 128K
write A 0 256K = 0x5d
take s
write A 0 64K = 0xee
read A@s 0 256K = 0x5d
expect intact A@s
release s
take t
write A 0 256K
expect corrupted A@t ENOSPC
release t
)";

// Method: storage on a loop device full of other data: it serves one snapshot after another, up to
// its limit and no further.
TEST_F(DeviceWorldStorage, StoresOnABlockDevice) {
  const std::string file = make_file(directory_, "storage", kMegabyte, 'x');
  const auto loop = test::LoopDevice::attach(file);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  DeviceWorld world({{{"A", path("disk")}}, loop->path(), true});
  EXPECT_EQ(played(parsed(kDeviceStorage), world), "held");
  const std::string held = contents(file);
  EXPECT_TRUE(held.find_first_not_of('x') == 0);
  EXPECT_TRUE(held.find_last_not_of('x') == 128 * 1024 - 1);
}

// Method: an image of smaller blocks than the storage's, and of a length that is no multiple of
// them; then no chunk may be as large as such a block.
TEST_F(DeviceWorldStorage, RoundsToTheBlocksOfItsDeviceOrIsRefused) {
  const auto loop = test::LoopDevice::attach(make_file(directory_, "storage", kMegabyte), {4096});
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const std::string small = "param chunk_minimum_shift 9\nparam chunk_maximum_in_queue 0\n";
  const std::string program = R"(
origin A 33280
storage device 64K
write A 0 33280 = 0xaa
take s
write A 512 512 = 0xbb
write A 32K 512 = 0xbb
sleep 100ms
expect storage filled 8K
write A@s 512 512 = 0x11
zero A@s 1K 512
write A@s 32K 512 = 0x22
read A@s 0 512 = 0xaa
read A@s 512 512 = 0x11
read A@s 1K 512 = 0x00
read A@s 1536 30K = 0xaa
read A@s 32K 512 = 0x22
expect intact A@s
)";
  const auto answer = [&](const std::string& text) {
    DeviceWorld world({{{"A", path("disk")}}, loop->path(), true});
    return played(parsed(text), world);
  };
  EXPECT_EQ(answer(small + program), "held");
  const std::string no_chunk =
      small + "param chunk_maximum_shift 11\norigin A 64K\nstorage device 64K\ntake s";
  EXPECT_EQ(answer(no_chunk + " ! EFBIG\n"), "held");
  EXPECT_EQ(answer(no_chunk + "\n"), "held") << "the blocks of the storage excuse it";
}

// Method: storage of the wrong kind, without permission to overwrite, too small, read-only, or the
// origin's own device; two snapshots at once. No origin is made, and the device is as it was.
TEST_F(DeviceWorldStorage, RefusesBlockDevicesThatCannotBeStorage) {
  const std::string file = make_file(directory_, "storage", {256 * 1024}, 'x');
  const auto loop = test::LoopDevice::attach(file);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const auto refusal = [&](const std::string& text, const std::string& origin,
                           const std::string& storage, bool destroy) {
    DeviceWorld world({{{"A", origin}}, storage, destroy});
    const std::string answer = played(parsed(text), world);
    EXPECT_FALSE(std::filesystem::exists(path("disk")));
    EXPECT_TRUE(contents(file) == std::string(256 * 1024, 'x'));
    return answer;
  };
  const std::string small = "origin A 64K\nstorage device 128K\n";
  const std::string cannot =
      "refused: line 3: '" + loop->path() + "' cannot hold difference storage";
  EXPECT_EQ(refusal("origin A 64K\nstorage file 128K\n", path("disk"), loop->path(), true),
            cannot + ": it is a block device, and the scenario's storage is a file");
  EXPECT_EQ(refusal(small, path("disk"), directory_.path(), true),
            "refused: line 3: '" + directory_.path() +
                "' cannot hold difference storage: it is no block device, and the scenario's "
                "storage is one");
  EXPECT_EQ(refusal(small, path("disk"), loop->path(), false),
            cannot + ": it would be overwritten; --destroy allows that");
  for (const std::string& origin : {loop->path(), file})
    EXPECT_EQ(refusal(small, origin, loop->path(), true),
              cannot + ": it shares its bytes with origin 'A' at '" + origin + "' (EBUSY)");
  EXPECT_EQ(refusal("origin A 64K\nstorage device 1M\n", path("disk"), loop->path(), true),
            "refused: line 3: cannot use as storage '" + loop->path() +
                "': it has 262144 bytes, and 1048576 bytes are needed (ENOSPC)");
  EXPECT_EQ(
      refusal(small + "take s\nrelease s\ntake t\ntake u\n", path("disk"), loop->path(), true),
      "refused: line 7: a block device is the storage of one snapshot at a time, and another "
      "is live");
}

}  // namespace
}  // namespace cowbell::replay
