// SPDX-License-Identifier: Apache-2.0
#include "core/diff_buffer.hpp"

#include <new>

#include "core/allocate.hpp"
#include "core/invariant.hpp"

namespace cowbell {

DiffBufferPool::~DiffBufferPool() {
  COWBELL_INVARIANT(S11, in_use_ == 0);
  shrink();
}

std::byte* DiffBufferPool::pop() {
  Free* first = free_;
  free_ = first->next;
  --free_count_;
  return reinterpret_cast<std::byte*>(first);
}

void DiffBufferPool::deallocate(std::byte* buffer) {
  memory_.deallocate(buffer, size_.value, kAlignment);
  budget_.give_back(size_);
}

std::byte* DiffBufferPool::get() {
  std::byte* buffer = nullptr;
  if (free_ != nullptr) {
    buffer = pop();
    budget_.give_back(size_);  // the pool's; the caller has its own
  } else if (try_allocate([&] {
               buffer = static_cast<std::byte*>(memory_.allocate(size_.value, kAlignment));
             }) != Errc::none) {
    return nullptr;
  }
  ++in_use_;
  return buffer;
}

void DiffBufferPool::put(std::byte* buffer) {
  --in_use_;
  if (free_count_ >= free_maximum_ || budget_.awaited()) {
    deallocate(buffer);
    return;
  }
  free_ = new (buffer) Free{free_};
  ++free_count_;
  COWBELL_INVARIANT(S9, free_count_ <= free_maximum_);
}

void DiffBufferPool::shrink() {
  while (free_ != nullptr) deallocate(pop());
}

}  // namespace cowbell
