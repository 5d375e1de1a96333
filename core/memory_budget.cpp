// SPDX-License-Identifier: Apache-2.0
#include "core/memory_budget.hpp"

#include <algorithm>
#include <new>

#include "core/fiber.hpp"
#include "core/invariant.hpp"

namespace cowbell {

MemoryBudget::~MemoryBudget() {
  COWBELL_INVARIANT(S11, used_ == ByteCount{});
  COWBELL_INVARIANT(S8, line_.empty());
}

bool MemoryBudget::set_aside(ByteCount size) {
  if (size > limit_ - used_) return false;
  limit_ -= size;
  return true;
}

void MemoryBudget::give_back(ByteCount size) {
  COWBELL_INVARIANT(S9, size <= used_);
  used_ -= size;
  if (line_.empty()) return;
  given_back_ = storage_.now();
  wake_those_that_fit();
}

void MemoryBudget::close() {
  closed_ = true;
  for (Wish& wish : line_) wish.claim->turn_.wake_one();
}

/// Room for it and for all that came before.
bool MemoryBudget::has_room(const Wish& wish) const {
  ByteCount room = limit_ - used_;
  for (const Wish& other : line_) {
    if (&other == &wish || wish.claim->place_ < other.claim->place_) break;
    if (other.size > room) return false;
    room -= other.size;
  }
  return wish.size <= room;
}

void MemoryBudget::enter(Wish& wish) {
  const auto later = std::ranges::find_if(
      line_, [&](const Wish& other) { return wish.claim->place_ < other.claim->place_; });
  line_.insert(later, wish);
}

void MemoryBudget::leave(Wish& wish) {
  line_.erase(line_.iterator_to(wish));
  wake_those_that_fit();
}

void MemoryBudget::wake_those_that_fit() {
  ByteCount room = limit_ - used_;
  for (Wish& wish : line_) {
    if (wish.size > room) break;
    room -= wish.size;
    wish.claim->turn_.wake_one();
  }
}

// A claim --------------------------------------------------------------------------------------

MemoryClaim::MemoryClaim(Clock& clock, Time since)
    : clock_(clock), place_{since, current_fiber_name().number} {}

void MemoryClaim::add(Wish& wish, MemoryBudget& budget, ByteCount size) {
  COWBELL_INVARIANT(S8, size <= budget.limit());
  wish.budget = &budget;
  wish.size = size;
  wish.claim = this;
  wish.next = wishes_;
  wishes_ = &wish;
}

MemoryClaim::Wish* MemoryClaim::find_lacking() {
  for (Wish* wish = wishes_; wish != nullptr; wish = wish->next)
    if (wish->budget->closed_ || !wish->budget->has_room(*wish)) return wish;
  return nullptr;
}

MemoryClaim::Result MemoryClaim::reserve(bool unless_overdue) {
  Result result;
  if (find_lacking() != nullptr) {
    for (Wish* wish = wishes_; wish != nullptr; wish = wish->next) wish->budget->enter(*wish);
    result = wait(unless_overdue);
  }
  const bool waited = wishes_ != nullptr && wishes_->is_linked();
  for (Wish* wish = wishes_; wish != nullptr; wish = wish->next) {
    if (result.outcome == Outcome::reserved) wish->budget->used_ += wish->size;
    COWBELL_INVARIANT(S9, wish->budget->used_ <= wish->budget->limit_);
    if (waited) wish->budget->leave(*wish);
  }
  return result;
}

/// In line at every budget. Afterwards there is room for all, or not all can be had.
MemoryClaim::Result MemoryClaim::wait(bool unless_overdue) {
  for (;;) {
    Time again = kForever;
    bool lacking = false;
    for (Wish* wish = wishes_; wish != nullptr; wish = wish->next) {
      MemoryBudget& budget = *wish->budget;
      if (budget.closed_) return {Outcome::closed, wish};
      if (!budget.has_room(*wish)) budget.reclaimer_.memory_wanted();
      if (budget.has_room(*wish)) continue;
      lacking = true;
      if (!unless_overdue) continue;
      // S8: the change goes on without the snapshot whose storage does not answer.
      const Time quiet_since = std::max(place_.since, budget.given_back_);
      if (budget.storage_.overdue(quiet_since)) return {Outcome::timed_out, wish};
      again = std::min(again, budget.storage_.overdue_at(quiet_since));
    }
    if (!lacking) return {};
    turn_.wait_until(clock_, again);
  }
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
