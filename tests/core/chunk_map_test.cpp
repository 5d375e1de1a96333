// SPDX-License-Identifier: Apache-2.0
#include "core/chunk_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <pcg_random.hpp>

namespace cowbell {
namespace {

/// Counts what is in use now and was at most; refuses from the allocation `refused_from` on.
class Memory final : public std::pmr::memory_resource {
 public:
  std::size_t in_use = 0;
  std::size_t peak = 0;
  std::uint64_t allocations = 0;
  std::uint64_t refused_from = ~std::uint64_t{0};

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (++allocations >= refused_from) throw std::bad_alloc();
    in_use += size;
    peak = std::max(peak, in_use);
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
    in_use -= size;
    std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

constexpr std::uint64_t kChunks = std::uint64_t{1} << 40;

// What the header promises: 16 n at rest, 24 n at any instant, 8 KiB in either case.
void expect_bounded(const Memory& memory, std::uint64_t records) {
  constexpr std::size_t kInAnyCase = 8 * 1024;
  ASSERT_LE(memory.in_use, 16 * records + kInAnyCase) << records << " records at rest";
  ASSERT_LE(memory.peak, 24 * records + kInAnyCase) << records << " records, while it grew";
}

// Method: chunks all over a device of 2^40 of them; every one is looked up, in every state, and as
// many that were never put in.
TEST(ChunkMap, KnowsChunksThatLieAnywhere) {
  Memory memory;
  ChunkMap map(memory);
  std::map<std::uint64_t, Sector> stored;
  pcg64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t chunk = random(kChunks);
    if (!stored.emplace(chunk, Sector{random() >> 18}).second) continue;
    ASSERT_EQ(map.insert_in_memory({chunk}), Errc::none);
    ASSERT_EQ(map.state({chunk}), ChunkState::in_memory);
    if (i % 16 == 0)
      map.set_failed({chunk});
    else
      map.set_stored({chunk}, stored[chunk]);
    ASSERT_EQ(map.state({chunk}), i % 16 == 0 ? ChunkState::failed : ChunkState::stored);
    if (i % 16 == 0) stored.erase(chunk);
  }
  std::size_t visited = 0;
  auto expected = stored.begin();
  map.for_each_stored([&](ChunkNumber chunk, Sector extent) {
    ++visited;
    ASSERT_EQ(chunk.value, expected->first);
    ASSERT_EQ(extent, expected++->second);
  });
  EXPECT_EQ(visited, stored.size());
  for (const auto& [chunk, extent] : stored) ASSERT_EQ(map.extent({chunk}), extent);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t chunk = random(kChunks);
    ASSERT_TRUE(map.contains({chunk}) || map.state({chunk}) == ChunkState::fresh);
    ASSERT_LE(stored.count(chunk), map.contains({chunk}) ? 1u : 0u);
  }
}

// Method: every range of a small device against a count one by one, with gaps at random.
TEST(ChunkMap, CountsWhatARangeHolds) {
  Memory memory;
  ChunkMap map(memory);
  constexpr std::uint64_t kFew = 1000;
  pcg64 random(2);
  std::vector<bool> in(kFew);
  for (int i = 0; i < 600; ++i) {
    const std::uint64_t chunk = random(kFew);
    if (in[chunk]) continue;
    in[chunk] = true;
    ASSERT_EQ(map.insert_in_memory({chunk}), Errc::none);
  }
  for (std::uint64_t first = 0; first < kFew; first += 7) {
    std::uint64_t count = 0;
    for (std::uint64_t end = first; end <= kFew; ++end) {
      ASSERT_EQ(map.count({first}, {end}), count) << first << " to " << end;
      if (end < kFew) count += in[end];
    }
  }
}

// Method: 200,000 chunks in random order, in ascending and in descending order; the bound holds
// after every single one.
TEST(ChunkMap, TakesNoMoreThanSixteenBytesAChunkAtRestAndTwentyFourAtAnyInstant) {
  constexpr std::uint64_t kCount = 200'000;
  for (const char* order : {"random", "ascending", "descending"}) {
    SCOPED_TRACE(order);
    Memory memory;
    ChunkMap map(memory);
    pcg64 random(3);
    for (std::uint64_t i = 0; i < kCount; ++i) {
      const std::uint64_t chunk = *order == 'r' ? random(kChunks) : *order == 'a' ? i : kCount - i;
      if (!map.contains({chunk})) {
        ASSERT_EQ(map.insert_in_memory({chunk}), Errc::none);
      }
      ASSERT_NO_FATAL_FAILURE(expect_bounded(memory, map.size()));
      memory.peak = memory.in_use;
    }
  }
}

// Method: the k-th allocation is refused, for every k that some 700 chunks need; the map then
// holds exactly what it held, and goes on when there is memory again.
TEST(ChunkMap, HoldsWhatItHeldWhenMemoryIsRefused) {
  constexpr std::uint64_t kCount = 700;
  for (std::uint64_t refused = 1;; ++refused) {
    Memory memory;
    ChunkMap map(memory);
    memory.refused_from = refused;
    std::uint64_t refusals = 0;
    for (std::uint64_t i = 0; i < kCount; ++i) {
      const ChunkNumber chunk{i * 7919 % 100'003};
      if (map.insert_in_memory(chunk) == Errc::none) continue;
      ++refusals;
      ASSERT_FALSE(map.contains(chunk));
      ASSERT_EQ(map.size(), i);
      memory.refused_from = ~std::uint64_t{0};
      ASSERT_EQ(map.insert_in_memory(chunk), Errc::none);
    }
    for (std::uint64_t i = 0; i < kCount; ++i) ASSERT_TRUE(map.contains({i * 7919 % 100'003}));
    ASSERT_EQ(map.count({0}, {100'003}), kCount);
    if (refusals == 0) break;
  }
}

}  // namespace
}  // namespace cowbell
