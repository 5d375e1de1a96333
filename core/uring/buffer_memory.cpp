// SPDX-License-Identifier: Apache-2.0
#include "core/uring/buffer_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

#include "core/invariant.hpp"

namespace cowbell::uring {
namespace {

constexpr std::size_t kStretch = BufferMemory::kStretch;

std::size_t rounded_up(std::size_t size) {
  return (size + kStretch - 1) / kStretch * kStretch;
}

std::uintptr_t address(const void* memory) {
  return reinterpret_cast<std::uintptr_t>(memory);
}

/// A whole number of stretches on a boundary of one. Throws std::bad_alloc.
std::byte* map(std::size_t size) {
  // The kernel maps at any page: one stretch more holds a boundary, and the ends go back.
  void* const mapped =
      ::mmap(nullptr, size + kStretch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(mapped);
  std::byte* const memory = begin + (rounded_up(address(begin)) - address(begin));
  if (memory != begin) ::munmap(begin, static_cast<std::size_t>(memory - begin));
  std::byte* const end = memory + size;
  ::munmap(end, static_cast<std::size_t>(begin + size + kStretch - end));
  // Only advice: without huge pages the memory is as good as any other.
  ::madvise(memory, size, MADV_HUGEPAGE);
  return memory;
}

std::size_t size_of(std::size_t size_class) {
  return BufferMemory::kPage << size_class;
}

std::size_t class_of(std::size_t size) {
  const std::size_t rounded = std::bit_ceil(std::max(size, BufferMemory::kPage));
  return static_cast<std::size_t>(std::countr_zero(rounded / BufferMemory::kPage));
}

}  // namespace

BufferMemory::~BufferMemory() {
  for (const auto& [at, stretch] : stretches_) {
    COWBELL_INVARIANT(S11, stretch.used == 0);
    ::munmap(stretch.memory, kStretch);
  }
}

void* BufferMemory::do_allocate(std::size_t size, std::size_t alignment) {
  if (alignment != kPage) return others_.allocate(size, alignment);
  return size > kStretch ? map(rounded_up(size)) : take(class_of(size));
}

void BufferMemory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  if (alignment != kPage) return others_.deallocate(block, size, alignment);
  if (size <= kStretch) return give_back(block);
  ::munmap(block, rounded_up(size));
}

BufferMemory::Stretch& BufferMemory::make_stretch(std::size_t size_class) {
  open_[size_class].reserve(stretches_.size() + 1);  // giving back takes no memory, therefore
  std::byte* const memory = map(kStretch);
  try {
    Stretch& stretch = stretches_[address(memory)];
    stretch = {.memory = memory, .size_class = size_class};
    open_[size_class].push_back(&stretch);
    return stretch;
  } catch (const std::bad_alloc&) {
    ::munmap(memory, kStretch);
    throw;
  }
}

void* BufferMemory::take(std::size_t size_class) {
  std::vector<Stretch*>& open = open_[size_class];
  Stretch& stretch = open.empty() ? make_stretch(size_class) : *open.back();
  const std::size_t size = size_of(size_class);
  void* block = stretch.free;
  if (stretch.free != nullptr) {
    stretch.free = stretch.free->next;
  } else {
    block = stretch.memory + stretch.untouched;
    stretch.untouched += size;
  }
  if (++stretch.used == kStretch / size) open.pop_back();
  return block;
}

void BufferMemory::give_back(void* block) {
  const auto found = stretches_.find(address(block) / kStretch * kStretch);
  COWBELL_INVARIANT(S11, found != stretches_.end() && found->second.used != 0);
  Stretch& stretch = found->second;
  std::vector<Stretch*>& open = open_[stretch.size_class];
  if (stretch.used-- == kStretch / size_of(stretch.size_class)) open.push_back(&stretch);
  stretch.free = new (block) Free{stretch.free};
  if (stretch.used != 0 || open.size() == 1 || held() <= kept_) return;
  open.erase(std::ranges::find(open, &stretch));
  ::munmap(stretch.memory, kStretch);
  stretches_.erase(found);
}

}  // namespace cowbell::uring
