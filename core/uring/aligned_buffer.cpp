// SPDX-License-Identifier: Apache-2.0
#include "core/uring/aligned_buffer.hpp"

#include <cstring>
#include <new>

namespace cowbell::uring {

AlignedBuffer::AlignedBuffer(ByteCount size) noexcept {
  void* memory = ::operator new (size.value, std::align_val_t{kAlignment}, std::nothrow);
  if (memory == nullptr) return;
  memory_.reset(static_cast<std::byte*>(std::memset(memory, 0, size.value)));
  size_ = size.value;
}

void AlignedBuffer::Free::operator()(std::byte* memory) const noexcept {
  ::operator delete (memory, std::align_val_t{kAlignment});
}

}  // namespace cowbell::uring
