// SPDX-License-Identifier: Apache-2.0
// A request with memory of its own, for tests that talk to a device directly.
#pragma once

#include <vector>

#include "core/block_device.hpp"

namespace cowbell::sim {

class OneRequest {
 public:
  /// `first` and `count` in sectors; the memory holds `fill` throughout.
  OneRequest(Operation operation, std::uint64_t first, std::uint64_t count, unsigned char fill = 0)
      : memory_(carries_data(operation) ? count * kSectorSize : 0, std::byte{fill}) {
    bio.operation = operation;
    bio.range = {{first}, {count}};
    if (!memory_.empty()) {
      segment_ = {memory_.data(), memory_.size()};
      bio.segments = {&segment_, 1};
    }
  }

  /// Without a fiber: the answer only sets `answered`.
  void submit_to(BlockDevice& device) {
    (void)bio.push(
        {[](Bio&, void* request) noexcept { static_cast<OneRequest*>(request)->answered = true; },
         this});
    device.submit(bio);
  }

  /// On a fiber, until the answer.
  Errc wait_for(BlockDevice& device) { return submit_and_wait(device, bio); }

  /// The first byte of the sector that lies `sector` sectors into the request.
  unsigned char byte_of(std::uint64_t sector) const {
    return std::to_integer<unsigned char>(memory_[sector * kSectorSize]);
  }

  Bio bio;
  bool answered = false;

 private:
  std::vector<std::byte> memory_;
  Segment segment_{};
};

}  // namespace cowbell::sim
