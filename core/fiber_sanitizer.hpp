// SPDX-License-Identifier: Apache-2.0
// How AddressSanitizer lives with fibers; does nothing in other builds.
//
// The sanitizer poisons parts of each frame and forgets to clean them when frames are left by an
// exception: then it cleans the stack of the thread, which is not the stack of a fiber. Whoever
// throws on a fiber would later be told of overflows that are none. So every stack of a fiber is
// made known here, and the wrappers of `fiber_sanitizer.cpp` clean the one that is in use.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define COWBELL_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COWBELL_ADDRESS_SANITIZER 1
#endif
#endif

namespace cowbell {

#ifdef COWBELL_ADDRESS_SANITIZER

/// The memory [bottom, bottom + size) is the stack of a fiber from now on, until forgotten.
/// Any thread. Throws std::bad_alloc.
void remember_fiber_stack(const std::byte* bottom, std::size_t size);
void forget_fiber_stack(const std::byte* bottom) noexcept;

#else

inline void remember_fiber_stack(const std::byte*, std::size_t) {}
inline void forget_fiber_stack(const std::byte*) noexcept {}

#endif

}  // namespace cowbell
