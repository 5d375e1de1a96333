// SPDX-License-Identifier: Apache-2.0
#include "core/uring/storage_device.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/uring/places.hpp"
#include "tests/uring/requests.hpp"

namespace cowbell::uring {
namespace {

constexpr SectorCount kMegabyte{2048};

class StorageDeviceTest : public testing::Test {
 protected:
  /// A loop device over a new file full of `fill`; null without the right to make one.
  std::unique_ptr<test::LoopDevice> make(const std::string& name, SectorCount size, char fill = 0) {
    return test::LoopDevice::attach(make_file(directory_, name, to_bytes(size), fill));
  }
  /// The refusal of `path`; the test fails if there is none.
  static OpenError refusal(const std::string& path, std::optional<SectorCount> size = {}) {
    OpenError error;
    test::in_reactor([&](Reactor& reactor) {
      const auto device = StorageDevice::open(reactor, path, size);
      ASSERT_FALSE(device.has_value());
      error = device.error();
    });
    return error;
  }

  test::TemporaryDirectory directory_{"/dev/shm"};
};

// Method: a device larger than asked for; only its beginning is used, and the rest stays.
TEST_F(StorageDeviceTest, IsAsLargeAsAskedForAndNeverGrows) {
  const auto loop = make("disk", {2 * kMegabyte.value}, 'x');
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  test::in_reactor([&](Reactor& reactor) {
    auto device = StorageDevice::open(reactor, loop->path(), kMegabyte);
    ASSERT_TRUE(device.has_value()) << device.error().text;
    EXPECT_EQ((*device)->geometry().capacity, kMegabyte);
    EXPECT_FALSE((*device)->can_grow());
    EXPECT_EQ((*device)->grow({2 * kMegabyte.value}), Errc::not_supported);
    const AlignedBuffer buffer = test::filled({4096}, 0x5d);
    EXPECT_EQ(test::write(**device, {kMegabyte.value - 8}, buffer.bytes()), Errc::none);
    EXPECT_EQ(test::write(**device, {kMegabyte.value}, buffer.bytes()), Errc::invalid);
  });
  std::ostringstream bytes;
  bytes << std::ifstream(directory_.path("disk"), std::ios::binary).rdbuf();
  EXPECT_EQ(bytes.str().substr(to_bytes(kMegabyte).value),
            std::string(to_bytes(kMegabyte).value, 'x'));
}

// Method: without a size, all of it.
TEST_F(StorageDeviceTest, IsTheWholeDeviceUnlessASizeIsGiven) {
  const auto loop = make("disk", kMegabyte);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  test::in_reactor([&](Reactor& reactor) {
    auto device = StorageDevice::open(reactor, loop->path());
    ASSERT_TRUE(device.has_value()) << device.error().text;
    EXPECT_EQ((*device)->geometry().capacity, kMegabyte);
  });
}

// Method: a second user while the first has it, and again after that.
TEST_F(StorageDeviceTest, IsUsedByOneOnly) {
  const auto loop = make("disk", kMegabyte);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  test::in_reactor([&](Reactor& reactor) {
    {
      auto first = StorageDevice::open(reactor, loop->path());
      ASSERT_TRUE(first.has_value()) << first.error().text;
      const auto second = StorageDevice::open(reactor, loop->path());
      ASSERT_FALSE(second.has_value());
      EXPECT_EQ(second.error().error, Errc::busy);
      EXPECT_EQ(second.error().text,
                "cannot open '" + loop->path() + "': Device or resource busy (EBUSY)");
    }
    EXPECT_TRUE(StorageDevice::open(reactor, loop->path()).has_value());
  });
}

// Method: a file system on it, mounted; afterwards it is whole.
TEST_F(StorageDeviceTest, RefusesAMountedDevice) {
  const auto loop = make("disk", {16 * kMegabyte.value});
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  auto point = test::MountedDevice::make(loop->path());
  if (point == nullptr) GTEST_SKIP() << "no right to mount a file system";
  const OpenError error = refusal(loop->path());
  EXPECT_EQ(error.error, Errc::busy);
  EXPECT_EQ(error.text, "cannot use as storage '" + loop->path() + "': it is mounted on '" +
                            point->path() + "' (EBUSY)");
  point.reset();
  EXPECT_TRUE(test::output_of("fsck.ext4 -fn " + loop->path()).has_value());
}

// Method: one sector more than there is.
TEST_F(StorageDeviceTest, RefusesADeviceThatIsTooSmall) {
  const auto loop = make("disk", kMegabyte);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const OpenError error = refusal(loop->path(), kMegabyte + SectorCount{1});
  EXPECT_EQ(error.error, Errc::no_space);
  EXPECT_EQ(error.text, "cannot use as storage '" + loop->path() +
                            "': it has 1048576 bytes, and 1049088 bytes are needed (ENOSPC)");
}

// Method: a device that takes no writes, as storage and as any device to write to; it can be read.
TEST_F(StorageDeviceTest, RefusesAReadOnlyDevice) {
  const std::string file = make_file(directory_, "disk", to_bytes(kMegabyte));
  const auto loop = test::LoopDevice::attach_read_only(file);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const OpenError error = refusal(loop->path());
  EXPECT_EQ(error.error, Errc::read_only);
  EXPECT_EQ(error.text, "cannot write to '" + loop->path() + "': Read-only file system (EROFS)");
  test::in_reactor([&](Reactor& reactor) {
    EXPECT_TRUE(Device::open(reactor, loop->path(), {.read_only = true}).has_value());
  });
}

// Method: a file, a directory, and nothing at all.
TEST_F(StorageDeviceTest, RefusesWhatIsNoBlockDevice) {
  const std::string file = make_file(directory_, "file", to_bytes(kMegabyte));
  EXPECT_EQ(refusal(file).error, Errc::invalid);
  EXPECT_EQ(refusal(file).text,
            "cannot use as storage '" + file + "': not a block device (EINVAL)");
  EXPECT_EQ(refusal(directory_.path()).error, Errc::invalid);
  EXPECT_EQ(refusal(directory_.path("none")).error, Errc::not_found);
}

// Method: storage on the loop device over an origin's file, and beside it.
TEST_F(StorageDeviceTest, KnowsWhatItLiesOn) {
  const auto loop = make("disk", kMegabyte);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const std::string neighbour = make_file(directory_, "neighbour", to_bytes(kMegabyte));
  test::in_reactor([&](Reactor& reactor) {
    auto storage = StorageDevice::open(reactor, loop->path());
    ASSERT_TRUE(storage.has_value()) << storage.error().text;
    auto below = Device::open(reactor, directory_.path("disk"));
    auto beside = Device::open(reactor, neighbour);
    ASSERT_TRUE(below.has_value() && beside.has_value());
    EXPECT_TRUE((*storage)->lies_on(**below));
    EXPECT_FALSE((*storage)->lies_on(**beside));
  });
}

}  // namespace
}  // namespace cowbell::uring
