// SPDX-License-Identifier: Apache-2.0
// Lies about sizes: of devices that are resized, of images, of what is stored and what is kept in
// memory.
#include <gtest/gtest.h>

#include "tests/models/lying_subjects.hpp"
#include "tests/models/simulated.hpp"

namespace cowbell::model::testing {
namespace {

constexpr std::string_view kGrows = R"(
  param chunk_minimum_shift 12
  param chunk_maximum_in_queue 0
  origin A 16K
  storage file 1M
  take s
  resize A 32K
  write A 8K 16K
  sleep 10ms
)";

/// An image is as large as its origin is now.
class GrowsWithItsOrigin final : public Over {
 public:
  using Over::Over;
  Geometry geometry() const override { return origin_.geometry(); }
  void submit(Bio& bio) override { honest_.submit(bio); }
};

/// Every extent holds one sector more than it does.
class PreservesTooMuch final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  void extents(TakeNumber take, OriginIndex origin, std::vector<LiveExtent>& out) override {
    EngineSubject::extents(take, origin, out);
    for (LiveExtent& extent : out) ++extent.image.count.value;
  }
};

/// Keeps a megabyte while a snapshot lives.
class KeepsMemoryOfASnapshot final : public EngineSubject {
 public:
  KeepsMemoryOfASnapshot(const Environment& environment, const Params& params)
      : EngineSubject(environment, params), memory_(environment.memory) {}
  TakeError take(TakeNumber take, std::string_view name, std::span<const OriginIndex> origins,
                 StorageBacking& storage, std::optional<SectorCount> limit) override {
    kept_ = memory_.allocate(kKept);
    return EngineSubject::take(take, name, origins, storage, limit);
  }
  Errc release(TakeNumber take, std::string_view name) override {
    memory_.deallocate(kept_, kKept);
    return EngineSubject::release(take, name);
  }

 private:
  static constexpr std::size_t kKept = 1 << 20;
  std::pmr::memory_resource& memory_;
  void* kept_ = nullptr;
};

// Method: errors out of nothing beside a device that grows, and beside one that shrinks elsewhere.
TEST(LyingAboutSizes, BlamingAResizeForOtherErrorsIsCaught) {
  const std::string grows = "origin A 64K\ntake s\nresize A 128K\nread A@s 60K 4K";
  const std::string shrinks = "origin A 1M\ntake s\nresize A 512K\nread A@s 0 4K";
  for (const std::string& resized : {grows, shrinks}) {
    EXPECT_EQ(outcome(resized), "held");
    EXPECT_EQ(outcome(resized, maker_of<LiesAboutImages<AlwaysEio>>()), "S6");
  }
  EXPECT_EQ(outcome(grows, maker_of<SaysCorrupted>()), "S5");
  EXPECT_EQ(outcome(shrinks + "\nread A 0 4K", maker_of<LiesAboutOrigins<AlwaysEio>>()), "S7");
}

// Method: what was lost may read zeroes, and nothing else; what was not lost stays frozen.
TEST(LyingAboutSizes, ShowingLaterDataWhereADeviceShrankIsCaught) {
  constexpr std::string_view kLost = R"(
    param chunk_minimum_shift 12
    origin A 64K
    write A 32K 8K
    take s
    resize A 36K
    resize A 64K
    write A 36K 4K
    read A@s 36K 4K
  )";
  EXPECT_EQ(outcome(kLost), "held");
  EXPECT_EQ(outcome(kLost, maker_of<LiesAboutImages<ReadsLaterData>>()), "S2");
  constexpr std::string_view kKept = R"(
    param chunk_minimum_shift 12
    origin A 64K
    write A 32K 8K
    take s
    resize A 36K
    zero A 32K 4K
    read A@s 32K 4K
  )";
  EXPECT_EQ(outcome(kKept), "held");
  EXPECT_EQ(outcome(kKept, maker_of<LiesAboutImages<ReadsLaterData>>()), "S2");
}

// Method: a request, and in another program a take, shows the engine that the device was shorter; a
// take that was invoked before may not have.
TEST(LyingAboutSizes, ShowingTheZeroesOfADeviceSeenShorterIsCaught) {
  const auto lost_around = [](std::string_view between) {
    return "param chunk_minimum_shift 12\norigin A 64K\norigin B 64K\nwrite A 32K 8K\n"
           "take s of A\nresize A 36K\n" +
           std::string(between) + "\nresize A 64K\nread A@s 36K 4K ?\n";
  };
  for (const std::string_view seen : {"read A 0 4K", "read A@s 0 4K ?", "flush A", "take t of A"}) {
    EXPECT_EQ(outcome(lost_around(seen)), "held") << seen;
    EXPECT_EQ(outcome(lost_around(seen), maker_of<LiesAboutImages<ReadsLaterData>>()), "S2")
        << seen;
  }
  for (const std::string_view unseen : {"", "read B 0 4K", "take t of B", "sleep 1ms"})
    EXPECT_EQ(outcome(lost_around(unseen), maker_of<LiesAboutImages<ReadsLaterData>>()), "held")
        << unseen;
  constexpr std::string_view kTakeBefore = R"(
    param chunk_minimum_shift 12
    origin A 64K
    latency A.write 10ms
    write A 32K 8K
    take s
    background write A 0 4K = 0x00
    background take t
    sleep 1ms
    resize A 36K
    sleep 40ms
    resize A 64K
    read A@s 36K 4K ?
  )";
  EXPECT_EQ(outcome(kTakeBefore, maker_of<LiesAboutImages<ReadsLaterData>>()), "held");
}

// Method: an origin that says it grew and serves what it held before it shrank.
TEST(LyingAboutSizes, KeepingWhatAShrunkDeviceLostIsCaught) {
  constexpr std::string_view kShrinks =
      "origin A 64K\nwrite A 60K 4K\nread A 60K 4K\nresize A 32K\nresize A 64K\nread A 60K 4K";
  EXPECT_EQ(outcome(kShrinks), "held");
  EXPECT_EQ(outcome(kShrinks, maker_of<LiesAboutOrigins<ServesTheFirstVersion>>()), "S1");
}

TEST(LyingAboutSizes, AnImageThatGrowsWithItsOriginIsCaught) {
  EXPECT_EQ(outcome(kGrows), "held");
  EXPECT_EQ(outcome(kGrows, maker_of<LiesAboutImages<GrowsWithItsOrigin>>()), "S3");
}

TEST(LyingAboutSizes, AnImageThatWasNeverAsLargeIsCaught) {
  constexpr std::string_view kGrowsBefore = "origin A 16K\nresize A 32K\ntake s";
  class KeepsTheFirstSize final : public Over {
   public:
    using Over::Over;
    Geometry geometry() const override { return {.capacity = {32}}; }
    void submit(Bio& bio) override { honest_.submit(bio); }
  };
  EXPECT_EQ(outcome(kGrowsBefore), "held");
  EXPECT_EQ(outcome(kGrowsBefore, maker_of<LiesAboutImages<KeepsTheFirstSize>>()), "S2");
}

TEST(LyingAboutSizes, StoringWhatTheImageDoesNotHaveIsCaught) {
  EXPECT_EQ(outcome(kGrows, maker_of<PreservesTooMuch>()), "S10");
}

// Method: a megabyte, within a limit of 64, that an idle snapshot has no use for.
TEST(LyingAboutSizes, KeepingMemoryWithoutNeedIsCaught) {
  const std::string kept = "param free_diff_buffer_pool_size 4\n" + std::string(kGrows);
  EXPECT_EQ(outcome(kept), "held");
  EXPECT_EQ(outcome(kept, maker_of<KeepsMemoryOfASnapshot>()), "S9");
}

// Method: the same with a limit that is mostly stacks of fibers, at the busiest moment.
TEST(LyingAboutSizes, TakingTheRoomOfStacksForBuffersIsCaught) {
  const std::string tight = "param memory_maximum 1310720\nparam copy_fibers_maximum 4\n" +
                            std::string(kGrows) + "release s";
  EXPECT_EQ(outcome(tight), "held");
  EXPECT_EQ(outcome(tight, maker_of<KeepsMemoryOfASnapshot>()), "S9");
}

}  // namespace
}  // namespace cowbell::model::testing
