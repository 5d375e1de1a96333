// SPDX-License-Identifier: Apache-2.0
// Memory that every device accepts.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/units.hpp"

namespace cowbell::uring {

/// Starts on a page, filled with zeroes. Empty if memory was refused.
class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;

  AlignedBuffer() = default;
  /// Does not throw: `bytes()` is empty if there is no memory.
  explicit AlignedBuffer(ByteCount size) noexcept;

  std::span<std::byte> bytes() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept;
  };
  std::unique_ptr<std::byte[], Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace cowbell::uring
