// SPDX-License-Identifier: Apache-2.0
#include "core/fiber.hpp"

#include <sys/mman.h>

#include <boost/fiber/scheduler.hpp>
#include <cstring>
#include <new>

#include "core/fiber_sanitizer.hpp"
#include "core/invariant.hpp"

#ifdef COWBELL_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace cowbell {
namespace {

#ifdef COWBELL_ADDRESS_SANITIZER
constexpr std::size_t kStackSize = 256 * 1024;  // the sanitizer's frames are larger
#else
constexpr std::size_t kStackSize = 64 * 1024;
#endif
constexpr std::uint64_t kCanary = 0x636f7762656c6c21;  // "cowbell!"

std::byte* bottom(const boost::context::stack_context& stack) {
  return static_cast<std::byte*>(stack.sp) - stack.size;
}

void clean_shadow([[maybe_unused]] const boost::context::stack_context& stack) {
#ifdef COWBELL_ADDRESS_SANITIZER
  ASAN_UNPOISON_MEMORY_REGION(bottom(stack), stack.size);
#endif
}

}  // namespace

FiberProperties* current_fiber() {
  return static_cast<FiberProperties*>(boost::fibers::context::active()->get_properties());
}

FiberName current_fiber_name() {
  const FiberProperties* properties = current_fiber();
  return properties == nullptr ? FiberName{"a fiber of the world"}
                               : FiberName{properties->name, properties->number};
}

void install_scheduler(boost::intrusive_ptr<boost::fibers::algo::algorithm> scheduler) {
  thread_local boost::intrusive_ptr<boost::fibers::algo::algorithm> installed;
  if (installed == scheduler) return;
  boost::fibers::context::active()->get_scheduler()->set_algo(scheduler);
  installed = std::move(scheduler);
}

FiberStacks::~FiberStacks() {
  COWBELL_INVARIANT(S11, handed_out_ == 0);
  for (boost::context::stack_context& stack : free_) {
    forget_fiber_stack(bottom(stack));
    ::munmap(bottom(stack), stack.size);
  }
}

boost::context::stack_context FiberStacks::allocate() {
  if (handed_out_ == maximum_) throw std::bad_alloc();
  boost::context::stack_context stack;
  if (free_.empty()) {
    free_.reserve(handed_out_ + 1);  // so that giving it back never allocates
    void* memory = ::mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    stack.size = kStackSize;
    stack.sp = static_cast<std::byte*>(memory) + kStackSize;
    std::memcpy(memory, &kCanary, sizeof kCanary);
    remember_fiber_stack(bottom(stack), stack.size);
  } else {
    stack = free_.back();
    free_.pop_back();
  }
  ++handed_out_;
  clean_shadow(stack);
  return stack;
}

void FiberStacks::deallocate(boost::context::stack_context& stack) noexcept {
  clean_shadow(stack);
  COWBELL_INVARIANT(S9, std::memcmp(bottom(stack), &kCanary, sizeof kCanary) == 0);
  free_.push_back(stack);
  --handed_out_;
}

FiberGroup::~FiberGroup() {
  COWBELL_INVARIANT(S11, running_ == 0);
}

void FiberGroup::ended() {
  if (--running_ == 0) all_ended_.wake_all();
}

void FiberGroup::join() {
  while (running_ != 0) all_ended_.wait();
}

}  // namespace cowbell
