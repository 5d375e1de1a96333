// SPDX-License-Identifier: Apache-2.0
#include "core/memory_budget.hpp"

#include <new>

#include "core/invariant.hpp"

namespace cowbell {

MemoryBudget::~MemoryBudget() {
  COWBELL_INVARIANT(S11, used_ == ByteCount{});
}

bool MemoryBudget::try_reserve(ByteCount size) {
  if (closed_ || awaited() || !fits(size)) return false;
  used_ += size;
  return true;
}

bool MemoryBudget::set_aside(ByteCount size) {
  if (!fits(size)) return false;
  limit_ -= size;
  return true;
}

MemoryBudget::Outcome MemoryBudget::reserve(ByteCount size, Time deadline) {
  COWBELL_INVARIANT(S8, size <= limit_);
  if (try_reserve(size)) return Outcome::reserved;
  if (closed_) return Outcome::closed;
  if (!turn_.lock_until(clock_, deadline)) return Outcome::timed_out;
  const Outcome outcome = wait_for(size, deadline);
  turn_.unlock();
  return outcome;
}

MemoryBudget::Outcome MemoryBudget::wait_for(ByteCount size, Time deadline) {
  for (;;) {
    if (closed_) return Outcome::closed;
    if (!fits(size)) reclaimer_.memory_wanted();
    if (fits(size)) {
      used_ += size;
      COWBELL_INVARIANT(S9, used_ <= limit_);
      return Outcome::reserved;
    }
    if (!room_.wait_until(clock_, deadline)) return Outcome::timed_out;
  }
}

void MemoryBudget::give_back(ByteCount size) {
  COWBELL_INVARIANT(S9, size <= used_);
  used_ -= size;
  room_.wake_one();
}

void MemoryBudget::close() {
  closed_ = true;
  room_.wake_all();
}

void* LimitedMemory::do_allocate(std::size_t size, std::size_t alignment) {
  if (size > limit_.value - used_.value) throw std::bad_alloc();
  void* memory = upstream_.allocate(size, alignment);
  used_ += ByteCount{size};
  return memory;
}

void LimitedMemory::do_deallocate(void* memory, std::size_t size, std::size_t alignment) {
  used_ -= ByteCount{size};
  upstream_.deallocate(memory, size, alignment);
}

}  // namespace cowbell
