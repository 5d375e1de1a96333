// SPDX-License-Identifier: Apache-2.0
#include "core/uring/usage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/uring/mounts.hpp"
#include "core/uring/stacking.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::uring {
namespace {

// Method: a free file and a free loop device; then the file below the device, and the device with
// a mounted file system.
TEST(Usage, FindsMountsAndWhatLiesOnADevice) {
  test::TemporaryDirectory directory;
  const std::string image = make_file(directory, "image", {16 * 1024 * 1024});
  EXPECT_EQ(find_use(*identify(image)), std::nullopt);
  auto loop = test::LoopDevice::attach(image);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  EXPECT_EQ(find_use(*identify(image)), "'" + loop->path() + "' lies on it");
  EXPECT_EQ(find_use(*identify(loop->path())), std::nullopt);
  auto point = test::MountedDevice::make(loop->path());
  if (point == nullptr) GTEST_SKIP() << "no right to mount a file system";
  EXPECT_EQ(find_use(*identify(loop->path())), "it is mounted on '" + point->path() + "'");
  point.reset();
  EXPECT_EQ(find_use(*identify(loop->path())), std::nullopt);
}

// Method: the device that the tests lie on, if it has a name: it is mounted.
TEST(Usage, FindsTheDiskOfTheTests) {
  test::TemporaryDirectory directory;
  const std::string image = make_file(directory, "image", {4096});
  const std::vector<Mount> mounted = mounts();
  for (const Identity& disk : below(*identify(image))) {
    if (std::ranges::find(mounted, disk.device, &Mount::device) == mounted.end())
      GTEST_SKIP() << "the file system hides its device";
    EXPECT_TRUE(find_use(disk).value_or("").starts_with("it is mounted on '"));
  }
}

// Method: paths that are neither.
TEST(Usage, IdentifiesOnlyBlockDevicesAndFiles) {
  EXPECT_EQ(identify("/dev/null"), std::nullopt);
  EXPECT_EQ(identify("/tmp"), std::nullopt);
  EXPECT_EQ(identify("/no/such/path"), std::nullopt);
}

}  // namespace
}  // namespace cowbell::uring
