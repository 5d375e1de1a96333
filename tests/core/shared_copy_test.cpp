// SPDX-License-Identifier: Apache-2.0
// Copy-on-write for several snapshots of one origin.
#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using test::Device;
using test::Request;

class SharedCopy : public test::EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    std::fill(origin.content.begin(), origin.content.end(), std::byte{0xaa});
  }
  void TearDown() override {
    images.clear();
    EngineTest::TearDown();
  }
  Snapshot* take_on(Device& on, std::string_view name) {
    Tracker* origins[] = {tracker};
    Snapshot* taken = *engine->take(name, origins, on);
    images.push_back(std::make_unique<SnapshotImage>(*taken, *tracker));
    return taken;
  }
  bool image_holds(std::size_t image, std::size_t offset, std::size_t size, int value) {
    Request read(Operation::read, offset, size);
    return read.submit(*images[image]).outcome() == Errc::none && read.holds(value);
  }

  Device second_storage{std::size_t{1} << 17};
  std::vector<std::unique_ptr<SnapshotImage>> images;
};

// Method: two snapshots, one write over three chunks: one read from the origin.
TEST_F(SharedCopy, ReadsOnceForTwoSnapshots) {
  take_on(storage, "s");
  take_on(second_storage, "t");
  origin.held = true;
  Request write(Operation::write, 4096, 12288, 0xbb);
  write.submit(*tracker);
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front()->range, (SectorRange{{8}, {24}}));
  origin.answer_next();
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front(), &write.bio);
  origin.answer_next();
  origin.held = false;
  EXPECT_TRUE(image_holds(0, 0, 65536, 0xaa));
  EXPECT_TRUE(image_holds(1, 0, 65536, 0xaa));
}

// Method: more snapshots than anybody will have; still one read.
TEST_F(SharedCopy, ReadsOnceForThirtyTwoSnapshots) {
  std::deque<Device> storages(32, Device{0});
  for (std::size_t i = 0; i < storages.size(); ++i) take_on(storages[i], std::to_string(i));
  origin.held = true;
  Request write(Operation::write, 0, 4096, 0xbb);
  write.submit(*tracker);
  ASSERT_EQ(origin.pending.size(), 1u);
  origin.answer_next();
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front(), &write.bio);
  origin.answer_next();
  origin.held = false;
  for (std::size_t i = 0; i < storages.size(); ++i) {
    EXPECT_TRUE(image_holds(i, 0, 65536, 0xaa));
    EXPECT_EQ(engine->release(std::to_string(i)), Errc::none);
  }
}

// Method: what the older snapshot has kept already, the younger must still read.
TEST_F(SharedCopy, ReadsWhatOnlyOneSnapshotLacks) {
  take_on(storage, "s");
  ASSERT_EQ(write_origin(4096, 4096, 0xbb), Errc::none);
  take_on(second_storage, "t");
  ASSERT_EQ(write_origin(0, 12288, 0xcc), Errc::none);
  EXPECT_TRUE(image_holds(0, 0, 65536, 0xaa));
  EXPECT_TRUE(image_holds(1, 0, 4096, 0xaa));
  EXPECT_TRUE(image_holds(1, 4096, 4096, 0xbb));
  EXPECT_TRUE(image_holds(1, 8192, 4096, 0xaa));
}

// Method: the second storage has blocks of 16 KiB, so its area has larger chunks than the first;
// the origin is read once, as far as the larger chunk goes, and each area is cut from that.
TEST_F(SharedCopy, CutsOneReadForChunksOfDifferentSizes) {
  second_storage.geometry_.logical_block = {16384};
  Snapshot* small = take_on(storage, "s");
  Snapshot* large = take_on(second_storage, "t");
  origin.held = true;
  Request write(Operation::write, 20480, 8192, 0xbb);
  write.submit(*tracker);
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front()->range, (SectorRange{{32}, {32}}));
  origin.answer_next();
  ASSERT_EQ(origin.pending.size(), 1u);
  EXPECT_EQ(origin.pending.front(), &write.bio);
  origin.answer_next();
  origin.held = false;
  EXPECT_EQ(small->area(*tracker)->chunks_preserved(), 2u);
  EXPECT_EQ(large->area(*tracker)->chunks_preserved(), 1u);
  EXPECT_TRUE(image_holds(0, 0, 65536, 0xaa));
  EXPECT_TRUE(image_holds(1, 0, 65536, 0xaa));
}

// Method: a write through one image, before and after the shared copy; the other image and the
// origin never show it (S4).
TEST_F(SharedCopy, KeepsAnImageWriteOutOfTheOtherSnapshot) {
  take_on(storage, "s");
  take_on(second_storage, "t");
  EXPECT_EQ(Request(Operation::write, 0, 512, 0x11).submit(*images[0]).outcome(), Errc::none);
  ASSERT_EQ(write_origin(0, 8192, 0xbb), Errc::none);
  EXPECT_EQ(Request(Operation::write, 4096, 512, 0x22).submit(*images[1]).outcome(), Errc::none);
  EXPECT_TRUE(image_holds(0, 0, 512, 0x11));
  EXPECT_TRUE(image_holds(0, 512, 65024, 0xaa));
  EXPECT_TRUE(image_holds(1, 0, 4096, 0xaa));
  EXPECT_TRUE(image_holds(1, 4096, 512, 0x22));
  EXPECT_TRUE(image_holds(1, 4608, 4096, 0xaa));
}

// Method: one storage never answers, so that its snapshot runs out of memory; the write waits its
// time, and only that area is corrupted (S8).
TEST_F(SharedCopy, CorruptsOnlyTheAreaThatLacksMemory) {
  engine.reset();
  params.memory_maximum = 6 * (65536 + 512) + 3 * (4096 + 512);
  SetUp();
  Snapshot* healthy = take_on(storage, "s");
  Snapshot* stuck = take_on(second_storage, "t");
  second_storage.held = true;
  std::vector<std::unique_ptr<Request>> writes;
  for (std::size_t chunk = 0; chunk < 8; ++chunk) {
    writes.push_back(std::make_unique<Request>(Operation::write, chunk * 4096, 512, 0xbb));
    writes.back()->submit(*tracker);
  }
  EXPECT_FALSE(writes[7]->answered);
  clock.advance(std::chrono::seconds(5));
  test::settle();
  for (auto& write : writes) EXPECT_TRUE(write->answered);
  EXPECT_EQ(stuck->area(*tracker)->corrupted(), Errc::timed_out);
  EXPECT_FALSE(healthy->area(*tracker)->corrupted());
  EXPECT_TRUE(image_holds(0, 0, 65536, 0xaa));
  second_storage.held = false;
  while (!second_storage.pending.empty()) second_storage.answer_next();
}

// Method: the first read fails; the second snapshot reads for itself, and only the first is lost.
TEST_F(SharedCopy, DoesNotLoseASnapshotToTheReadOfAnother) {
  Snapshot* one = take_on(storage, "s");
  Snapshot* two = take_on(second_storage, "t");
  origin.held = true;
  Request write(Operation::write, 0, 512, 0xbb);
  write.submit(*tracker);
  origin.answer_next(Errc::io);
  origin.answer_next();
  origin.answer_next();
  origin.held = false;
  EXPECT_EQ(write.outcome(), Errc::none);
  EXPECT_EQ(one->area(*tracker)->corrupted(), Errc::io);
  EXPECT_FALSE(two->area(*tracker)->corrupted());
  EXPECT_TRUE(image_holds(1, 0, 65536, 0xaa));
}

// Method: the read fails for both; the write goes on, and both areas say so (S5, S7).
TEST_F(SharedCopy, CorruptsEveryAreaWhoseReadFailed) {
  Snapshot* one = take_on(storage, "s");
  Snapshot* two = take_on(second_storage, "t");
  origin.held = true;
  Request write(Operation::write, 0, 512, 0xbb);
  write.submit(*tracker);
  origin.answer_next(Errc::io);
  origin.answer_next(Errc::io);
  EXPECT_EQ(one->area(*tracker)->corrupted(), Errc::io);
  EXPECT_EQ(two->area(*tracker)->corrupted(), Errc::io);
  origin.answer_next();
  EXPECT_EQ(write.outcome(), Errc::none);
}

}  // namespace
}  // namespace cowbell
