// SPDX-License-Identifier: Apache-2.0
#include "core/uring/device.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/uring/places.hpp"
#include "tests/uring/requests.hpp"

namespace cowbell::uring {
namespace {

using test::all_are;
using test::filled;
using test::read;
using test::write;

constexpr ByteCount kMegabyte{1024 * 1024};

std::unique_ptr<Device> open_device(Reactor& reactor, const std::string& path,
                                    const TargetOptions& options = {}) {
  auto device = Device::open(reactor, path, options);
  EXPECT_TRUE(device.has_value()) << device.error().text;
  return device ? std::move(*device) : nullptr;
}

// Method: a file whose length is no whole number of sectors.
TEST(Device, TakesItsCapacityFromTheLengthOfTheFile) {
  test::TemporaryDirectory directory;
  const std::string path = make_file(directory, "disk", {kMegabyte.value + 4096 + 100});
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, path);
    EXPECT_EQ(device->geometry().capacity, to_sectors({kMegabyte.value + 4096}));
    EXPECT_EQ(read(*device, {device->geometry().capacity.value - 8}, filled({4096}, 1).bytes()),
              Errc::none);
  });
}

// Method: what `blockdev` says of a loop device with 4,096-byte blocks.
TEST(Device, TakesTheGeometryOfABlockDeviceFromTheKernel) {
  test::TemporaryDirectory directory("/dev/shm");
  auto loop = test::LoopDevice::attach(make_file(directory, "disk", kMegabyte), {4096});
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const auto said = [&](const std::string& option) {
    return std::stoull(test::output_of("blockdev " + option + ' ' + loop->path()).value_or("0"));
  };
  test::in_reactor([&](Reactor& reactor) {
    const Geometry geometry = open_device(reactor, loop->path())->geometry();
    EXPECT_EQ(geometry.capacity.value, said("--getsz"));
    EXPECT_EQ(geometry.logical_block.value, said("--getss"));
    EXPECT_EQ(geometry.physical_block.value, said("--getpbsz"));
    EXPECT_EQ(geometry.minimum_io.value, said("--getiomin"));
    EXPECT_EQ(geometry.logical_block.value, 4096u);
  });
}

// Method: paths that lead to nothing, to a directory, to a character device and to a file that
// another has locked.
TEST(Device, SaysWhyItCannotBeOpened) {
  test::TemporaryDirectory directory;
  const std::string locked = make_file(directory, "locked", kMegabyte);
  test::in_reactor([&](Reactor& reactor) {
    const auto why = [&](const std::string& path, const TargetOptions& options = {}) {
      auto device = Device::open(reactor, path, options);
      return device ? std::string("it was opened") : device.error().text;
    };
    const std::string missing = directory.path("missing");
    EXPECT_EQ(why(missing), "cannot open '" + missing + "': No such file or directory (ENOENT)");
    EXPECT_EQ(why("/dev/null"),
              "cannot open '/dev/null': neither a block device nor a regular file (EINVAL)");
    EXPECT_EQ(why("/tmp"),
              "cannot open '/tmp': neither a block device nor a regular file (EINVAL)");
    auto holder = open_device(reactor, locked, {.exclusive = true});
    EXPECT_EQ(why(locked, {.exclusive = true}),
              "cannot open '" + locked + "': it is locked by another user (EBUSY)");
  });
}

// Method: the file is cut short below the device: one read lies behind the new end, one across it,
// which is no multiple of a block.
TEST(Device, ReportsAReadPastTheEndAsShort) {
  test::TemporaryDirectory directory;
  const std::string path = make_file(directory, "disk", kMegabyte, 'x');
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, path);
    std::filesystem::resize_file(path, 64 * 1024 + 100);
    AlignedBuffer buffer({128 * 1024});
    Bio bio;
    Segment segment;
    test::set_request(bio, Operation::read, {256}, buffer.bytes(), segment);
    EXPECT_EQ(submit_and_wait(*device, bio), Errc::io);
    EXPECT_EQ(bio.status, Errc::none);
    EXPECT_EQ(bio.transferred.value, 0u);
    bio.reset();
    bio.range.first = {0};
    EXPECT_EQ(submit_and_wait(*device, bio), Errc::io);
    EXPECT_EQ(bio.status, Errc::none);
    EXPECT_GE(bio.transferred.value, 64u * 1024);
    EXPECT_LT(bio.transferred.value, 128u * 1024);
  });
}

// Method: a sparse file in a file system with room for half of it; whole, and then in small pieces
// until the room is used up.
TEST(Device, ReportsThatTheFileSystemIsFull) {
  auto small = test::SmallFileSystem::mount(kMegabyte);
  if (small == nullptr) GTEST_SKIP() << "no right to mount a file system";
  const std::string path = small->path() + "/disk";
  std::ofstream(path).close();
  std::filesystem::resize_file(path, 2 * kMegabyte.value);
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, path);
    const AlignedBuffer buffer = filled({2 * kMegabyte.value}, 7);
    EXPECT_EQ(write(*device, {0}, buffer.bytes()), Errc::no_space);
    EXPECT_EQ(write(*device, {2048}, buffer.bytes().first(kMegabyte.value)), Errc::no_space);
  });
}

// Method: 5,000 segments of one sector each, more than the kernel takes at once, over memory that
// starts at odd places where the target reads through the page cache.
TEST(Device, TransfersMoreSegmentsThanTheKernelTakesAtOnce) {
  test::TemporaryDirectory directory;
  const std::string path = make_file(directory, "disk", {4 * kMegabyte.value});
  test::in_reactor([&](Reactor& reactor) {
    for (const bool direct : {true, false}) {
      auto device = open_device(reactor, path, {.direct = direct});
      constexpr std::size_t kSegments = 5000;
      AlignedBuffer memory({kSegments * 1024});
      std::vector<Segment> segments;
      for (std::size_t i = 0; i < kSegments; ++i) {
        segments.push_back({memory.bytes().data() + i * 1024, kSectorSize});
        std::memset(segments.back().data, static_cast<int>(i % 251), kSectorSize);
      }
      Bio bio;
      bio.operation = Operation::write;
      bio.range = {{8}, {kSegments}};
      bio.segments = segments;
      ASSERT_EQ(submit_and_wait(*device, bio), Errc::none);
      EXPECT_EQ(bio.transferred.value, kSegments * kSectorSize);
      std::memset(memory.bytes().data(), 0xff, memory.bytes().size());
      bio.reset();
      bio.operation = Operation::read;
      ASSERT_EQ(submit_and_wait(*device, bio), Errc::none);
      for (std::size_t i = 0; i < kSegments; ++i) {
        ASSERT_TRUE(all_are({segments[i].data, kSectorSize}, static_cast<int>(i % 251))) << i;
        ASSERT_TRUE(all_are({segments[i].data + kSectorSize, kSectorSize}, 0xff)) << i;
      }
    }
  });
}

// Method: memory one byte off its alignment, and segments that split a logical block of 4,096
// bytes; O_DIRECT would refuse both.
TEST(Device, TransfersMemoryThatDirectTransfersRefuse) {
  test::TemporaryDirectory directory("/dev/shm");
  auto loop = test::LoopDevice::attach(make_file(directory, "disk", kMegabyte), {4096});
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, loop->path());
    ASSERT_TRUE(device->target().direct);
    AlignedBuffer memory({kMegabyte.value});
    const std::size_t size = 512 * 1024;
    for (std::size_t i = 0; i < size; ++i)
      memory.bytes()[1 + i] = static_cast<std::byte>(i * 2654435761u >> 24);
    std::vector<Segment> segments{{memory.bytes().data() + 1, 512},
                                  {memory.bytes().data() + 513, 8192 + 512},
                                  {memory.bytes().data() + 9217, size - 9216}};
    Bio bio;
    bio.operation = Operation::write;
    bio.range = {{8}, to_sectors({size})};
    bio.segments = segments;
    ASSERT_EQ(submit_and_wait(*device, bio), Errc::none);
    AlignedBuffer copy({size + 4096});
    EXPECT_EQ(read(*device, {8}, copy.bytes().first(size)), Errc::none);
    EXPECT_EQ(std::memcmp(copy.bytes().data(), memory.bytes().data() + 1, size), 0);
    EXPECT_EQ(read(*device, {8}, copy.bytes().subspan(3, size)), Errc::none);
    EXPECT_EQ(std::memcmp(copy.bytes().data() + 3, memory.bytes().data() + 1, size), 0);
  });
}

// Method: a loop device over a file whose file system cannot zero a range: the device must fall
// back to writing zeroes, and go on doing so.
TEST(Device, ZeroesWhereTheTargetCannot) {
  test::TemporaryDirectory directory("/dev/shm");
  const std::string path = make_file(directory, "disk", {4 * kMegabyte.value}, 'x');
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, path);
    AlignedBuffer all({4 * kMegabyte.value});
    for (const std::uint64_t first : {8u, 2048u}) {
      EXPECT_EQ(test::request(*device, Operation::write_zeroes, {{first}, {1600}}), Errc::none);
      ASSERT_EQ(read(*device, {0}, all.bytes()), Errc::none);
      EXPECT_TRUE(all_are(all.bytes().subspan(first * 512, 1600 * 512), 0));
      EXPECT_TRUE(all_are(all.bytes().subspan((first + 1600) * 512, 8 * 512), 'x'));
      EXPECT_TRUE(all_are(all.bytes().first(4096), 'x'));
    }
  });
}

// Method: what the kernel counts of a loop device's flushes (/sys/block/…/stat, field 16), before
// and after each request.
TEST(Device, FlushesForFuaAndPreflush) {
  test::TemporaryDirectory directory("/dev/shm");
  auto loop = test::LoopDevice::attach(make_file(directory, "disk", kMegabyte));
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  const auto flushes = [&] {
    std::ifstream stat("/sys/block/" + loop->path().substr(5) + "/stat");
    std::uint64_t value = 0;
    for (int field = 1; field <= 16; ++field) stat >> value;
    return value;
  };
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, loop->path());
    const AlignedBuffer buffer = filled({4096}, 3);
    const auto flushed_by = [&](auto make_request) {
      const std::uint64_t before = flushes();
      EXPECT_EQ(make_request(), Errc::none);
      return flushes() - before;
    };
    const SectorRange range{{64}, {8}};
    EXPECT_EQ(flushed_by([&] { return write(*device, {0}, buffer.bytes()); }), 0u);
    EXPECT_EQ(flushed_by([&] { return write(*device, {0}, buffer.bytes(), {.fua = true}); }), 1u);
    EXPECT_EQ(flushed_by([&] { return write(*device, {0}, buffer.bytes(), {.preflush = true}); }),
              1u);
    EXPECT_EQ(flushed_by([&] {
                return write(*device, {0}, buffer.bytes(), {.fua = true, .preflush = true});
              }),
              2u);
    EXPECT_EQ(flushed_by([&] { return test::request(*device, Operation::flush); }), 1u);
    EXPECT_EQ(flushed_by([&] {
                return test::request(*device, Operation::write_zeroes, range, {.fua = true});
              }),
              1u);
    EXPECT_EQ(flushed_by([&] {
                return test::request(*device, Operation::discard, range, {.preflush = true});
              }),
              1u);
  });
}

// Method: the file below a loop device is cut short: the kernel then fails the reads behind its
// end.
TEST(Device, PassesAnErrorOfTheDeviceOn) {
  test::TemporaryDirectory directory("/dev/shm");
  const std::string path = make_file(directory, "disk", kMegabyte);
  auto loop = test::LoopDevice::attach(path);
  if (loop == nullptr) GTEST_SKIP() << "no right to make a loop device";
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, loop->path());
    std::filesystem::resize_file(path, 0);
    EXPECT_EQ(read(*device, {0}, filled({4096}, 1).bytes()), Errc::io);
  });
}

// Method: a file opened for reading only.
TEST(Device, FailsWritesToWhatIsOpenedForReading) {
  test::TemporaryDirectory directory;
  const std::string path = make_file(directory, "disk", kMegabyte, 'x');
  test::in_reactor([&](Reactor& reactor) {
    auto device = open_device(reactor, path, {.read_only = true});
    const AlignedBuffer buffer = filled({4096}, 3);
    EXPECT_NE(write(*device, {0}, buffer.bytes()), Errc::none);
    EXPECT_EQ(read(*device, {0}, buffer.bytes()), Errc::none);
    EXPECT_TRUE(all_are(buffer.bytes(), 'x'));
  });
}

// Method: 200 requests at once in a ring of four entries, half of them refused ones.
TEST(Device, AnswersEachOfManyRequestsOnce) {
  test::TemporaryDirectory directory;
  const std::string path = make_file(directory, "disk", kMegabyte);
  test::in_reactor(
      [&](Reactor& reactor) {
        auto device = open_device(reactor, path);
        constexpr std::size_t kRequests = 200;
        struct Request {
          Bio bio;
          Segment segment;
          unsigned answers = 0;
        };
        std::vector<Request> requests(kRequests);
        AlignedBuffer memory({kRequests * 4096});
        WaitQueue end{"the last answer"};
        for (std::size_t i = 0; i < kRequests; ++i) {
          Request& request = requests[i];
          const std::uint64_t first = i % 2 == 0 ? i : (std::uint64_t{1} << 40);
          test::set_request(request.bio, Operation::write, {first},
                            memory.bytes().subspan(i * 4096, 4096), request.segment);
          ASSERT_TRUE(request.bio.push(
              {[](Bio&, void* context) noexcept { ++static_cast<Request*>(context)->answers; },
               &request}));
          device->submit(request.bio);
        }
        EXPECT_EQ(test::request(*device, Operation::flush), Errc::none);
        EXPECT_FALSE(end.wait_until(reactor, reactor.now() + std::chrono::milliseconds(50)));
        for (std::size_t i = 0; i < kRequests; ++i) {
          EXPECT_EQ(requests[i].answers, 1u);
          EXPECT_EQ(requests[i].bio.outcome(), i % 2 == 0 ? Errc::none : Errc::invalid);
        }
      },
      {.queue_depth = 4});
}

}  // namespace
}  // namespace cowbell::uring
