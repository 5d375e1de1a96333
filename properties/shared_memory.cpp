// SPDX-License-Identifier: Apache-2.0
#include "properties/shared_memory.hpp"

#include <sys/mman.h>

namespace cowbell::properties {

SharedMemory::SharedMemory(std::size_t size) : size_(size) {
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::byte*>(memory);
}

SharedMemory::~SharedMemory() {
  munmap(data_, size_);
}

}  // namespace cowbell::properties
