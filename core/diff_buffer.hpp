// SPDX-License-Identifier: Apache-2.0
// Page-aligned buffers of one chunk each, and the pool that keeps some of the free ones.
//
// A buffer is covered by a reservation of the snapshot's memory budget: its user's while it is in
// use, the pool's own while it lies free.
#pragma once

#include <memory_resource>

#include "core/memory_budget.hpp"

namespace cowbell {

class DiffBufferPool {
 public:
  /// Keeps at most `free_maximum` free buffers of `size` bytes.
  DiffBufferPool(std::pmr::memory_resource& memory, MemoryBudget& budget, ByteCount size,
                 std::uint64_t free_maximum)
      : memory_(memory), budget_(budget), size_(size), free_maximum_(free_maximum) {}
  ~DiffBufferPool();
  DiffBufferPool(const DiffBufferPool&) = delete;
  DiffBufferPool& operator=(const DiffBufferPool&) = delete;

  /// A buffer for a caller that has reserved its size; null if the memory was refused.
  /// Its content is undefined. Does not suspend.
  std::byte* get();

  /// Takes a buffer back together with the reservation that covers it. Does not suspend.
  void put(std::byte* buffer);

  /// Frees every free buffer.
  void shrink();

  ByteCount buffer_size() const { return size_; }
  std::uint64_t free_buffers() const { return free_count_; }

 private:
  static constexpr std::size_t kAlignment = 4096;
  struct Free {
    Free* next;
  };
  std::byte* pop();
  void deallocate(std::byte* buffer);

  std::pmr::memory_resource& memory_;
  MemoryBudget& budget_;
  ByteCount size_;
  std::uint64_t free_maximum_;
  Free* free_ = nullptr;
  std::uint64_t free_count_ = 0;
  std::uint64_t in_use_ = 0;
};

}  // namespace cowbell
