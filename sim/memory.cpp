// SPDX-License-Identifier: Apache-2.0
#include "sim/memory.hpp"

#include <algorithm>
#include <bit>
#include <new>

#include "core/invariant.hpp"

namespace cowbell::sim {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kAlwaysForReal = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kAlwaysForReal = true;
#else
constexpr bool kAlwaysForReal = false;
#endif
#else
constexpr bool kAlwaysForReal = false;
#endif

}  // namespace

void Arena::FreeSlab::operator()(std::byte* slab) const {
  ::operator delete (slab, std::align_val_t{kSlabSize});
}

void Arena::restart() {
  free_.fill(nullptr);
  slabs_used_ = 0;
  used_of_slab_ = kSlabSize;
}

unsigned Arena::class_of(std::size_t size, std::size_t alignment) {
  const std::size_t needed = std::max({size, alignment, std::size_t{1} << kClassShiftMinimum});
  return static_cast<unsigned>(std::bit_width(needed - 1));
}

void* Arena::do_allocate(std::size_t size, std::size_t alignment) {
  const unsigned shift = class_of(size, alignment);
  if (shift > kClassShiftMaximum) return std::pmr::new_delete_resource()->allocate(size, alignment);
  if (FreeBlock* block = free_[shift]) {
    free_[shift] = block->next;
    return block;
  }
  const std::size_t block_size = std::size_t{1} << shift;
  // A block lies at a multiple of its size, so it has every alignment of its class.
  std::size_t offset = (used_of_slab_ + block_size - 1) & ~(block_size - 1);
  if (offset + block_size > kSlabSize) {
    if (slabs_used_ == slabs_.size())
      slabs_.emplace_back(
          static_cast<std::byte*>(::operator new (kSlabSize, std::align_val_t{kSlabSize})));
    ++slabs_used_;
    offset = 0;
  }
  used_of_slab_ = offset + block_size;
  return slabs_[slabs_used_ - 1].get() + offset;
}

void Arena::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  const unsigned shift = class_of(size, alignment);
  if (shift > kClassShiftMaximum)
    return std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  free_[shift] = new (block) FreeBlock{free_[shift]};
}

void Memory::restart(std::span<const model::MemoryFault> faults, model::EffectListener& listener,
                     bool for_real) {
  COWBELL_INVARIANT(S11, in_use_.value == 0);
  arena_.restart();
  upstream_ = &arena_;
  if (for_real || kAlwaysForReal) upstream_ = std::pmr::new_delete_resource();
  faults_ = faults;
  listener_ = &listener;
  peak_ = {};
  allocations_ = 0;
}

bool Memory::refused() const {
  return std::any_of(faults_.begin(), faults_.end(), [this](const model::MemoryFault& fault) {
    return fault.sticky ? allocations_ >= fault.nth : allocations_ == fault.nth;
  });
}

void* Memory::do_allocate(std::size_t size, std::size_t alignment) {
  ++allocations_;
  if (refused()) {
    log_.allocation_refused(allocations_);
    listener_->allocation_refused();
    throw std::bad_alloc();
  }
  void* block = upstream_->allocate(size, alignment);
  in_use_ += ByteCount{size};
  log_.held(in_use_);
  peak_ = std::max(peak_, in_use_);
  return block;
}

void Memory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  COWBELL_INVARIANT(S11, in_use_.value >= size);
  in_use_ -= ByteCount{size};
  log_.held(in_use_);
  upstream_->deallocate(block, size, alignment);
}

}  // namespace cowbell::sim
