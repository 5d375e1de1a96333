// SPDX-License-Identifier: Apache-2.0
// S14: what the engine says has changed between two cuts.
#include "core/change_tracking.hpp"

#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using test::Request;
using test::settle;
using Blocks = std::vector<std::uint64_t>;

/// Tracking blocks of 4 KiB: sixteen of them.
class Tracking : public test::EngineTest {
 protected:
  void SetUp() override {
    params.tracking_block_minimum_shift = 12;
    EngineTest::SetUp();
  }
  TrackingPoint point(std::string_view name) {
    return engine->find(name)->changes(*tracker)->point();
  }
  TrackingPoint take_and_release(std::string_view name = "s") {
    EXPECT_TRUE(take(name));
    const TrackingPoint taken = point(name);
    EXPECT_EQ(engine->release(name), Errc::none);
    return taken;
  }
  /// The numbers of the blocks that changed up to the snapshot "t"; {99} where that is not known.
  Blocks changed_to_t(const TrackingPoint& from) {
    Result<ChangedBlocks> changed = engine->changed(from, "t", *tracker);
    if (!changed || !changed->exact()) return {99};
    Blocks blocks;
    while (const auto range = changed->next())
      for (std::uint64_t at = range->first.value; at < range->end().value; at += 8)
        blocks.push_back(at / 8);
    return blocks;
  }
  Errc write_image(std::string_view name, std::size_t offset, std::size_t size) {
    SnapshotImage image(*engine->find(name), *tracker);
    return Request(Operation::write, offset, size, 0xee).submit(image).outcome();
  }
};

// Method: writes of every kind before, between and after two cuts.
TEST_F(Tracking, CoversEveryChangeBetweenTheCutsAndNoOther) {
  ASSERT_EQ(write_origin(0, 4096, 1), Errc::none);
  const TrackingPoint s = take_and_release();
  ASSERT_EQ(write_origin(8192, 512, 2), Errc::none);
  ASSERT_EQ(Request(Operation::write_zeroes, 16384, 4096).submit(*tracker).outcome(), Errc::none);
  ASSERT_EQ(Request(Operation::discard, 40960, 8192).submit(*tracker).outcome(), Errc::none);
  ASSERT_EQ(write_origin(61440, 4096, 0), Errc::none);  // the same bytes
  ASSERT_TRUE(take("t"));
  ASSERT_EQ(write_origin(4096, 4096, 3), Errc::none);
  EXPECT_EQ(changed_to_t(s), (Blocks{2, 4, 10, 11, 15}));
}

// Method: neighbours, and a change at the very end.
TEST_F(Tracking, AnswersRangesThatAscendAndAreJoined) {
  const TrackingPoint s = take_and_release();
  ASSERT_EQ(write_origin(8192, 4096, 2), Errc::none);
  ASSERT_EQ(write_origin(4096, 4096, 2), Errc::none);
  ASSERT_EQ(write_origin(61440, 512, 2), Errc::none);
  ASSERT_TRUE(take("t"));
  Result<ChangedBlocks> changed = engine->changed(s, "t", *tracker);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->next(), (SectorRange{{8}, {16}}));
  EXPECT_EQ(changed->next(), (SectorRange{{120}, {8}}));
  EXPECT_EQ(changed->next(), std::nullopt);
}

// Method: a chain of three cuts, asked from each; all but the last are released.
TEST_F(Tracking, KnowsCutsThatHaveBeenReleased) {
  const TrackingPoint first = take_and_release();
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  const TrackingPoint second = take_and_release();
  ASSERT_EQ(write_origin(4096, 512, 1), Errc::none);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(first), (Blocks{0, 1}));
  EXPECT_EQ(changed_to_t(second), Blocks{1});
  EXPECT_EQ(changed_to_t(point("t")), Blocks{});
}

// Method: a write is held by the gate of the second take; it belongs behind that cut.
TEST_F(Tracking, CountsAHeldWriteAfterTheCut) {
  const TrackingPoint s = take_and_release();
  FiberGroup fibers{stacks};
  origin.held = true;
  Request before(Operation::write, 0, 512, 1);
  before.submit(*tracker);
  fibers.spawn("take", [&] { EXPECT_TRUE(take("t")); });
  settle();
  Request held(Operation::write, 4096, 512, 1);
  held.submit(*tracker);
  origin.answer_next();
  origin.held = false;
  while (!origin.pending.empty()) origin.answer_next();
  fibers.join();
  EXPECT_EQ(changed_to_t(s), Blocks{0});
  const TrackingPoint t = point("t");
  ASSERT_EQ(engine->release("t"), Errc::none);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(t), Blocks{1});
}

// Method: a postponed write waits for its copy; it counts although it has not been submitted.
TEST_F(Tracking, CountsAWriteFromItsAdmission) {
  ASSERT_TRUE(take("s"));
  const TrackingPoint s = point("s");
  origin.held = true;
  Request postponed(Operation::write, 0, 512, 1);
  postponed.submit(*tracker);
  ASSERT_EQ(origin.pending.front()->operation, Operation::read);
  FiberGroup fibers{stacks};
  fibers.spawn("take", [&] { EXPECT_TRUE(take("t")); });
  settle();
  origin.held = false;
  while (!origin.pending.empty()) origin.answer_next();
  settle();
  fibers.join();
  EXPECT_EQ(changed_to_t(s), Blocks{0});
}

// Method: a write through the image of the middle one of three cuts, and a mark by hand on it.
TEST_F(Tracking, CountsWhatWasDoneToAnImageInMapsThatBeginOrEndThere) {
  const TrackingPoint first = take_and_release();
  ASSERT_TRUE(take("t"));
  const TrackingPoint middle = point("t");
  ASSERT_EQ(write_image("t", 4096, 512), Errc::none);
  ASSERT_EQ(engine->find("t")->mark_changed(*tracker, {{24}, {8}}), Errc::none);
  EXPECT_EQ(changed_to_t(first), (Blocks{1, 3}));
  EXPECT_EQ(changed_to_t(middle), (Blocks{1, 3}));
  ASSERT_EQ(engine->release("t"), Errc::none);
  const TrackingPoint later = take_and_release();
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(first), Blocks{});
  EXPECT_EQ(changed_to_t(middle), (Blocks{1, 3})) << "marks outlive the snapshot";
  EXPECT_EQ(changed_to_t(later), Blocks{});
}

// Method: NOWAIT image writes are refused before any effect; a mark on a device counts like a
// write.
TEST_F(Tracking, CountsMarksByHandAndNoRefusedImageWrite) {
  ASSERT_EQ(tracker->mark_changed({{0}, {8}}), Errc::none);
  const TrackingPoint s = take_and_release();
  ASSERT_EQ(tracker->mark_changed({{16}, {1}}), Errc::none);
  EXPECT_EQ(tracker->mark_changed({{121}, {8}}), Errc::invalid);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(engine->find("t")->mark_changed(*tracker, {{128}, {1}}), Errc::invalid);
  SnapshotImage image(*engine->find("t"), *tracker);
  Request refused(Operation::write, 0, 512, 1);
  refused.bio.flags.nowait = true;
  EXPECT_EQ(refused.submit(image).outcome(), Errc::again);
  EXPECT_EQ(changed_to_t(s), Blocks{2});
}

// Method: the memory for the first mark on an image is refused; the write itself may fail as well,
// a mark by hand must not. Maps that touch the cut are unknown, others are not.
TEST_F(Tracking, SaysThatAMapWhoseMarksWereLostIsNotExact) {
  const TrackingPoint first = take_and_release();
  ASSERT_TRUE(take("t"));
  const TrackingPoint lossy = point("t");
  memory.refusing = true;
  EXPECT_EQ(engine->find("t")->mark_changed(*tracker, {{0}, {8}}), Errc::none);
  memory.refusing = false;
  ASSERT_EQ(engine->find("t")->mark_changed(*tracker, {{0}, {8}}), Errc::none);
  EXPECT_EQ(changed_to_t(first), Blocks{99});
  ASSERT_EQ(engine->release("t"), Errc::none);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(lossy), Blocks{99});
  EXPECT_EQ(changed_to_t(first), Blocks{});
}

// Method: metadata for the map and a chunk or two, not for marks beside them.
TEST_F(Tracking, KeepsMarksWithinTheirLimit) {
  engine.reset();
  params.tracking_block_minimum_shift = 9;
  params.metadata_maximum = 4096;
  SetUp();
  std::vector<TrackingPoint> points;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(take("t"));
    points.push_back(point("t"));
    ASSERT_EQ(engine->find("t")->mark_changed(*tracker, {{0}, {1}}), Errc::none);
    ASSERT_EQ(engine->release("t"), Errc::none);
  }
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(points.front()), Blocks{0});
  EXPECT_EQ(changed_to_t(points.back()), Blocks{99});
}

// Method: 256 takes of one origin. The last one begins the map anew; its generation is the first of
// a new id, and what came before is unknown to it.
TEST_F(Tracking, StartsAnewAfter255Cuts) {
  const TrackingPoint first = take_and_release();
  EXPECT_EQ(first.generation, 1);
  TrackingPoint last = first;
  for (int i = 2; i <= 254; ++i) last = take_and_release();
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(point("t").generation, 255);
  EXPECT_EQ(point("t").id, first.id);
  EXPECT_EQ(changed_to_t(first), Blocks{0});
  EXPECT_EQ(changed_to_t(last), Blocks{0});
  ASSERT_EQ(write_image("t", 8192, 512), Errc::none);

  ASSERT_EQ(write_origin(4096, 512, 1), Errc::none);
  const TrackingPoint anew = take_and_release();
  EXPECT_EQ(anew.generation, 1);
  EXPECT_NE(anew.id, first.id);
  EXPECT_EQ(changed_to_t(first), (Blocks{0, 2})) << "a snapshot keeps the id it was taken under";
  ASSERT_EQ(engine->release("t"), Errc::none);
  ASSERT_EQ(write_origin(61440, 512, 1), Errc::none);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(first), Blocks{99});
  EXPECT_EQ(changed_to_t(anew), Blocks{15});
}

// Method: the origin grows; a write past the tracked capacity, which is copied all the same where
// it overlaps the snapshot; then a take of the larger device.
TEST_F(Tracking, SaysThatTheMapOfADeviceThatGrewIsNotExact) {
  const TrackingPoint first = take_and_release();
  ASSERT_TRUE(take("s"));
  const TrackingPoint s = point("s");
  origin.content.resize(131072);
  origin.geometry_.capacity = {256};
  ASSERT_EQ(write_origin(61440, 8192, 0x77), Errc::none);
  SnapshotImage image(*engine->find("s"), *tracker);
  Request read(Operation::read, 61440, 4096);
  EXPECT_EQ(read.submit(image).outcome(), Errc::none);
  EXPECT_TRUE(read.holds(0)) << "S5: not copied";
  origin.geometry_.capacity = {128};
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(first), Blocks{99});
  EXPECT_EQ(changed_to_t(s), Blocks{99});
  const TrackingPoint t = point("t");
  ASSERT_EQ(engine->release("t"), Errc::none);
  origin.geometry_.capacity = {256};
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(changed_to_t(t), Blocks{99}) << "of another capacity";
  EXPECT_EQ(engine->find("t")->changes(*tracker)->block_count(), 32u);
}

// Method: the first take fails for want of space, as does a later one, which then fails at every
// allocation in turn as well; points go on as if they had not been.
TEST_F(Tracking, IsLeftAsItWasByATakeThatFails) {
  other_storage.grow_error = Errc::no_space;
  EXPECT_EQ(take("t").error(), Errc::no_space);
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  const TrackingPoint s = take_and_release();
  EXPECT_EQ(s.generation, 1);
  ASSERT_EQ(write_origin(4096, 512, 1), Errc::none);
  for (std::uint64_t granted = 0;; ++granted) {
    memory.granted_maximum = granted;
    const Errc error = take("t").error();
    memory.granted_maximum = test::Memory::kNoMaximum;
    if (error == Errc::no_space) break;
    ASSERT_EQ(error, Errc::no_memory);
  }
  other_storage.grow_error = Errc::none;
  ASSERT_EQ(write_origin(8192, 512, 1), Errc::none);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(point("t").generation, 2);
  EXPECT_EQ(changed_to_t(s), (Blocks{1, 2}));
}

TEST_F(Tracking, RefusesATakeWhoseMapDoesNotFitItsMetadata) {
  engine.reset();
  params.metadata_maximum = 15;
  SetUp();
  const std::size_t before = memory.in_use;
  EXPECT_EQ(take("t").error(), Errc::no_memory);
  EXPECT_EQ(memory.in_use, before);
}

// Method: what cannot be asked.
TEST_F(Tracking, AnswersErrorsForWhatItDoesNotKnow) {
  ASSERT_TRUE(take("s"));
  const TrackingPoint s = point("s");
  EXPECT_EQ(engine->changed(s, "t", *tracker).error(), Errc::not_found);
  ASSERT_TRUE(take("t"));
  EXPECT_EQ(engine->changed(point("t"), "s", *tracker).error(), Errc::invalid);
  test::Device other_device{65536};
  Tracker* other = *engine->track(other_device);
  EXPECT_EQ(engine->changed(s, "t", *other).error(), Errc::not_found);
  EXPECT_EQ(engine->find("t")->mark_changed(*other, {{0}, {1}}), Errc::not_found);
  TrackingPoint foreign = s;
  ++foreign.id.instance;
  EXPECT_EQ(changed_to_t(foreign), Blocks{99});
  EXPECT_EQ(changed_to_t({}), Blocks{99});
  ASSERT_EQ(engine->release("t"), Errc::none);
  EXPECT_EQ(engine->changed(s, "t", *tracker).error(), Errc::not_found);
}

// Method: the exported bytes, read by the rule that the header gives, against the engine's answer
// for every earlier point; image writes on two of the cuts.
TEST_F(Tracking, ExportsAMapThatReportsNoLess) {
  std::vector<TrackingPoint> points{take_and_release()};
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  ASSERT_TRUE(take("s"));
  points.push_back(point("s"));
  ASSERT_EQ(write_image("s", 4096, 512), Errc::none);
  ASSERT_EQ(engine->release("s"), Errc::none);
  ASSERT_EQ(write_origin(8192, 512, 1), Errc::none);
  points.push_back(take_and_release());
  ASSERT_TRUE(take("t"));
  ASSERT_EQ(write_image("t", 12288, 512), Errc::none);
  const TrackedCut& t = *engine->find("t")->changes(*tracker);
  std::vector<Generation> bytes(t.block_count());
  EXPECT_EQ(t.export_to(bytes), 1u);
  const std::vector<Blocks> exported{{0, 1, 2, 3}, {1, 2, 3}, {3}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    Blocks since;
    for (std::uint64_t block = 0; block < bytes.size(); ++block)
      if (bytes[block] >= points[i].generation) since.push_back(block);
    EXPECT_EQ(since, exported[i]);
    for (const std::uint64_t block : changed_to_t(points[i]))
      EXPECT_TRUE(std::ranges::find(since, block) != since.end());
  }
}

// Method: a mark that was lost on one cut makes the export unreliable for points up to it.
TEST_F(Tracking, ExportsFromWhenItsMapCanBeReliedOn) {
  take_and_release();
  ASSERT_TRUE(take("s"));
  memory.refusing = true;
  ASSERT_EQ(engine->find("s")->mark_changed(*tracker, {{0}, {1}}), Errc::none);
  memory.refusing = false;
  take_and_release("x");
  ASSERT_TRUE(take("t"));
  const TrackedCut& t = *engine->find("t")->changes(*tracker);
  std::vector<Generation> bytes(t.block_count());
  EXPECT_EQ(t.export_to(bytes), 3u);
}

}  // namespace
}  // namespace cowbell
