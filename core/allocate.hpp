// SPDX-License-Identifier: Apache-2.0
// Objects that live in a given memory resource, and the one place where a refused allocation
// turns from an exception into a value.
#pragma once

#include <memory>
#include <memory_resource>
#include <new>
#include <utility>

#include "core/error.hpp"

namespace cowbell {

template <class T>
struct ReturnTo {
  std::pmr::memory_resource* memory = nullptr;
  void operator()(T* object) const {
    std::pmr::polymorphic_allocator<>(memory).delete_object(object);
  }
};

/// Sole owner of an object in a memory resource.
template <class T>
using Owned = std::unique_ptr<T, ReturnTo<T>>;

/// Runs `allocate`, whose only failure is std::bad_alloc. Nothing may suspend inside: a fiber that
/// is switched away from a handler would leave its exception to another.
/// Errors: ENOMEM.
template <class Allocate>
[[nodiscard]] Errc try_allocate(Allocate&& allocate) {
  try {
    std::forward<Allocate>(allocate)();
    return Errc::none;
  } catch (const std::bad_alloc&) {
    return Errc::no_memory;
  }
}

/// A T in `memory`; null if the memory, or an allocation of its constructor, was refused.
template <class T, class... Arguments>
[[nodiscard]] Owned<T> make_owned(std::pmr::memory_resource& memory, Arguments&&... arguments) {
  T* object = nullptr;
  (void)try_allocate([&] {
    object = std::pmr::polymorphic_allocator<>(&memory).new_object<T>(
        std::forward<Arguments>(arguments)...);
  });
  return Owned<T>(object, ReturnTo<T>{&memory});
}

}  // namespace cowbell
