// SPDX-License-Identifier: Apache-2.0
#include "core/uring/storage_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/uring/places.hpp"
#include "tests/uring/requests.hpp"

namespace cowbell::uring {
namespace {

using test::read;
using test::write;

constexpr SectorCount kMegabyte{2048};

std::unique_ptr<StorageFile> open_storage(Reactor& reactor, const std::string& path,
                                          const StorageFileOptions& options = {}) {
  auto file = StorageFile::open(reactor, path, options);
  EXPECT_TRUE(file.has_value()) << file.error().text;
  return file ? std::move(*file) : nullptr;
}

// Method: a file without a name in a directory; the directory stays empty.
TEST(StorageFile, HasNoNameInADirectory) {
  test::TemporaryDirectory directory;
  test::in_reactor([&](Reactor& reactor) {
    auto file = open_storage(reactor, directory.path(), {.size = kMegabyte});
    EXPECT_EQ(file->geometry().capacity, kMegabyte);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
    EXPECT_EQ(write(*file, {0}, test::filled({4096}, 1).bytes()), Errc::none);
  });
}

// Method: a named file, first made, then refused because it exists, then taken over as it is.
TEST(StorageFile, TakesOverAnExistingFileOnlyWhenAsked) {
  test::TemporaryDirectory directory;
  const std::string path = directory.path("storage");
  test::in_reactor([&](Reactor& reactor) {
    open_storage(reactor, path, {.size = kMegabyte});
    EXPECT_EQ(std::filesystem::file_size(path), to_bytes(kMegabyte).value);
    auto again = StorageFile::open(reactor, path, {.size = kMegabyte});
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().error, Errc::exists);
    EXPECT_EQ(again.error().text,
              "cannot make the storage file '" + path + "': File exists (EEXIST)");
    auto taken = open_storage(reactor, path, {.existing = true, .unlinked = true});
    EXPECT_EQ(taken->geometry().capacity, kMegabyte);
    EXPECT_FALSE(std::filesystem::exists(path));
  });
}

// Method: a sparse file that is taken over: its holes are reserved, in a file system with room for
// them and in one without; what it held stays.
TEST(StorageFile, ReservesTheHolesOfAFileThatItTakesOver) {
  auto small = test::SmallFileSystem::mount(to_bytes(kMegabyte));
  if (small == nullptr) GTEST_SKIP() << "no right to mount a file system";
  const std::string path = small->path() + "/storage";
  std::ofstream(path) << std::string(4096, 'x');
  test::in_reactor([&](Reactor& reactor) {
    std::filesystem::resize_file(path, 4 * to_bytes(kMegabyte).value);
    auto too_long = StorageFile::open(reactor, path, {.existing = true});
    ASSERT_FALSE(too_long.has_value());
    EXPECT_EQ(too_long.error().error, Errc::no_space);
    EXPECT_EQ(std::filesystem::file_size(path), 4 * to_bytes(kMegabyte).value);
    std::filesystem::resize_file(path, to_bytes(kMegabyte).value / 2);
    auto file = open_storage(reactor, path, {.existing = true});
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_GE(status.st_blocks * 512, status.st_size);
    const AlignedBuffer back({4096});
    EXPECT_EQ(read(*file, {0}, back.bytes()), Errc::none);
    EXPECT_TRUE(test::all_are(back.bytes(), 'x'));
  });
}

// Method: the file below a loop device.
TEST(StorageFile, RefusesAFileBelowADevice) {
  test::TemporaryDirectory directory;
  const std::string path = make_file(directory, "image", {1024 * 1024});
  auto loop = test::LoopDevice::attach(path);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  test::in_reactor([&](Reactor& reactor) {
    auto file = StorageFile::open(reactor, path, {.existing = true});
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().error, Errc::busy);
    EXPECT_EQ(file.error().text,
              "cannot use as storage '" + path + "': '" + loop->path() + "' lies on it (EBUSY)");
  });
}

// Method: two users of one file.
TEST(StorageFile, IsUsedByOneOnly) {
  test::TemporaryDirectory directory;
  const std::string path = directory.path("storage");
  test::in_reactor([&](Reactor& reactor) {
    auto first = open_storage(reactor, path);
    auto second = StorageFile::open(reactor, path, {.existing = true});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().error, Errc::busy);
    EXPECT_TRUE(std::filesystem::exists(path));
  });
}

// Method: growth from nothing, in steps; space is really taken, what is new reads as zeroes, and
// what was there stays.
TEST(StorageFile, GrowsAndReservesSpace) {
  test::TemporaryDirectory directory;
  const std::string path = directory.path("storage");
  test::in_reactor([&](Reactor& reactor) {
    auto file = open_storage(reactor, path);
    EXPECT_TRUE(file->can_grow());
    EXPECT_EQ(file->geometry().capacity.value, 0u);
    const AlignedBuffer buffer = test::filled({4096}, 0x5d);
    EXPECT_EQ(write(*file, {0}, buffer.bytes()), Errc::invalid);
    EXPECT_EQ(file->grow(kMegabyte), Errc::none);
    EXPECT_EQ(write(*file, {2040}, buffer.bytes()), Errc::none);
    EXPECT_EQ(file->grow({3 * kMegabyte.value}), Errc::none);
    EXPECT_EQ(file->grow(kMegabyte), Errc::none);
    EXPECT_EQ(file->geometry().capacity.value, 3 * kMegabyte.value);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_size, off_t(to_bytes({3 * kMegabyte.value}).value));
    EXPECT_GE(status.st_blocks * 512, status.st_size);
    const AlignedBuffer back({8192});
    EXPECT_EQ(read(*file, {2040}, back.bytes()), Errc::none);
    EXPECT_TRUE(test::all_are(back.bytes().first(4096), 0x5d));
    EXPECT_TRUE(test::all_are(back.bytes().last(4096), 0));
  });
}

// Method: a file system with room for one megabyte. The growth that fails grants nothing and gives
// back what it took; a smaller one then succeeds, as does the large one when there is room.
TEST(StorageFile, GrantsNothingWhenGrowthFails) {
  auto small = test::SmallFileSystem::mount(to_bytes(kMegabyte));
  if (small == nullptr) GTEST_SKIP() << "no right to mount a file system";
  const std::string other = small->path() + "/other";
  std::ofstream(other) << std::string(256 * 1024, 'x');
  test::in_reactor([&](Reactor& reactor) {
    auto file = open_storage(reactor, small->path(), {.size = {512}});
    EXPECT_EQ(file->grow(kMegabyte), Errc::no_space);
    EXPECT_EQ(file->geometry().capacity.value, 512u);
    EXPECT_EQ(file->grow({1024}), Errc::none);
    EXPECT_EQ(file->grow({2 * kMegabyte.value}), Errc::no_space);
    std::filesystem::remove(other);
    EXPECT_EQ(file->grow({1536}), Errc::none);
    EXPECT_EQ(file->geometry().capacity.value, 1536u);
  });
}

// Method: a limit on the size of this process's files, which is a lack of space and no signal.
TEST(StorageFile, GrowsNoFurtherThanTheProcessMay) {
  test::TemporaryDirectory directory;
  test::in_reactor([&](Reactor& reactor) {
    auto file = open_storage(reactor, directory.path(), {.size = kMegabyte});
    struct rlimit before {};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit low = before;
    low.rlim_cur = to_bytes(kMegabyte).value;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
    const Errc error = file->grow({2 * kMegabyte.value});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(error, Errc::no_space);
    EXPECT_EQ(file->geometry().capacity, kMegabyte);
    EXPECT_EQ(file->grow({2 * kMegabyte.value}), Errc::none);
  });
}

// Method: no room at all for the space asked for at opening; nothing is left behind.
TEST(StorageFile, LeavesNothingBehindWhenItCannotBeMade) {
  auto small = test::SmallFileSystem::mount(to_bytes(kMegabyte));
  if (small == nullptr) GTEST_SKIP() << "no right to mount a file system";
  test::in_reactor([&](Reactor& reactor) {
    const std::string path = small->path() + "/storage";
    auto file = StorageFile::open(reactor, path, {.size = {4 * kMegabyte.value}});
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().text, "cannot reserve 4194304 bytes in '" + path + "': ENOSPC");
    EXPECT_EQ(file.error().error, Errc::no_space);
    EXPECT_FALSE(std::filesystem::exists(path));
    auto nowhere = StorageFile::open(reactor, small->path() + "/no/such/storage", {});
    ASSERT_FALSE(nowhere.has_value());
    EXPECT_EQ(nowhere.error().error, Errc::not_found);
  });
}

// Method: a file system on a loop device: storage in it lies on the loop device, on the file below
// that, and on the disk below both, but not on a neighbour.
TEST(StorageFile, KnowsWhatItLiesOn) {
  test::TemporaryDirectory directory;
  const std::string image = make_file(directory, "image", {16 * 1024 * 1024});
  const std::string neighbour = make_file(directory, "neighbour", {1024 * 1024});
  test::in_reactor([&](Reactor& reactor) {
    const auto open_device = [&](const std::string& path) {
      auto device = Device::open(reactor, path);
      EXPECT_TRUE(device.has_value()) << device.error().text;
      return std::move(*device);
    };
    auto origin = open_device(image);
    auto other = open_device(neighbour);
    auto beside = open_storage(reactor, directory.path());
    EXPECT_FALSE(beside->lies_on(*origin));
    auto same = open_storage(reactor, image, {.existing = true});
    EXPECT_TRUE(same->lies_on(*origin));
    EXPECT_FALSE(same->lies_on(*other));

    auto loop = test::LoopDevice::attach(image);
    if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
    auto point = test::MountedDevice::make(loop->path());
    if (point == nullptr) GTEST_SKIP() << "no right to mount a file system";
    auto above = open_storage(reactor, point->path());
    EXPECT_TRUE(above->lies_on(*open_device(loop->path())));
    EXPECT_TRUE(above->lies_on(*origin));
    EXPECT_FALSE(above->lies_on(*other));
    above.reset();
  });
}

}  // namespace
}  // namespace cowbell::uring
