// SPDX-License-Identifier: Apache-2.0
#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using namespace std::chrono_literals;
using test::Request;
using test::settle;

class CopyOnWrite : public test::EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    std::fill(origin.content.begin(), origin.content.end(), std::byte{0xaa});
    snapshot = *take();
    image = std::make_unique<SnapshotImage>(*snapshot, *tracker);
    area = snapshot->area(*tracker);
  }
  void TearDown() override {
    image.reset();
    EngineTest::TearDown();
  }
  bool image_holds(std::size_t offset, std::size_t size, int value) {
    Request read(Operation::read, offset, size);
    return read.submit(*image).outcome() == Errc::none && read.holds(value);
  }
  Snapshot* snapshot = nullptr;
  std::unique_ptr<SnapshotImage> image;
  DiffArea* area = nullptr;
};

// Method: one chunk, one writer, no faults; the smallest case of S3.
TEST_F(CopyOnWrite, KeepsTheOldContentAfterAnOverwrite) {
  EXPECT_EQ(write_origin(4096, 4096, 0xbb), Errc::none);
  EXPECT_TRUE(image_holds(0, 65536, 0xaa));
  EXPECT_EQ(origin.content[4096], std::byte{0xbb});
  EXPECT_EQ(area->chunks_preserved(), 1u);
}

// Method: the origin's answer to the load is held back; the write may not reach it before.
TEST_F(CopyOnWrite, HoldsTheWriteBackUntilTheChunkIsLoaded) {
  origin.held = true;
  Request write(Operation::write, 0, 512, 0xbb);
  write.submit(*tracker);
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front()->operation, Operation::read);
  EXPECT_EQ(origin.pending.front()->range.count.value, 8u) << "a whole chunk is loaded";
  origin.answer_next();
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front(), &write.bio);
  EXPECT_FALSE(write.answered) << "S1: answered before the device";
  origin.answer_next();
  EXPECT_TRUE(write.answered);
}

// Method: a second write to the same chunk: within the call of `submit`, with no fiber to wait for
// and no memory to be had, the very bio goes on, and no other request.
TEST_F(CopyOnWrite, LetsAWriteToAPreservedChunkPassStraightOn) {
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  origin.held = true;
  memory.refusing = true;
  Request write(Operation::write, 512, 512, 2);
  ASSERT_TRUE(write.bio.push({[](Bio&, void*) noexcept {}, nullptr}));
  tracker->submit(write.bio);
  memory.refusing = false;
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front(), &write.bio);
  origin.answer_next();
}

// Method: a write to a preserved chunk is on its way at the origin when another snapshot is taken.
TEST_F(CopyOnWrite, CountsAWriteThatPassedStraightOnUntilItsAnswer) {
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  origin.held = true;
  Request write(Operation::write, 512, 512, 2);
  write.submit(*tracker);
  bool taken = false;
  FiberGroup fibers(stacks);
  fibers.spawn("take", [&] { taken = take("t").has_value(); });
  settle();
  EXPECT_FALSE(taken) << "S2: a write is still in flight";
  origin.answer_next();
  EXPECT_TRUE(taken);
  fibers.join();
}

// Method: one write over four new chunks; their loads go out as one request.
TEST_F(CopyOnWrite, LoadsNeighbouringChunksInOneRequest) {
  origin.held = true;
  Request write(Operation::write, 2048, 12288, 0xbb);
  write.submit(*tracker);
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front()->range, (SectorRange{{0}, {32}}));
  EXPECT_EQ(origin.pending.front()->segments.size(), 4u);
  origin.answer_next();
  origin.answer_next();
  origin.held = false;
  EXPECT_TRUE(image_holds(0, 16384, 0xaa));
}

class CopyOnWriteInManyFibers : public CopyOnWrite {
 protected:
  CopyOnWriteInManyFibers() {
    params.copy_fibers_maximum = 8;
    params.memory_maximum = 2 << 20;  // the fibers' stacks count
  }
};

// Method: four loads held in places apart, then three writes upwards. The first of these begins a
// load of its own, the others wait for a load to end, whichever it is, and share one.
TEST_F(CopyOnWriteInManyFibers, GathersWhatIsWrittenUpwardsWhileCopiesGoOn) {
  origin.held = true;
  std::deque<Request> writes;
  for (const std::size_t chunk : {15, 13, 11, 9, 0, 1, 2})
    writes.emplace_back(Operation::write, chunk * 4096, 4096, 0xbb).submit(*tracker);
  ASSERT_EQ(origin.pending.size(), 5u);
  origin.answer_next();  // the load of chunk 15; its write follows
  ASSERT_EQ(origin.pending.size(), 6u);
  const Bio& load = *origin.pending.back();
  EXPECT_EQ(load.operation, Operation::read);
  EXPECT_EQ(load.range, (SectorRange{{8}, {16}}));
  while (!origin.pending.empty()) origin.answer_next();
  for (const Request& write : writes) EXPECT_EQ(write.outcome(), Errc::none);
}

// Method: discards and zeroes change data just as writes do.
TEST_F(CopyOnWrite, PreservesBeforeZeroesAndDiscards) {
  EXPECT_EQ(Request(Operation::write_zeroes, 0, 4096).submit(*tracker).outcome(), Errc::none);
  EXPECT_EQ(Request(Operation::discard, 8192, 4096).submit(*tracker).outcome(), Errc::none);
  EXPECT_TRUE(image_holds(0, 65536, 0xaa));
  EXPECT_EQ(area->chunks_preserved(), 2u);
}

// Method: NOWAIT on a new chunk has no effect at all; on a preserved one it passes.
TEST_F(CopyOnWrite, AnswersNowaitWithoutAnyEffect) {
  Request write(Operation::write, 0, 512, 0xbb);
  write.bio.flags.nowait = true;
  const int submitted = origin.submitted;
  EXPECT_EQ(write.submit(*tracker).outcome(), Errc::again);
  EXPECT_EQ(origin.submitted, submitted);
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  Request second(Operation::write, 0, 512, 0xbb);
  second.bio.flags.nowait = true;
  EXPECT_EQ(second.submit(*tracker).outcome(), Errc::none);
}

// Method: the load fails; S7 for the write, S5 for the image, S12 for the event.
TEST_F(CopyOnWrite, CorruptsTheAreaWhenALoadFails) {
  origin.held = true;
  Request write(Operation::write, 0, 512, 0xbb);
  write.submit(*tracker);
  origin.answer_next(Errc::io);
  EXPECT_EQ(area->corrupted(), Errc::io) << "before the write has reached the device";
  origin.answer_next();
  EXPECT_EQ(write.outcome(), Errc::none);
  EXPECT_EQ(Request(Operation::read, 32768, 512).submit(*image).outcome(), Errc::io);
  EXPECT_EQ(engine->events().poll(),
            (Event{EventKind::corrupted, snapshot->number(), 0, Errc::io}));
}

// Method: a load that comes up short is a load that failed (S5).
TEST_F(CopyOnWrite, TakesAShortLoadForAFailure) {
  origin.held = true;
  Request write(Operation::write, 0, 512, 0xbb);
  write.submit(*tracker);
  Bio& load = *origin.pending.front();
  origin.pending.pop_front();
  load.transferred = ByteCount{2048};
  load.complete();
  settle();
  EXPECT_EQ(area->corrupted(), Errc::io);
  origin.answer_next();
}

// Method: no memory at all while a write needs a buffer.
TEST_F(CopyOnWrite, CorruptsTheAreaWhenMemoryIsRefused) {
  memory.refusing = true;
  EXPECT_EQ(write_origin(0, 512, 0xbb), Errc::none);
  memory.refusing = false;
  EXPECT_EQ(area->corrupted(), Errc::no_memory);
}

// Method: eight chunks are granted; when a ninth needs room, the storage has gone.
TEST_F(CopyOnWrite, CorruptsTheAreaWithEnodevWhenTheStorageGoesWhileItGrows) {
  storage.grow_error = Errc::no_device;
  EXPECT_EQ(write_origin(0, 32768, 0xbb), Errc::none);
  EXPECT_FALSE(area->corrupted());
  EXPECT_EQ(write_origin(32768, 4096, 0xbb), Errc::none);
  EXPECT_EQ(area->corrupted(), Errc::no_device);
  EXPECT_EQ(engine->events().poll()->kind, EventKind::low_space);
  EXPECT_EQ(engine->events().poll(),
            (Event{EventKind::corrupted, snapshot->number(), 0, Errc::no_device}));
  EXPECT_FALSE(engine->events().poll()) << "an overflow, for want of no room";
}

// Method: the second of two chunks fails; the next write to the first must not hang (S8).
TEST_F(CopyOnWrite, LeavesNoLockBehindAFailure) {
  origin.held = true;
  Request both(Operation::write, 2048, 4096, 0xbb);
  both.submit(*tracker);
  origin.answer_next(Errc::io);
  origin.answer_next();
  origin.held = false;
  EXPECT_EQ(write_origin(0, 8192, 0xcc), Errc::none);
}

// Method: a write larger than all memory of the snapshot goes through in windows (S9).
TEST_F(CopyOnWrite, TakesALargeRequestThroughInWindows) {
  image.reset();
  ASSERT_EQ(engine->release("s"), Errc::none);
  engine.reset();
  params.memory_maximum = 6 * (65536 + 512) + 3 * (4096 + 512);
  EngineTest::SetUp();
  snapshot = *take();
  image = std::make_unique<SnapshotImage>(*snapshot, *tracker);
  EXPECT_EQ(write_origin(0, 65536, 0xbb), Errc::none);
  EXPECT_TRUE(image_holds(0, 65536, 0xaa));
  EXPECT_EQ(snapshot->area(*tracker)->chunks_preserved(), 16u);
}

// Method: storage never answers; the write waits for memory, and no longer than it may (S8).
TEST_F(CopyOnWrite, LetsTheWriteGoWhenStorageDoesNotKeepUp) {
  storage.held = true;
  std::vector<std::unique_ptr<Request>> writes;
  for (std::size_t chunk = 0; chunk < 16; ++chunk)
    writes.push_back(std::make_unique<Request>(Operation::write, chunk * 4096, 512, 0xbb));
  image.reset();
  ASSERT_EQ(engine->release("s"), Errc::none);
  engine.reset();
  params.memory_maximum = 6 * (65536 + 512) + 3 * (4096 + 512);
  EngineTest::SetUp();
  snapshot = *take();
  for (auto& write : writes) write->submit(*tracker);
  EXPECT_FALSE(writes[15]->answered);
  EXPECT_FALSE(snapshot->area(*tracker)->corrupted());
  clock.advance(5s);
  settle();
  EXPECT_EQ(snapshot->area(*tracker)->corrupted(), Errc::timed_out);
  for (auto& write : writes) EXPECT_TRUE(write->answered);
}

// Method: memory is waited for while the only chunk is still being loaded, so that there is nothing
// to store yet; it is stored all the same once it is there, few as it is.
TEST_F(CopyOnWrite, StoresForThoseWhoWaitedBeforeThereWasAnythingToStore) {
  image.reset();
  ASSERT_EQ(engine->release("s"), Errc::none);
  engine.reset();
  params.copy_fibers_maximum = 3;
  params.memory_maximum = 8 * (65536 + 512) + 2 * (4096 + 512);
  params.chunk_maximum_in_queue = 8;
  EngineTest::SetUp();
  snapshot = *take();
  origin.held = true;
  std::vector<std::unique_ptr<Request>> writes;
  for (std::size_t chunk = 0; chunk < 3; ++chunk) {
    writes.push_back(std::make_unique<Request>(Operation::write, chunk * 4096, 512, 1));
    writes.back()->submit(*tracker);
  }
  EXPECT_EQ(origin.pending.size(), 2u) << "the third waits for memory";
  while (!origin.pending.empty()) origin.answer_next();
  for (auto& write : writes) EXPECT_TRUE(write->answered) << "for memory that nobody frees";
  EXPECT_FALSE(snapshot->area(*tracker)->corrupted());
}

// Method: the device below is 10 sectors longer than two chunks.
TEST(ChunkSize, MakesTheLastChunkAsLongAsWhatRemains) {
  Params params;
  params.chunk_minimum_shift = 12;
  EXPECT_EQ(choose_chunk_size(params, {.capacity = {18}}, ByteCount{512}), ByteCount{4096});
  EXPECT_EQ(choose_chunk_size(params, {.capacity = {18}, .minimum_io = {8192}}, ByteCount{512}),
            ByteCount{8192});
  EXPECT_EQ(choose_chunk_size(params, {.capacity = {18}, .logical_block = {8192}}, ByteCount{512}),
            ByteCount{8192});
  EXPECT_EQ(choose_chunk_size(params, {.capacity = {18}}, ByteCount{16384}), ByteCount{16384});
  params.chunk_maximum_count_shift = 2;
  EXPECT_EQ(choose_chunk_size(params, {.capacity = {40}}, ByteCount{512}), ByteCount{8192});
  params.chunk_maximum_shift = 12;
  EXPECT_EQ(choose_chunk_size(params, {.capacity = {40}}, ByteCount{512}).error(), Errc::too_large);
}

}  // namespace
}  // namespace cowbell
