// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/clauses.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "core/uring/aligned_buffer.hpp"
#include "tests/uring/requests.hpp"

namespace cowbell::test {
namespace {

using uring::AlignedBuffer;

/// Bytes that tell every sector from every other, and one `version` from another.
void stamp(std::span<std::byte> bytes, Sector first, unsigned version) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint64_t word = (first.value + i / kSectorSize) * 1'000'003 + version * 8191 + i / 8;
    bytes[i] = static_cast<std::byte>((word * 0x9e3779b97f4a7c15) >> 56);
  }
}

bool holds(std::span<const std::byte> bytes, Sector first, unsigned version) {
  std::vector<std::byte> expected(bytes.size());
  stamp(expected, first, version);
  return std::memcmp(bytes.data(), expected.data(), bytes.size()) == 0;
}

AlignedBuffer read_all(BlockDevice& device) {
  AlignedBuffer all(to_bytes(device.geometry().capacity));
  EXPECT_EQ(read(device, {0}, all.bytes()), Errc::none);
  return all;
}

void write_all(BlockDevice& device, unsigned version) {
  const AlignedBuffer all(to_bytes(device.geometry().capacity));
  stamp(all.bytes(), {0}, version);
  ASSERT_EQ(write(device, {0}, all.bytes()), Errc::none);
}

/// The geometry of each kind of device.
void has_a_geometry_that_agrees_with_itself(Subject& subject) {
  const Geometry geometry = subject.disk.geometry();
  EXPECT_EQ(geometry.capacity, kDiskSize);
  for (const ByteCount size :
       {geometry.logical_block, geometry.physical_block, geometry.minimum_io}) {
    EXPECT_GE(size.value, kSectorSize);
    EXPECT_EQ(size.value & (size.value - 1), 0u);
  }
  EXPECT_GE(geometry.physical_block, geometry.logical_block);
  EXPECT_GE(geometry.minimum_io, geometry.logical_block);
  EXPECT_EQ(to_bytes(geometry.capacity).value % geometry.logical_block.value, 0u);
}

/// The whole of a device that nobody has written.
void reads_zeroes_at_first(Subject& subject) {
  EXPECT_TRUE(all_are(read_all(subject.disk).bytes(), 0));
}

/// The whole device is written, then block after block again; both are read back whole and
// block by block.
void reads_what_was_written(Subject& subject) {
  write_all(subject.disk, 1);
  EXPECT_TRUE(holds(read_all(subject.disk).bytes(), {0}, 1));
  const ByteCount block = subject.disk.geometry().logical_block;
  const AlignedBuffer one(block);
  for (Sector first{0}; first.value < kDiskSize.value; first += to_sectors(block)) {
    stamp(one.bytes(), first, 2);
    ASSERT_EQ(write(subject.disk, first, one.bytes()), Errc::none);
    std::memset(one.bytes().data(), 0, block.value);
    ASSERT_EQ(read(subject.disk, first, one.bytes()), Errc::none);
    ASSERT_TRUE(holds(one.bytes(), first, 2));
  }
}

/// Segments of one, three, seven … sectors, scattered backwards in memory.
void transfers_segments_in_their_order(Subject& subject) {
  const std::array<std::size_t, 6> sectors{1, 3, 7, 16, 4, 1};  // 32 in all
  const AlignedBuffer memory({64 * 4096});
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < sectors.size(); ++i)
    segments.push_back(
        {memory.bytes().data() + (sectors.size() - i) * 32 * 1024, sectors[i] * kSectorSize});
  const Sector first{64};
  std::vector<std::byte> bytes(32 * kSectorSize);
  stamp(bytes, first, 3);
  copy_in(segments, 0, bytes);
  Bio bio;
  bio.operation = Operation::write;
  bio.range = {first, {32}};
  bio.segments = segments;
  ASSERT_EQ(submit_and_wait(subject.disk, bio), Errc::none);
  EXPECT_EQ(bio.transferred.value, bytes.size());
  const AlignedBuffer all = read_all(subject.disk);
  EXPECT_TRUE(holds(all.bytes().subspan(64 * kSectorSize, bytes.size()), first, 3));
  EXPECT_TRUE(all_are(all.bytes().first(64 * kSectorSize), 0));
  EXPECT_TRUE(all_are(all.bytes().subspan(96 * kSectorSize), 0));
  std::memset(memory.bytes().data(), 0xff, memory.bytes().size());
  bio.reset();
  bio.operation = Operation::read;
  ASSERT_EQ(submit_and_wait(subject.disk, bio), Errc::none);
  copy_out(segments, 0, bytes);
  EXPECT_TRUE(holds(bytes, first, 3));
  EXPECT_TRUE(all_are({segments[1].data + segments[1].size, kSectorSize}, 0xff));
}

/// Every combination of flags on every kind of change.
void keeps_the_meaning_of_a_request_under_its_flags(Subject& subject) {
  const AlignedBuffer buffer({4096});
  for (unsigned flags = 0; flags < 8; ++flags) {
    const BioFlags set{(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};
    write_all(subject.disk, flags);
    stamp(buffer.bytes(), {8}, 100 + flags);
    const Errc written = write(subject.disk, {8}, buffer.bytes(), set);
    const Errc zeroed = request(subject.disk, Operation::write_zeroes, {{16}, {8}}, set);
    const AlignedBuffer all = read_all(subject.disk);
    const auto block = [&](unsigned number) { return all.bytes().subspan(number * 4096, 4096); };
    EXPECT_TRUE(holds(block(0), {0}, flags));
    // EAGAIN, which only NOWAIT may get, says that nothing was done.
    EXPECT_TRUE(written == Errc::none || (set.nowait && written == Errc::again));
    EXPECT_TRUE(written == Errc::none ? holds(block(1), {8}, 100 + flags)
                                      : holds(all.bytes().first(8192), {0}, flags));
    EXPECT_TRUE(zeroed == Errc::none || (set.nowait && zeroed == Errc::again));
    EXPECT_TRUE(zeroed != Errc::none || all_are(block(2), 0));
  }
  EXPECT_EQ(request(subject.disk, Operation::flush), Errc::none);
}

/// Zeroes over the middle of a full device.
void writes_zeroes(Subject& subject) {
  write_all(subject.disk, 4);
  ASSERT_EQ(request(subject.disk, Operation::write_zeroes, {{24}, {1000}}), Errc::none);
  const AlignedBuffer all = read_all(subject.disk);
  EXPECT_TRUE(holds(all.bytes().first(24 * 512), {0}, 4));
  EXPECT_TRUE(all_are(all.bytes().subspan(24 * 512, 1000 * 512), 0));
  const AlignedBuffer behind({4096});
  ASSERT_EQ(read(subject.disk, {1024}, behind.bytes()), Errc::none);
  std::vector<std::byte> expected(all.bytes().size());
  stamp(expected, {0}, 4);
  EXPECT_EQ(std::memcmp(behind.bytes().data(), expected.data() + 1024 * 512, 4096), 0);
}

/// A discard over the middle of a full device; each block is what it was or zero, and stays
// so when it is read again.
void leaves_old_bytes_or_zeroes_after_a_discard(Subject& subject) {
  write_all(subject.disk, 5);
  const AlignedBuffer before = read_all(subject.disk);
  ASSERT_EQ(request(subject.disk, Operation::discard, {{512}, {1024}}), Errc::none);
  const AlignedBuffer after = read_all(subject.disk);
  const AlignedBuffer again = read_all(subject.disk);
  const std::size_t block = subject.disk.geometry().logical_block.value;
  for (std::size_t at = 0; at < after.bytes().size(); at += block) {
    const auto same = [&](const AlignedBuffer& a, const AlignedBuffer& b) {
      return std::memcmp(a.bytes().data() + at, b.bytes().data() + at, block) == 0;
    };
    const bool discarded = at >= 512 * kSectorSize && at < 1536 * kSectorSize;
    ASSERT_TRUE(same(before, after) || (discarded && all_are(after.bytes().subspan(at, block), 0)))
        << "at byte " << at;
    ASSERT_TRUE(same(after, again)) << "at byte " << at;
  }
}

/// Each way in which a request can be wrong; it is answered EINVAL and changes nothing.
void refuses_wrong_requests_without_effect(Subject& subject) {
  write_all(subject.disk, 6);
  const Geometry geometry = subject.disk.geometry();
  const std::uint64_t capacity = geometry.capacity.value;
  const std::uint64_t block = to_sectors(geometry.logical_block).value;
  const AlignedBuffer buffer({64 * 1024});
  struct Wrong {
    SectorRange range;
    std::size_t segment_size;
  };
  std::vector<Wrong> wrong{{{{0}, {0}}, 0},
                           {{{capacity}, {block}}, block * 512},
                           {{{capacity - block}, {2 * block}}, 2 * block * 512},
                           {{{~std::uint64_t{0} - block + 1}, {block}}, block * 512},
                           {{{0}, {block}}, 2 * block * 512},
                           {{{0}, {2 * block}}, block * 512},
                           {{{0}, {block}}, block * 512 - 1}};
  if (block > 1) {
    wrong.push_back({{{1}, {block}}, block * 512});
    wrong.push_back({{{0}, {1}}, 512});
  }
  for (const Operation operation : {Operation::read, Operation::write}) {
    for (const Wrong& each : wrong) {
      Bio bio;
      Segment segment{buffer.bytes().data(), each.segment_size};
      bio.operation = operation;
      bio.range = each.range;
      if (each.segment_size != 0) bio.segments = {&segment, 1};
      EXPECT_EQ(submit_and_wait(subject.disk, bio), Errc::invalid);
      EXPECT_EQ(bio.transferred.value, 0u);
    }
  }
  for (const Operation operation : {Operation::write_zeroes, Operation::discard})
    EXPECT_EQ(request(subject.disk, operation, {{capacity}, {block}}), Errc::invalid);
  EXPECT_EQ(request(subject.disk, Operation::flush, {{0}, {block}}), Errc::invalid);
  EXPECT_TRUE(holds(read_all(subject.disk).bytes(), {0}, 6));
}

/// A request that counts its answers.
struct Counted {
  Bio bio;
  Segment segment;
  unsigned answers = 0;
  unsigned* open = nullptr;
  WaitQueue* end = nullptr;

  void submit(BlockDevice& device) {
    const bool pushed = bio.push({[](Bio&, void* context) noexcept {
                                    auto& self = *static_cast<Counted*>(context);
                                    ++self.answers;
                                    if (--*self.open == 0) self.end->wake_all();
                                  },
                                  this});
    ASSERT_TRUE(pushed);
    device.submit(bio);
  }
};

/// One fiber submits a write to each block of 4 KiB, and as many reads that are wrong,
// without waiting; then a read of each.
void answers_each_of_many_requests_once(Subject& subject) {
  constexpr std::size_t kBlocks = kDiskSize.value / 8;
  const AlignedBuffer memory(to_bytes(kDiskSize));
  for (const Operation operation : {Operation::write, Operation::read}) {
    std::vector<Counted> requests(2 * kBlocks);
    unsigned open = 2 * kBlocks;
    WaitQueue end{"the last of many answers"};
    stamp(memory.bytes(), {0}, 7);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Counted& each = requests[i];
      each.open = &open;
      each.end = &end;
      const std::size_t block = i / 2;
      const Sector first{i % 2 == 0 ? block * 8 : kDiskSize.value + block * 8};
      set_request(each.bio, operation, first, memory.bytes().subspan(block * 4096, 4096),
                  each.segment);
      each.submit(subject.disk);
    }
    if (open != 0) end.wait();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      ASSERT_EQ(requests[i].answers, 1u);
      ASSERT_EQ(requests[i].bio.outcome(), i % 2 == 0 ? Errc::none : Errc::invalid);
    }
    EXPECT_TRUE(holds(memory.bytes(), {0}, 7));
  }
}

/// 16 fibers, each with a stretch of the device that nobody else touches, write and read it
// over and over.
void serves_many_fibers_at_once(Subject& subject) {
  FiberGroup fibers(subject.environment.stacks);
  constexpr std::uint64_t kFibers = 16;
  constexpr SectorCount kStretch{kDiskSize.value / kFibers};
  for (std::uint64_t i = 0; i < kFibers; ++i)
    fibers.spawn("client", [&, i] {
      const Sector first{i * kStretch.value};
      const AlignedBuffer buffer(to_bytes(kStretch));
      for (unsigned version = 10; version < 20; ++version) {
        stamp(buffer.bytes(), first, version);
        ASSERT_EQ(write(subject.disk, first, buffer.bytes()), Errc::none);
        std::memset(buffer.bytes().data(), 0, buffer.bytes().size());
        ASSERT_EQ(read(subject.disk, first, buffer.bytes()), Errc::none);
        ASSERT_TRUE(holds(buffer.bytes(), first, version));
      }
    });
  fibers.join();
}

/// The frames of a bio that passed three devices run from the last pushed to the first.
void runs_the_frames_of_a_bio_from_the_top(Subject& subject) {
  struct Mark {
    std::vector<int>* order;
    int number;
  };
  std::vector<int> order;
  std::array<Mark, 3> marks{Mark{&order, 0}, Mark{&order, 1}, Mark{&order, 2}};
  Bio bio;
  bio.operation = Operation::flush;
  WaitQueue end{"the owner's frame"};
  ASSERT_TRUE(bio.push(
      {[](Bio&, void* context) noexcept { static_cast<WaitQueue*>(context)->wake_one(); }, &end}));
  for (Mark& mark : marks)
    ASSERT_TRUE(bio.push({[](Bio& answered, void* context) noexcept {
                            auto& at = *static_cast<Mark*>(context);
                            at.order->push_back(at.number);
                            answered.complete();
                          },
                          &mark}));
  subject.disk.submit(bio);
  end.wait();
  EXPECT_EQ(order, (std::vector<int>{2, 1, 0}));
}

/// Storage that cannot grow, asked to: it says so, keeps its size, and takes writes to its end.
void refuses_to_grow(StorageBacking& storage) {
  const SectorCount capacity = storage.geometry().capacity;
  EXPECT_EQ(storage.grow({capacity.value * 2}), Errc::not_supported);
  EXPECT_EQ(storage.geometry().capacity, capacity);
  ASSERT_GE(capacity.value, 8u);
  const AlignedBuffer buffer({4096});
  const Sector last{capacity.value - 8};
  stamp(buffer.bytes(), last, 8);
  ASSERT_EQ(write(storage, last, buffer.bytes()), Errc::none);
  EXPECT_EQ(write(storage, {capacity.value}, buffer.bytes()), Errc::invalid);
  ASSERT_EQ(read(storage, last, buffer.bytes()), Errc::none);
  EXPECT_TRUE(holds(buffer.bytes(), last, 8));
}

/// Storage from nothing in three steps; what was there stays, what is new reads as zeroes
// and can be written to its last block.
void grows_as_storage(Subject& subject) {
  StorageBacking& storage = subject.storage;
  if (!storage.can_grow()) return refuses_to_grow(storage);
  EXPECT_EQ(storage.geometry().capacity.value, 0u);
  const AlignedBuffer buffer({4096});
  EXPECT_EQ(read(storage, {0}, buffer.bytes()), Errc::invalid);
  for (std::uint64_t step = 1; step <= 3; ++step) {
    const std::uint64_t capacity = step * 1024;
    ASSERT_EQ(storage.grow({capacity}), Errc::none);
    ASSERT_EQ(storage.geometry().capacity.value, capacity);
    ASSERT_EQ(storage.grow({capacity - 1024}), Errc::none);
    ASSERT_EQ(storage.geometry().capacity.value, capacity);
    ASSERT_EQ(read(storage, {capacity - 8}, buffer.bytes()), Errc::none);
    EXPECT_TRUE(all_are(buffer.bytes(), 0));
    stamp(buffer.bytes(), {capacity - 8}, 8);
    ASSERT_EQ(write(storage, {capacity - 8}, buffer.bytes()), Errc::none);
  }
  for (std::uint64_t step = 1; step <= 3; ++step) {
    ASSERT_EQ(read(storage, {step * 1024 - 8}, buffer.bytes()), Errc::none);
    EXPECT_TRUE(holds(buffer.bytes(), {step * 1024 - 8}, 8));
  }
}

/// Storage grows, or refuses to, while it is read and written.
void grows_beside_its_traffic(Subject& subject) {
  StorageBacking& storage = subject.storage;
  const SectorCount fixed = storage.geometry().capacity;
  const Errc expected = storage.can_grow() ? Errc::none : Errc::not_supported;
  ASSERT_EQ(storage.grow({1024}), expected);
  FiberGroup fibers(subject.environment.stacks);
  fibers.spawn("growth", [&] {
    for (std::uint64_t capacity = 2048; capacity <= 8192; capacity += 1024)
      EXPECT_EQ(storage.grow({capacity}), expected);
  });
  for (std::uint64_t i = 0; i < 4; ++i)
    fibers.spawn("traffic", [&, i] {
      const AlignedBuffer buffer({4096});
      for (unsigned version = 0; version < 20; ++version) {
        const Sector first{i * 256 + version * 8};
        stamp(buffer.bytes(), first, version);
        ASSERT_EQ(write(storage, first, buffer.bytes()), Errc::none);
        ASSERT_EQ(read(storage, first, buffer.bytes()), Errc::none);
        ASSERT_TRUE(holds(buffer.bytes(), first, version));
      }
    });
  fibers.join();
  EXPECT_EQ(storage.geometry().capacity, storage.can_grow() ? SectorCount{8192} : fixed);
}

/// Storage beside an origin.
void does_not_lie_on_the_origin_beside_it(Subject& subject) {
  EXPECT_FALSE(subject.storage.lies_on(subject.disk));
}

}  // namespace

std::vector<Clause> contract_clauses() {
  return {
      {"HasAGeometryThatAgreesWithItself", has_a_geometry_that_agrees_with_itself},
      {"ReadsZeroesAtFirst", reads_zeroes_at_first},
      {"ReadsWhatWasWritten", reads_what_was_written},
      {"TransfersSegmentsInTheirOrder", transfers_segments_in_their_order},
      {"KeepsTheMeaningOfARequestUnderItsFlags", keeps_the_meaning_of_a_request_under_its_flags},
      {"WritesZeroes", writes_zeroes},
      {"LeavesOldBytesOrZeroesAfterADiscard", leaves_old_bytes_or_zeroes_after_a_discard},
      {"RefusesWrongRequestsWithoutEffect", refuses_wrong_requests_without_effect},
      {"AnswersEachOfManyRequestsOnce", answers_each_of_many_requests_once},
      {"ServesManyFibersAtOnce", serves_many_fibers_at_once},
      {"RunsTheFramesOfABioFromTheTop", runs_the_frames_of_a_bio_from_the_top},
      {"GrowsAsStorage", grows_as_storage},
      {"GrowsBesideItsTraffic", grows_beside_its_traffic},
      {"DoesNotLieOnTheOriginBesideIt", does_not_lie_on_the_origin_beside_it},
  };
}

}  // namespace cowbell::test
