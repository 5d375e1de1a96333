// SPDX-License-Identifier: Apache-2.0
// Only in builds with AddressSanitizer, together with the link options
// --wrap=__asan_handle_no_return and --wrap=__cxa_begin_catch. Compiled without it: the code here
// runs while the shadow of its own stack may be wrong.
#include "core/fiber_sanitizer.hpp"

#include <sanitizer/asan_interface.h>

#include <mutex>
#include <vector>

namespace cowbell {
namespace {

struct Stack {
  const std::byte* bottom;
  std::size_t size;
};

struct Stacks {
  std::mutex mutex;
  std::vector<Stack> all;
};

// Never destroyed: exceptions are caught until the very end.
Stacks& stacks() {
  static Stacks& of_all_threads = *new Stacks;
  return of_all_threads;
}

/// Cleans the stack in use if it is a fiber's; false if it is a thread's own.
bool clean_current_fiber_stack() {
  const auto* here = static_cast<const std::byte*>(__builtin_frame_address(0));
  Stacks& known = stacks();
  const std::lock_guard lock(known.mutex);
  for (const Stack& stack : known.all) {
    if (here < stack.bottom || here >= stack.bottom + stack.size) continue;
    __asan_unpoison_memory_region(stack.bottom, stack.size);
    return true;
  }
  return false;
}

}  // namespace

void remember_fiber_stack(const std::byte* bottom, std::size_t size) {
  Stacks& known = stacks();
  const std::lock_guard lock(known.mutex);
  known.all.push_back({bottom, size});
}

void forget_fiber_stack(const std::byte* bottom) noexcept {
  Stacks& known = stacks();
  const std::lock_guard lock(known.mutex);
  std::erase_if(known.all, [bottom](const Stack& stack) { return stack.bottom == bottom; });
}

}  // namespace cowbell

extern "C" {

void __real___asan_handle_no_return();
void* __real___cxa_begin_catch(void* exception);

void __wrap___asan_handle_no_return() {
  if (!cowbell::clean_current_fiber_stack()) __real___asan_handle_no_return();
}

void* __wrap___cxa_begin_catch(void* exception) {
  cowbell::clean_current_fiber_stack();
  return __real___cxa_begin_catch(exception);
}

// The sanitizer asks for the alternate signal stack while it cleans, on whatever stack it finds.
const char* __asan_default_suppressions() {
  return "interceptor_name:sigaltstack\n";
}
}
