// SPDX-License-Identifier: Apache-2.0
// Memory that a process shares with the children that it forks later.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

namespace cowbell::properties {

/// Zero-filled, page-aligned. Pages cost nothing until they are touched.
class SharedMemory {
 public:
  /// Throws std::bad_alloc.
  explicit SharedMemory(std::size_t size);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::byte* data_;
  std::size_t size_;
};

/// One object in shared memory. Who reads it while the child runs makes its members atomic.
template <class T>
class Shared {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  Shared() : memory_(sizeof(T)), object_(new (memory_.data()) T{}) {}
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }

 private:
  SharedMemory memory_;
  T* object_;
};

}  // namespace cowbell::properties
