// SPDX-License-Identifier: Apache-2.0
#include "core/uring/buffer_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace cowbell::uring {
namespace {

constexpr std::size_t kPage = BufferMemory::kPage;
constexpr std::size_t kStretch = BufferMemory::kStretch;

/// Counts what passes.
class Others final : public std::pmr::memory_resource {
 public:
  std::size_t open = 0;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    ++open;
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
    --open;
    std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

struct Buffer {
  std::byte* memory;
  std::size_t size;
  unsigned char mark;
};

bool is_whole(const Buffer& buffer) {
  const auto mark = static_cast<std::byte>(buffer.mark);
  return buffer.memory[0] == mark &&
         std::memcmp(buffer.memory, buffer.memory + 1, buffer.size - 1) == 0;
}

// Method: 4,000 buffers of many sizes come and go in a random order that is fixed; each is full of
// its own mark, so that one that overlaps another shows.
TEST(BufferMemory, BuffersBeginOnAPageAndDoNotOverlap) {
  BufferMemory memory;
  std::mt19937 random(20250520);
  std::vector<Buffer> buffers;
  for (unsigned i = 0; i < 8'000; ++i) {
    if (random() % 2 == 0 && buffers.size() < 40) {
      // From less than a page to more than a stretch.
      const std::size_t size = (random() % 7 + 1) * 512 << (random() % 11);
      auto* block = static_cast<std::byte*>(memory.allocate(size, kPage));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % kPage, 0u);
      std::memset(block, static_cast<int>(i % 256), size);
      buffers.push_back({block, size, static_cast<unsigned char>(i % 256)});
    } else if (!buffers.empty()) {
      std::swap(buffers[random() % buffers.size()], buffers.back());
      ASSERT_TRUE(is_whole(buffers.back()));
      memory.deallocate(buffers.back().memory, buffers.back().size, kPage);
      buffers.pop_back();
    }
  }
  for (const Buffer& buffer : buffers) memory.deallocate(buffer.memory, buffer.size, kPage);
}

// Method: buffers for three stretches: neighbours lie side by side, and when all are given back,
// one stretch stays for the next.
TEST(BufferMemory, StretchesAreFilledAndGivenBack) {
  BufferMemory memory;
  constexpr std::size_t kSize = 64 * 1024;
  constexpr std::size_t kEach = kStretch / kSize;
  std::vector<std::byte*> buffers;
  for (std::size_t i = 0; i < 3 * kEach; ++i) {
    buffers.push_back(static_cast<std::byte*>(memory.allocate(kSize, kPage)));
    if (i % kEach != 0) {
      EXPECT_EQ(buffers[i], buffers[i - 1] + kSize);
    }
    EXPECT_EQ(memory.held().value, (i / kEach + 1) * kStretch);
  }
  for (std::byte* buffer : buffers) memory.deallocate(buffer, kSize, kPage);
  EXPECT_EQ(memory.held().value, kStretch);
  memory.deallocate(memory.allocate(kSize, kPage), kSize, kPage);
  EXPECT_EQ(memory.held().value, kStretch);
}

// Method: buffers for four stretches, of which two may be kept; then buffers again for those two.
TEST(BufferMemory, KeepsNoMoreThanItMay) {
  constexpr ByteCount kKept{2 * kStretch};
  BufferMemory memory(*std::pmr::new_delete_resource(), kKept);
  std::vector<void*> buffers;
  for (unsigned i = 0; i < 4; ++i) buffers.push_back(memory.allocate(kStretch, kPage));
  for (void* buffer : buffers) memory.deallocate(buffer, kStretch, kPage);
  EXPECT_EQ(memory.held(), kKept);
  void* const first = memory.allocate(kStretch, kPage);
  void* const second = memory.allocate(kStretch, kPage);
  EXPECT_EQ(memory.held(), kKept);
  memory.deallocate(first, kStretch, kPage);
  memory.deallocate(second, kStretch, kPage);
}

// Method: records, of any alignment but a page's.
TEST(BufferMemory, PassesOnWhatIsNoBuffer) {
  Others others;
  BufferMemory memory(others);
  void* record = memory.allocate(100, 8);
  EXPECT_EQ(others.open, 1u);
  EXPECT_EQ(memory.held().value, 0u);
  memory.deallocate(record, 100, 8);
  EXPECT_EQ(others.open, 0u);
}

}  // namespace
}  // namespace cowbell::uring
