// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tests/core/world.hpp"

namespace cowbell {
namespace {

using test::Request;
using test::settle;

class TakeAndRelease : public test::EngineTest {
 protected:
  FiberGroup fibers{stacks};
};

// Method: a write is in flight when take begins, another comes while it drains (take-without-gate).
TEST_F(TakeAndRelease, DrainsWhatIsInFlightAndHoldsWhatComes) {
  origin.held = true;
  Request before(Operation::write, 0, 512, 0x11);
  before.submit(*tracker);
  bool taken = false;
  fibers.spawn("take", [&] { taken = take().has_value(); });
  settle();
  Request during(Operation::write, 0, 512, 0x22);
  during.submit(*tracker);
  EXPECT_FALSE(taken) << "S2: a write is still in flight";
  EXPECT_EQ(origin.pending.size(), 1u) << "S2: the gate let a write pass";
  origin.answer_next();
  EXPECT_TRUE(taken);
  origin.held = false;
  while (!origin.pending.empty()) origin.answer_next();
  EXPECT_EQ(during.outcome(), Errc::none);
  SnapshotImage image(*engine->find("s"), *tracker);
  Request read(Operation::read, 0, 512);
  EXPECT_EQ(read.submit(image).outcome(), Errc::none);
  EXPECT_TRUE(read.holds(0x11));
  fibers.join();
}

// Method: NOWAIT at a closed gate.
TEST_F(TakeAndRelease, AnswersNowaitAtAClosedGate) {
  origin.held = true;
  Request before(Operation::write, 0, 512, 0x11);
  before.submit(*tracker);
  fibers.spawn("take", [&] { (void)take(); });
  settle();
  Request nowait(Operation::write, 0, 512, 0x22);
  nowait.bio.flags.nowait = true;
  EXPECT_EQ(nowait.submit(*tracker).outcome(), Errc::again);
  origin.answer_next();
  fibers.join();
}

// Method: a write to the second origin is held from the moment the first is being drained.
TEST_F(TakeAndRelease, CutsAllOriginsAtOneInstant) {
  test::Device second_device{65536};
  Tracker* second = *engine->track(second_device);
  origin.held = true;
  Request slow(Operation::write, 0, 512, 0x11);
  slow.submit(*tracker);
  fibers.spawn("take", [&] {
    Tracker* origins[] = {tracker, second};
    (void)engine->take("s", origins, storage);
  });
  settle();
  Request other(Operation::write, 0, 512, 0x22);
  other.submit(*second);
  EXPECT_FALSE(other.answered);
  origin.answer_next();
  origin.held = false;
  settle();
  EXPECT_TRUE(other.answered);
  SnapshotImage image(*engine->find("s"), *second);
  Request read(Operation::read, 0, 512);
  EXPECT_EQ(read.submit(image).outcome(), Errc::none);
  EXPECT_TRUE(read.holds(0));
  fibers.join();
  EXPECT_EQ(engine->release("s"), Errc::none);
}

// Method: each refusal, with its words, and that nothing is left of it: the next take succeeds
// under that name.
TEST_F(TakeAndRelease, SaysWhyItRefusesAndLeavesEverythingAsItWas) {
  const auto refused = [](const auto& taken, Errc code, std::string_view why) {
    EXPECT_FALSE(taken);
    EXPECT_EQ(errno_name(taken.error().error), errno_name(code));
    EXPECT_EQ(taken.error().text, why);
  };
  refused(engine->take("s", {}, storage), Errc::invalid, "no origin is named");
  Tracker* twice[] = {tracker, tracker};
  refused(engine->take("s", twice, storage), Errc::invalid, "an origin is named twice");
  storage.lies_on_device = &origin;
  refused(take(), Errc::busy, "a storage lies on the device of an origin");
  // Nor on one that is not to be taken: what is stored there would not pass its tracker.
  test::Device beside{65536};
  ASSERT_TRUE(engine->track(beside));
  storage.lies_on_device = &beside;
  refused(take(), Errc::busy, "a storage lies on the device of an origin");
  storage.lies_on_device = nullptr;
  storage.grow_error = Errc::no_space;
  refused(take(), Errc::no_space, "there is no space");
  storage.grow_error = Errc::none;
  memory.refusing = true;
  refused(take(), Errc::no_memory, "an allocation was refused");
  memory.refusing = false;
  ASSERT_TRUE(take());
  refused(take(), Errc::exists, "the name is in use");
  refused(engine->take("t", std::array{tracker}, storage), Errc::busy,
          "the storage serves another snapshot");
  // The storage of the live one lies on what is to be taken now.
  test::Device below{65536};
  storage.lies_on_device = &below;
  refused(engine->take("t", std::array{*engine->track(below)}, other_storage), Errc::busy,
          "a storage lies on the device of an origin");
  storage.lies_on_device = nullptr;
  EXPECT_EQ(engine->release("t"), Errc::not_found);
}

// Method: a take of two origins, refused its k-th allocation and all later ones, for every k.
TEST_F(TakeAndRelease, LeavesEverythingAsItWasAtWhateverAllocationItFails) {
  test::Device second_device{65536};
  Tracker* origins[] = {tracker, *engine->track(second_device)};
  const std::size_t before = memory.in_use;
  for (std::uint64_t granted = 0;; ++granted) {
    memory.granted_maximum = granted;
    const auto taken = engine->take("s", origins, storage);
    memory.granted_maximum = test::Memory::kNoMaximum;
    if (taken) {
      EXPECT_GT(granted, 0u);
      break;
    }
    ASSERT_EQ(errno_name(taken.error()), "ENOMEM");
    ASSERT_EQ(memory.in_use, before);
    ASSERT_EQ(storage.growths, 0);
    ASSERT_EQ(engine->release("s"), Errc::not_found);
  }
  EXPECT_EQ(engine->release("s"), Errc::none);
}

// Method: stacks for k fibers, for every k below the six that a take needs: one for growth, one for
// stores, two for images and two for copies.
TEST_F(TakeAndRelease, LeavesEverythingAsItWasAtWhateverFiberItFails) {
  test::Device device{65536};
  for (std::size_t stacks_maximum = 0; stacks_maximum <= 6; ++stacks_maximum) {
    FiberStacks few(stacks_maximum);
    const std::size_t before = memory.in_use;
    {
      Engine scarce({clock, memory, few}, params);
      const auto taken = scarce.take("s", std::array{*scarce.track(device)}, storage);
      EXPECT_EQ(taken.has_value(), stacks_maximum == 6);
      EXPECT_EQ(storage.growths, stacks_maximum == 6 ? 1 : 0);
      if (!taken) {
        EXPECT_EQ(errno_name(taken.error()), "ENOMEM");
      }
      EXPECT_EQ(scarce.release("s"), taken ? Errc::none : Errc::not_found);
    }
    settle();
    EXPECT_EQ(memory.in_use, before);
  }
}

// Method: so many events of snapshots that are no more that no further one may be kept; one is
// read, and a snapshot can be taken again.
TEST_F(TakeAndRelease, IsRefusedWhileTooManyEventsAreUnread) {
  for (std::uint32_t i = 0; i < EventQueue::kLeftBehindMaximum; ++i)
    engine->events().reserve(EventKind::low_space, 1, Event::kNoOrigin)->tell(Errc::no_space);
  const auto taken = take();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().error, Errc::no_memory);
  EXPECT_EQ(taken.error().text, "too many events have not been read");
  ASSERT_TRUE(engine->events().poll());
  EXPECT_TRUE(take());
}

// Method: a minimum I/O that no chunk may have.
TEST_F(TakeAndRelease, RefusesADeviceThatNoChunkSizeFits) {
  engine.reset();
  params.chunk_maximum_shift = params.chunk_minimum_shift;
  origin.geometry_.minimum_io = {std::uint64_t{2} << params.chunk_minimum_shift};
  EngineTest::SetUp();
  const auto taken = take();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().error, Errc::too_large);
  EXPECT_EQ(taken.error().text, "no chunk size fits the device");
}

// Method: memory for less than two chunks and the fixed costs.
TEST_F(TakeAndRelease, RefusesMemoryBelowTwoChunks) {
  engine.reset();
  params.memory_maximum = 6 * (65536 + 512) + 2 * (4096 + 512) - 1;
  EngineTest::SetUp();
  EXPECT_EQ(take().error(), Errc::invalid);
  engine.reset();
  ++params.memory_maximum;
  EngineTest::SetUp();
  EXPECT_TRUE(take());
}

// Method: two snapshots of one origin, taken around a write, released in the order of taking.
TEST_F(TakeAndRelease, KeepsSeveralSnapshotsOfOneOriginApart) {
  ASSERT_EQ(write_origin(0, 4096, 1), Errc::none);
  ASSERT_TRUE(take("s"));
  ASSERT_EQ(write_origin(0, 4096, 2), Errc::none);
  ASSERT_TRUE(take("t"));
  ASSERT_EQ(write_origin(0, 4096, 3), Errc::none);
  SnapshotImage first(*engine->find("s"), *tracker);
  SnapshotImage second(*engine->find("t"), *tracker);
  Request read_first(Operation::read, 0, 4096);
  Request read_second(Operation::read, 0, 4096);
  EXPECT_TRUE(read_first.submit(first).holds(1));
  EXPECT_TRUE(read_second.submit(second).holds(2));
  EXPECT_EQ(engine->release("s"), Errc::none);
  Request again(Operation::read, 0, 4096);
  EXPECT_TRUE(again.submit(second).holds(2));
  EXPECT_EQ(engine->release("t"), Errc::none);
}

// Method: a store is in flight when the release begins (release-races-store).
TEST_F(TakeAndRelease, WaitsForAStoreInFlight) {
  ASSERT_TRUE(take());
  storage.held = true;
  ASSERT_EQ(write_origin(0, 512, 1), Errc::none);
  ASSERT_EQ(storage.pending.size(), 1u);
  bool released = false;
  fibers.spawn("release", [&] { released = engine->release("s") == Errc::none; });
  settle();
  EXPECT_FALSE(released) << "S11: engine I/O is pending";
  EXPECT_EQ(engine->find("s"), nullptr);
  storage.answer_next();
  EXPECT_TRUE(released);
  fibers.join();
}

// Method: storage with room for two chunks only; the third does not fit.
TEST_F(TakeAndRelease, CorruptsTheAreaThatOverflows) {
  Tracker* origins[] = {tracker};
  Snapshot* snapshot = *engine->take("s", origins, storage, SectorCount{16});
  ASSERT_EQ(write_origin(0, 8192, 1), Errc::none);
  EXPECT_FALSE(snapshot->area(*tracker)->corrupted());
  ASSERT_EQ(write_origin(8192, 512, 1), Errc::none);
  EXPECT_EQ(snapshot->area(*tracker)->corrupted(), Errc::no_space);
  std::vector<EventKind> kinds;
  while (auto event = engine->events().poll()) kinds.push_back(event->kind);
  EXPECT_EQ(kinds, (std::vector{EventKind::low_space, EventKind::overflow, EventKind::corrupted}));
  EXPECT_EQ(write_origin(12288, 512, 1), Errc::none) << "S7: copying has stopped";
}

// Method: eight neighbouring chunks are preserved at once and stored.
TEST_F(TakeAndRelease, StoresNeighboursInOneRequest) {
  Snapshot* snapshot = *take();
  storage.held = true;
  ASSERT_EQ(write_origin(0, 32768, 1), Errc::none);
  ASSERT_EQ(storage.pending.size(), 1u);
  EXPECT_EQ(storage.pending.front()->range, (SectorRange{{0}, {64}}));
  storage.answer_next();
  std::uint64_t extents = 0;
  snapshot->area(*tracker)->for_each_extent([&](ChunkNumber, SectorRange) { ++extents; });
  EXPECT_EQ(extents, 8u);
}

}  // namespace
}  // namespace cowbell
