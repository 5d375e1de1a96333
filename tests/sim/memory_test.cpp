// SPDX-License-Identifier: Apache-2.0
#include "sim/memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "sim/decisions.hpp"
#include "sim/virtual_clock.hpp"
#include "tests/sim/recording_listener.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

struct MemoryBench {
  VirtualClock clock;
  EventLog log{clock};
  RecordingListener listener;
  Memory memory{log};

  /// The numbers of the allocations that were refused.
  std::string refusals(std::vector<model::MemoryFault> faults, int count, int heal_before = 0) {
    memory.restart(faults, listener, false);
    std::string refused;
    for (int i = 1; i <= count; ++i) {
      if (i == heal_before) memory.heal();
      try {
        memory.deallocate(memory.allocate(64), 64);
      } catch (const std::bad_alloc&) {
        refused += std::to_string(i) + ' ';
      }
    }
    return refused;
  }
};

// Method: the second and the fifth; the fourth and all later; a heal in between.
TEST(Memory, RefusesWhatTheScenarioSays) {
  MemoryBench bench;
  EXPECT_EQ(bench.refusals({refuse_allocation(2), refuse_allocation(5)}, 6), "2 5 ");
  EXPECT_EQ(bench.listener.count(Announcement::Kind::allocation_refused), 2U);
  EXPECT_EQ(bench.refusals({refuse_allocation(4, true)}, 6), "4 5 6 ");
  EXPECT_EQ(bench.refusals({refuse_allocation(2, true)}, 6, 4), "2 3 ");
  EXPECT_EQ(bench.refusals({}, 6), "");
}

// Method: sizes that no class of the arena has, so that rounding would show.
TEST(Memory, CountsWhatWasAskedForAndThePeak) {
  for (const bool for_real : {false, true}) {
    MemoryBench bench;
    bench.memory.restart({}, bench.listener, for_real);
    void* first = bench.memory.allocate(1000);
    void* second = bench.memory.allocate(3'000'000);
    bench.memory.deallocate(second, 3'000'000);
    EXPECT_EQ(bench.memory.in_use(), ByteCount{1000});
    bench.memory.deallocate(first, 1000);
    EXPECT_EQ(bench.memory.in_use(), ByteCount{});
    EXPECT_EQ(bench.memory.peak(), ByteCount{3'001'000});
    EXPECT_EQ(bench.memory.allocations(), 2U);
  }
}

// Method: 20,000 seeded steps of allocating and freeing, each block filled with its own byte and
// checked when it is freed; alignment up to a page.
TEST(Arena, NeverHandsOutABlockTwice) {
  Arena arena;
  Decisions decisions;
  decisions.seed(3);
  struct Block {
    std::size_t size, alignment;
    unsigned char fill;
  };
  std::map<std::uint64_t, std::pair<void*, Block>> held;
  std::uint64_t made = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto draw = [&](std::uint32_t bound) {
      return decisions.draw(model::Concern::workload, bound);
    };
    if (held.size() < 50 || draw(2) == 0) {
      Block block{};
      block.size = 1 + draw(draw(10) == 0 ? 400'000 : 2000);
      block.alignment = std::size_t{1} << draw(13);
      block.fill = static_cast<unsigned char>(made);
      void* memory = arena.allocate(block.size, block.alignment);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(memory) % block.alignment, 0U);
      std::memset(memory, block.fill, block.size);
      held.emplace(made++, std::pair(memory, block));
    } else {
      auto victim = held.begin();
      std::advance(victim, draw(static_cast<std::uint32_t>(held.size())));
      const auto [memory, block] = victim->second;
      const auto* bytes = static_cast<const unsigned char*>(memory);
      ASSERT_TRUE(std::all_of(bytes, bytes + block.size,
                              [&](unsigned char byte) { return byte == block.fill; }));
      arena.deallocate(memory, block.size, block.alignment);
      held.erase(victim);
    }
  }
  for (const auto& [number, entry] : held)
    arena.deallocate(entry.first, entry.second.size, entry.second.alignment);
}

// Method: the same allocations before and after a restart; the arena takes no more memory.
TEST(Arena, StartsOverInTheMemoryThatItHas) {
  Arena arena;
  const auto first_blocks = [&arena] {
    std::vector<void*> blocks;
    for (int i = 0; i < 40; ++i) blocks.push_back(arena.allocate(100'000, 4096));
    return blocks;
  };
  const auto before = first_blocks();
  arena.restart();
  EXPECT_EQ(first_blocks(), before);
}

}  // namespace
}  // namespace cowbell::sim
