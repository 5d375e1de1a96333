// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot_image.hpp"

#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using test::Request;
using test::settle;

using ImageGeometry = test::EngineTest;

// Method: an origin with blocks of two sizes.
TEST_F(ImageGeometry, IsThatOfTheOriginAtTake) {
  origin.geometry_.logical_block = {1024};
  origin.geometry_.physical_block = {4096};
  const Snapshot* snapshot = *take();
  ASSERT_NE(snapshot, nullptr);
  const SnapshotImage image(*engine->find("s"), *tracker);
  origin.geometry_.capacity = {256};
  EXPECT_EQ(image.geometry().capacity, SectorCount{128});
  EXPECT_EQ(image.geometry().logical_block, ByteCount{1024});
  EXPECT_EQ(image.geometry().physical_block, ByteCount{4096});
  origin.geometry_.capacity = {128};
}

class Image : public test::EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    std::fill(origin.content.begin(), origin.content.end(), std::byte{0xaa});
    snapshot = *take();
    image = std::make_unique<SnapshotImage>(*snapshot, *tracker);
  }
  void TearDown() override {
    image.reset();
    EngineTest::TearDown();
  }
  Errc write_image(std::size_t offset, std::size_t size, int fill) {
    return Request(Operation::write, offset, size, fill).submit(*image).outcome();
  }
  bool image_holds(std::size_t offset, std::size_t size, int value) {
    Request read(Operation::read, offset, size);
    return read.submit(*image).outcome() == Errc::none && read.holds(value);
  }
  Snapshot* snapshot = nullptr;
  std::unique_ptr<SnapshotImage> image;
};

// Method: an image read is on its way at the origin when a write overtakes it; what the origin
// then answers is later data and must not be served (image-read-unprotected).
TEST_F(Image, LooksAgainAfterReadingAnUnlockedChunk) {
  origin.held = true;
  Request read(Operation::read, 0, 4096);
  read.submit(*image);
  Bio* late = origin.pending.front();
  origin.pending.pop_front();
  Request write(Operation::write, 0, 4096, 0xbb);
  write.submit(*tracker);
  origin.answer_next();  // the load
  origin.answer_next();  // the write
  ASSERT_TRUE(write.answered) << "origin writes never wait for an image read";
  origin.held = false;
  origin.answer(*late, Errc::none);
  settle();
  EXPECT_EQ(read.outcome(), Errc::none);
  EXPECT_TRUE(read.holds(0xaa));
}

// Method: the area is corrupted while a read is on its way (corrupted-checked-at-entry).
TEST_F(Image, FailsAReadThatWasOvertakenByCorruption) {
  origin.held = true;
  Request read(Operation::read, 0, 4096);
  read.submit(*image);
  Bio* late = origin.pending.front();
  origin.pending.pop_front();
  Request write(Operation::write, 0, 4096, 0xbb);
  write.submit(*tracker);
  origin.answer_next(Errc::io);
  origin.answer_next();
  origin.answer(*late, Errc::none);
  settle();
  EXPECT_EQ(read.outcome(), Errc::io);
}

// Method: writes through the image, partial and whole, before and after a chunk is preserved.
TEST_F(Image, KeepsItsOwnWritesFromTheOriginAndFromCopies) {
  EXPECT_EQ(write_image(512, 512, 0x11), Errc::none);    // partial: loads the rest
  EXPECT_EQ(write_image(4096, 4096, 0x22), Errc::none);  // whole: no load
  EXPECT_EQ(write_origin(0, 12288, 0xbb), Errc::none);   // must not undo them
  EXPECT_EQ(write_image(8192, 512, 0x33), Errc::none);   // over a stored chunk
  EXPECT_TRUE(image_holds(0, 512, 0xaa));
  EXPECT_TRUE(image_holds(512, 512, 0x11));
  EXPECT_TRUE(image_holds(1024, 3072, 0xaa));
  EXPECT_TRUE(image_holds(4096, 4096, 0x22));
  EXPECT_TRUE(image_holds(8192, 512, 0x33));
  EXPECT_TRUE(image_holds(8704, 56832, 0xaa));
  for (std::size_t i = 0; i < 12288; ++i) ASSERT_EQ(origin.content[i], std::byte{0xbb});
}

// Method: whole chunks are written, zeroed and discarded, the origin not being able to read.
TEST_F(Image, WritesWholeChunksWithoutLoadingThem) {
  origin.fail_all = Errc::io;
  EXPECT_EQ(write_image(4096, 8192, 0x22), Errc::none);
  EXPECT_EQ(Request(Operation::write_zeroes, 16384, 4096).submit(*image).outcome(), Errc::none);
  EXPECT_EQ(Request(Operation::discard, 20480, 4096).submit(*image).outcome(), Errc::none);
  EXPECT_EQ(origin.submitted, 0);
  origin.fail_all = Errc::none;
  EXPECT_TRUE(image_holds(4096, 8192, 0x22));
  EXPECT_TRUE(image_holds(16384, 8192, 0));
}

// Method: reads with FUA and PREFLUSH, of a fresh and of a stored chunk, and of the origin.
TEST_F(Image, ReadsTheSameWhateverTheFlags) {
  ASSERT_EQ(write_origin(0, 512, 0xbb), Errc::none);
  for (BlockDevice* device :
       {static_cast<BlockDevice*>(image.get()), static_cast<BlockDevice*>(tracker)}) {
    for (const std::size_t offset : {0, 4096}) {
      Request read(Operation::read, offset + 512, 512);
      read.bio.flags = {.fua = true, .preflush = true};
      EXPECT_EQ(read.submit(*device).outcome(), Errc::none);
      EXPECT_TRUE(read.holds(0xaa));
    }
  }
}

// Method: zeroes and discards through the image are writes of zeroes.
TEST_F(Image, WritesZeroesForZeroesAndDiscards) {
  ASSERT_EQ(write_origin(4096, 512, 0xbb), Errc::none);  // the second chunk is stored
  EXPECT_EQ(Request(Operation::write_zeroes, 0, 512).submit(*image).outcome(), Errc::none);
  EXPECT_EQ(Request(Operation::discard, 4608, 512).submit(*image).outcome(), Errc::none);
  EXPECT_TRUE(image_holds(0, 512, 0));
  EXPECT_TRUE(image_holds(512, 4096, 0xaa));
  EXPECT_TRUE(image_holds(4608, 512, 0));
  EXPECT_EQ(Request(Operation::flush, 0, 0).submit(*image).outcome(), Errc::none);
}

// Method: a load behind an image write fails: only that request does, and the chunk is new again.
TEST_F(Image, FailsOnlyTheWriteWhoseLoadFailed) {
  origin.held = true;
  Request write(Operation::write, 512, 512, 0x11);
  write.submit(*image);
  origin.answer_next(Errc::io);
  EXPECT_EQ(write.outcome(), Errc::io);
  origin.held = false;
  EXPECT_FALSE(snapshot->area(*tracker)->corrupted());
  EXPECT_TRUE(image_holds(0, 4096, 0xaa));
  EXPECT_EQ(write_image(512, 512, 0x11), Errc::none);
}

// Method: a storage read fails once (S6): the request fails, the area does not.
TEST_F(Image, SurvivesAFailedReadOfTheStorage) {
  ASSERT_EQ(write_origin(0, 512, 0xbb), Errc::none);
  storage.fail_all = Errc::io;
  EXPECT_EQ(Request(Operation::read, 0, 512).submit(*image).outcome(), Errc::io);
  storage.fail_all = Errc::none;
  EXPECT_TRUE(image_holds(0, 4096, 0xaa));
}

// Method: storage takes only blocks of 4096 bytes; requests of 512 go through read and rewrite.
TEST_F(Image, RoundsToTheBlocksOfTheStorage) {
  ASSERT_EQ(write_origin(0, 512, 0xbb), Errc::none);
  storage.geometry_.logical_block = ByteCount{4096};
  EXPECT_EQ(write_image(512, 1024, 0x11), Errc::none);
  EXPECT_TRUE(image_holds(0, 512, 0xaa));
  EXPECT_TRUE(image_holds(512, 1024, 0x11));
  EXPECT_TRUE(image_holds(1536, 2560, 0xaa));
}

// Method: one read in seven segments across chunks that are new, stored and new.
TEST_F(Image, ReadsAcrossChunksIntoManySegments) {
  ASSERT_EQ(write_origin(4096, 4096, 0xbb), Errc::none);
  std::vector<std::byte> memory(12288);
  std::vector<Segment> segments;
  for (std::size_t at = 0, size = 512; at < memory.size(); at += size, size += 512)
    segments.push_back({memory.data() + at, std::min(size, memory.size() - at)});
  Bio bio;
  bio.range = {{0}, {24}};
  bio.segments = segments;
  Errc outcome = Errc::none;
  FiberGroup fibers(stacks);
  fibers.spawn("reader", [&] { outcome = submit_and_wait(*image, bio); });
  fibers.join();
  EXPECT_EQ(outcome, Errc::none);
  for (std::byte byte : memory) ASSERT_EQ(byte, std::byte{0xaa});
}

/// Chunks of 8 KiB, and requests of as many segments as they have sectors.
class ImageOfLargeChunks : public Image {
 protected:
  struct ManySegments {
    ManySegments(Operation operation, std::size_t size) : memory(size, std::byte{0xcc}) {
      for (std::size_t at = 0; at < size; at += 512) segments.push_back({memory.data() + at, 512});
      bio.operation = operation;
      bio.range = {{0}, {size / 512}};
      bio.segments = segments;
    }
    std::vector<std::byte> memory;
    std::vector<Segment> segments;
    Bio bio;
  };
  void SetUp() override {
    params.chunk_minimum_shift = 13;
    Image::SetUp();
    ASSERT_EQ(write_origin(0, 16384, 0xbb), Errc::none);
    memory_before = snapshot->memory().used();
    storage.held = true;
  }
  void start(ManySegments& request) {
    fibers.spawn("client", [this, &request] { (void)submit_and_wait(*image, request.bio); });
    settle();
  }
  FiberGroup fibers{stacks};
  ByteCount memory_before;
};

// Method: a write of two stored chunks out of 32 segments is on its way to the storage: the list of
// what belongs to a chunk is memory of the engine, and charged (S9).
TEST_F(ImageOfLargeChunks, ReservesMemoryForAWriteOfManySegments) {
  ManySegments write(Operation::write, 16384);
  start(write);
  EXPECT_EQ(snapshot->memory().used() - memory_before, snapshot->area(*tracker)->chunk_cost());
  storage.answer_next();
  storage.answer_next();
  fibers.join();
  EXPECT_EQ(write.bio.outcome(), Errc::none);
  EXPECT_EQ(snapshot->memory().used(), memory_before);
  storage.held = false;
  EXPECT_TRUE(image_holds(0, 16384, 0xcc));
}

// Method: a read of 20 segments goes to the storage eight at a time: it takes no memory, for which
// a write to the origin might have to wait.
TEST_F(ImageOfLargeChunks, ReadsManySegmentsWithoutMemory) {
  ManySegments read(Operation::read, 10240);
  start(read);
  for (const std::uint64_t count : {8, 8, 4}) {
    EXPECT_EQ(snapshot->memory().used(), memory_before);
    ASSERT_EQ(storage.pending.size(), 1u);
    EXPECT_EQ(storage.pending.front()->range.count.value, count);
    storage.answer_next();
    settle();
  }
  fibers.join();
  EXPECT_EQ(read.bio.outcome(), Errc::none);
  for (std::byte byte : read.memory) ASSERT_EQ(byte, std::byte{0xaa});
}

// Method: requests that have come through as many layers as a request can.
TEST_F(Image, RefusesARequestWithoutRoomForAnotherFrame) {
  const std::array<BlockDevice*, 2> devices{image.get(), tracker};
  for (BlockDevice* device : devices) {
    Request request(Operation::write, 0, 4096, 0xbb);
    request.bio.operation = device == image.get() ? Operation::read : Operation::write;
    for (std::size_t i = 1; i < Bio::kFrameMaximum; ++i)
      ASSERT_TRUE(request.bio.push({[](Bio& bio, void*) noexcept { bio.complete(); }, nullptr}));
    request.submit(*device);
    EXPECT_EQ(request.outcome(), Errc::not_supported);
    EXPECT_TRUE(image_holds(0, 4096, 0xaa));
  }
  EXPECT_EQ(origin.content[0], std::byte{0xaa}) << "nothing was done";
}

// Method: devices fail image requests with codes that would mean something else of an image.
TEST_F(Image, AnswersEioWhateverADeviceAnswers) {
  ASSERT_EQ(write_origin(0, 4096, 0xbb), Errc::none);
  for (const Errc error : {Errc::no_device, Errc::no_space, Errc::timed_out, Errc::again}) {
    for (const std::size_t offset : {0, 8192}) {
      test::Device& device = offset == 0 ? storage : origin;
      device.held = true;
      Request read(Operation::read, offset, 4096);
      read.submit(*image);
      Bio* sent = device.pending.front();
      device.pending.pop_front();
      device.answer(*sent, error);
      settle();
      EXPECT_EQ(read.outcome(), Errc::io) << errno_name(error);
      device.held = false;
    }
  }
  EXPECT_FALSE(snapshot->area(*tracker)->corrupted());
}

// Method: the snapshot goes while its image stays open.
TEST_F(Image, AnswersNoDeviceAfterRelease) {
  ASSERT_EQ(engine->release("s"), Errc::none);
  EXPECT_EQ(Request(Operation::read, 0, 512).submit(*image).outcome(), Errc::no_device);
  EXPECT_EQ(image->geometry().capacity, SectorCount{128});
}

// Method: an image becomes the origin of another engine's tracker; both keep their cuts.
TEST_F(Image, CanBeTheOriginOfAnotherTracker) {
  test::Device upper_storage{0};
  {
    Engine upper(environment, params);
    Tracker* over_image = *upper.track(*image);
    Tracker* origins[] = {over_image};
    Snapshot* upper_snapshot = *upper.take("u", origins, upper_storage);
    SnapshotImage upper_image(*upper_snapshot, *over_image);
    EXPECT_EQ(Request(Operation::write, 0, 4096, 0x11).submit(*over_image).outcome(), Errc::none);
    EXPECT_TRUE(image_holds(0, 4096, 0x11));
    Request read(Operation::read, 0, 4096);
    EXPECT_EQ(read.submit(upper_image).outcome(), Errc::none);
    EXPECT_TRUE(read.holds(0xaa));
    EXPECT_EQ(upper.release("u"), Errc::none);
  }
}

}  // namespace
}  // namespace cowbell
