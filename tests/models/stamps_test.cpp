// SPDX-License-Identifier: Apache-2.0
#include "models/stamps.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace cowbell::model {
namespace {

constexpr std::uint64_t kRun = 7;

struct Memory {
  explicit Memory(std::size_t sectors)
      : bytes(sectors * kSectorSize), segment{bytes.data(), bytes.size()} {}
  std::span<const Segment> segments() const { return {&segment, 1}; }
  std::byte* sector(std::size_t i) { return bytes.data() + i * kSectorSize; }
  std::vector<std::byte> bytes;
  Segment segment;
};

class StampsTest : public testing::TestWithParam<bool> {
 protected:
  Stamps stamps{kRun, GetParam()};
};

// Method: with whole bodies and with tags alone, over three sectors.
TEST_P(StampsTest, ReadBackAsTheVersionTheyWereWrittenAs) {
  Memory memory(3);
  stamps.fill(memory.segments(), 2, Sector{100}, 42);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(stamps.content(memory.sector(i), Sector{100 + i}), Content::stamp(42));
}

TEST_P(StampsTest, AreGarbageInAnotherSectorOrRun) {
  Memory memory(1);
  stamps.fill(memory.segments(), 2, Sector{100}, 42);
  EXPECT_TRUE(stamps.content(memory.sector(0), Sector{101}).is_garbage());
  EXPECT_TRUE(Stamps(kRun + 1, GetParam()).content(memory.sector(0), Sector{100}).is_garbage());
}

// Method: every bit of a tag is turned over once.
TEST_P(StampsTest, AreGarbageWithAnyBitOfTheTagWrong) {
  Memory memory(1);
  stamps.fill(memory.segments(), 2, Sector{100}, 42);
  for (std::size_t bit = 0; bit < kTagSize * 8; ++bit) {
    const std::byte flip{static_cast<unsigned char>(1u << bit % 8)};
    memory.bytes[bit / 8] ^= flip;
    EXPECT_TRUE(stamps.content(memory.sector(0), Sector{100}).is_garbage()) << bit;
    memory.bytes[bit / 8] ^= flip;
  }
}

// Method: all 256 bytes, at sector 0 with run 0 too, where zeroes come nearest to a stamp.
TEST_P(StampsTest, TellRepeatedBytesFromStamps) {
  const Stamps of_run_0(0, GetParam());
  Memory memory(1);
  for (unsigned value = 0; value < 256; ++value) {
    stamps.fill_byte(memory.segments(), static_cast<std::uint8_t>(value));
    const Content expected = Content::byte(static_cast<std::uint8_t>(value));
    EXPECT_EQ(stamps.content(memory.sector(0), Sector{100}), expected);
    EXPECT_EQ(of_run_0.content(memory.sector(0), Sector{0}), expected);
  }
}

// Method: memory that held a stamp, a byte and zeroes before.
TEST_P(StampsTest, AreGoneFromSpoiledMemory) {
  Memory memory(1);
  stamps.fill(memory.segments(), 2, Sector{100}, 42);
  stamps.spoil(memory.segments());
  EXPECT_TRUE(stamps.content(memory.sector(0), Sector{100}).is_garbage());
  EXPECT_EQ(stamps.look(memory.sector(0)).kind, Stamps::Sight::Kind::unread);
  for (const std::uint8_t value : {0x00, 0x5f, 0xff}) {
    stamps.fill_byte(memory.segments(), value);
    stamps.spoil(memory.segments());
    EXPECT_TRUE(stamps.content(memory.sector(0), Sector{100}).is_garbage());
  }
}

TEST_P(StampsTest, SayWhereTheyWereWritten) {
  Memory memory(1);
  stamps.fill(memory.segments(), stamp_device(3, 9), Sector{100}, 42);
  const Stamps::Sight sight = stamps.look(memory.sector(0));
  EXPECT_EQ(sight.kind, Stamps::Sight::Kind::stamp);
  EXPECT_EQ(sight.device, stamp_device(3, 9));
  EXPECT_EQ(sight.sector, Sector{100});
  EXPECT_EQ(sight.version, 42u);
}

INSTANTIATE_TEST_SUITE_P(WholeAndTag, StampsTest, testing::Bool());

// Method: every byte of a body is changed once.
TEST(Stamps, AreGarbageWithAnyByteOfTheBodyWrong) {
  const Stamps stamps(kRun, true);
  Memory memory(1);
  stamps.fill(memory.segments(), 2, Sector{100}, 42);
  for (std::size_t i = kTagSize; i < kSectorSize; ++i) {
    memory.bytes[i] ^= std::byte{1};
    EXPECT_TRUE(stamps.content(memory.sector(0), Sector{100}).is_garbage()) << i;
    EXPECT_EQ(stamps.look(memory.sector(0)).kind, Stamps::Sight::Kind::torn_stamp);
    memory.bytes[i] ^= std::byte{1};
  }
}

TEST(Stamps, OfTagsAloneLeaveTheBodyAlone) {
  const Stamps stamps(kRun, false);
  Memory memory(1);
  stamps.fill(memory.segments(), 2, Sector{100}, 42);
  for (std::size_t i = kTagSize; i < kSectorSize; ++i) EXPECT_EQ(memory.bytes[i], std::byte{});
}

// Method: a block of four sectors over three segments, whole and with one sector of another write.
TEST(Stamps, MakeABlockOfAllItsSectorsOrGarbage) {
  const Stamps stamps(kRun, true);
  Memory memory(4);
  const std::array<Segment, 3> segments{{{memory.sector(0), kSectorSize},
                                         {memory.sector(1), 2 * kSectorSize},
                                         {memory.sector(3), kSectorSize}}};
  stamps.fill(segments, 0, Sector{8}, 5);
  SectorCursor whole(segments);
  EXPECT_EQ(next_block(stamps, whole, Sector{8}, 4), Content::stamp(5));
  stamps.fill(std::span(segments).last(1), 0, Sector{11}, 6);
  SectorCursor mixed(segments);
  EXPECT_TRUE(next_block(stamps, mixed, Sector{8}, 4).is_garbage());
}

}  // namespace
}  // namespace cowbell::model
