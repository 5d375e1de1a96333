// SPDX-License-Identifier: Apache-2.0
// Memory for an engine over real devices. The kernel looks up every page of a buffer for each
// request, and splits requests whose pages lie scattered; of a huge page it does neither.
//
//   a stretch: 2 MiB on a boundary of 2 MiB, of buffers of one size
//   no room ◀──▶ open, some free ──▶ all free: given back, unless it is the last open of its size,
//                                    or no more than what is kept is held
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory_resource>
#include <vector>

#include "core/units.hpp"

namespace cowbell::uring {

/// What is asked for with the alignment of a page lies in huge pages, where the kernel has them:
/// sizes up to a stretch, rounded up to a power of two, side by side in stretches; larger ones in
/// pages of their own. All else is passed on. For one thread. Allocations throw std::bad_alloc.
class BufferMemory final : public std::pmr::memory_resource {
 public:
  static constexpr std::size_t kPage = 4096;
  static constexpr std::size_t kStretch = std::size_t{2} << 20;

  /// `others` takes what is no buffer; it is borrowed. Up to `kept` of free stretches stay for
  /// those who come next, such as the snapshot after this one: the kernel fills fresh memory with
  /// zeroes.
  explicit BufferMemory(std::pmr::memory_resource& others = *std::pmr::new_delete_resource(),
                        ByteCount kept = {})
      : others_(others), kept_(kept) {}
  /// Every buffer has come back.
  ~BufferMemory() override;
  BufferMemory(const BufferMemory&) = delete;
  BufferMemory& operator=(const BufferMemory&) = delete;

  /// What the kernel has been asked for, free buffers included; without larger ones.
  ByteCount held() const { return ByteCount{kStretch} * stretches_.size(); }

 private:
  struct Free {
    Free* next;
  };
  struct Stretch {
    std::byte* memory = nullptr;
    std::size_t size_class = 0;
    std::size_t used = 0;
    std::size_t untouched = 0;  ///< where the part that was never handed out begins
    Free* free = nullptr;
  };
  /// By log2 of the size, from a page to a stretch.
  static constexpr std::size_t kClasses = 10;

  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  void* take(std::size_t size_class);
  void give_back(void* block);
  Stretch& make_stretch(std::size_t size_class);

  std::pmr::memory_resource& others_;
  const ByteCount kept_;
  std::map<std::uintptr_t, Stretch> stretches_;       ///< by address
  std::array<std::vector<Stretch*>, kClasses> open_;  ///< those with room
};

}  // namespace cowbell::uring
