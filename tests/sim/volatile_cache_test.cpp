// SPDX-License-Identifier: Apache-2.0
#include "sim/volatile_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cowbell::sim {
namespace {

enum Way : std::uint32_t { nothing, everything, whole_writes, single_blocks };

/// A cache over a store of blocks of two sectors, with requests that write letters.
class Cache {
 public:
  Cache() {
    store_.restart(false);
    cache_.restart(true, kBlock);
  }

  std::uint64_t submit() {
    cache_.submitted();
    return submitted_++;
  }
  void change(std::uint64_t request, std::uint64_t block, std::uint64_t count, char letter) {
    const SectorRange range{{block * 2}, {count * 2}};
    cache_.changes(request, range, store_);
    std::string memory(to_bytes(range.count).value, letter);
    const Segment segment{reinterpret_cast<std::byte*>(memory.data()), memory.size()};
    store_.write(range, {&segment, 1}, 0);
  }
  /// Submitted, in effect and answered.
  std::uint64_t write(std::uint64_t block, std::uint64_t count, char letter) {
    const std::uint64_t request = submit();
    change(request, block, count, letter);
    cache_.answered(request);
    return request;
  }
  void flush() { cache_.flush(submit()); }
  void answer(std::uint64_t request) { cache_.answered(request); }
  void flush(std::uint64_t request) { cache_.flush(request); }
  void force(std::uint64_t request, std::uint64_t block) {
    cache_.force(request, {{block * 2}, kBlock});
  }
  void settle(std::uint64_t block) { cache_.settle({{block * 2}, kBlock}); }

  std::uint64_t lose_power(std::vector<std::uint32_t> choices) {
    model::RecordedDecisions given;
    given.of(model::Concern::power) = std::move(choices);
    Decisions decisions;
    decisions.replay(given);
    return cache_.lose_power(store_, decisions);
  }

  /// A letter a block, `.` for zeroes, `!` for a block whose sectors differ.
  std::string content(std::uint64_t blocks) {
    std::string seen;
    for (std::uint64_t i = 0; i < blocks; ++i) {
      std::string memory(2 * kSectorSize, '?');
      const Segment segment{reinterpret_cast<std::byte*>(memory.data()), memory.size()};
      store_.read({{i * 2}, kBlock}, {&segment, 1}, 0);
      const char letter = memory[0] == '\0' ? '.' : memory[0];
      seen += memory[0] == memory[kSectorSize] ? letter : '!';
    }
    return seen;
  }

 private:
  static constexpr SectorCount kBlock{2};
  SectorPages pages_;
  SectorStore store_{pages_};
  VolatileCache cache_;
  std::uint64_t submitted_ = 0;
};

// Method: two writes one over the other, and every way to lose them.
TEST(VolatileCache, LosesWhatIsDecided) {
  const auto left = [](std::vector<std::uint32_t> choices) {
    Cache cache;
    cache.write(0, 3, 'a');
    cache.write(1, 3, 'b');
    const std::uint64_t undone = cache.lose_power(std::move(choices));
    return cache.content(4) + std::to_string(undone);
  };
  EXPECT_EQ(left({Way::nothing}), "abbb0");
  EXPECT_EQ(left({Way::everything}), "....4");
  EXPECT_EQ(left({Way::whole_writes, 0, 0}), "abbb0");
  EXPECT_EQ(left({Way::whole_writes, 1, 0}), ".bbb1");
  EXPECT_EQ(left({Way::whole_writes, 0, 1}), "aaa.3");
  EXPECT_EQ(left({Way::whole_writes, 1, 1}), "....4");
  EXPECT_EQ(left({Way::single_blocks, 0, 1, 2, 1}), "aa..3");
}

// Method: a flush between two writes to the same block, one of them answered before it, one later.
TEST(VolatileCache, KeepsWhatWasAnsweredBeforeAFlush) {
  Cache cache;
  cache.write(0, 2, 'a');
  const std::uint64_t open = cache.submit();
  cache.change(open, 1, 1, 'b');
  const std::uint64_t flush = cache.submit();
  cache.answer(open);
  cache.flush(flush);
  EXPECT_EQ(cache.lose_power({Way::everything}), 1u);
  EXPECT_EQ(cache.content(2), "aa");
}

// Method: the durable content is the newest one that a flush covers, not what it replaced.
TEST(VolatileCache, AFlushGivesUpWhatWasReplaced) {
  Cache cache;
  const std::uint64_t open = cache.submit();
  cache.change(open, 0, 1, 'a');
  cache.write(0, 1, 'b');
  cache.flush();
  cache.write(0, 1, 'c');
  EXPECT_EQ(cache.lose_power({Way::everything}), 1u);
  EXPECT_EQ(cache.content(1), "b");
}

// Method: one block of a write of two is forced; another write lies over both.
TEST(VolatileCache, ForcesOnlyWhatARequestWrote) {
  Cache cache;
  cache.write(0, 2, 'a');
  const std::uint64_t forced = cache.write(1, 1, 'b');
  cache.write(0, 2, 'c');
  cache.force(forced, 0);
  cache.force(forced, 1);
  cache.force(forced, 7);
  EXPECT_EQ(cache.lose_power({Way::everything}), 2u);
  EXPECT_EQ(cache.content(2), ".b");
}

// Method: a block is settled as it is; after a power cut everything is.
TEST(VolatileCache, NothingSettledIsEverLost) {
  Cache cache;
  cache.write(0, 2, 'a');
  cache.settle(1);
  EXPECT_EQ(cache.lose_power({Way::everything}), 1u);
  EXPECT_EQ(cache.content(2), ".a");
  EXPECT_EQ(cache.lose_power({Way::everything}), 0u);
  cache.write(0, 1, 'b');
  EXPECT_EQ(cache.lose_power({Way::nothing}), 0u);
  EXPECT_EQ(cache.lose_power({Way::everything}), 0u);
  EXPECT_EQ(cache.content(2), "ba");
}

}  // namespace
}  // namespace cowbell::sim
