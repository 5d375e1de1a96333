// SPDX-License-Identifier: Apache-2.0
// A client that keeps a number of requests on their way to a device, from their completion frames:
// no fiber is switched for a request, so that what is measured is the device.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/block_device.hpp"
#include "core/uring/buffer_memory.hpp"
#include "core/wait_queue.hpp"

namespace cowbell::bench {

/// The sectors at which `size` bytes each of a range are touched: all of them, each once, in an
/// order in which neighbours do not follow each other. `step` bytes from one to the next.
std::vector<Sector> scattered(SectorRange range, ByteCount step);

/// The same in ascending order.
std::vector<Sector> ascending(SectorRange range, ByteCount step);

class Load {
 public:
  /// `device` and `places` are borrowed until `wait` has returned. `size` bytes a request.
  Load(BlockDevice& device, Operation operation, ByteCount size, unsigned depth,
       std::span<const Sector> places);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Begins `count` requests, one for each place, from the first place again after the last.
  void start(std::uint64_t count);
  /// Begins no request any more.
  void stop() { count_ = begun_; }
  /// Suspends until every request that was begun is answered. The process ends if one failed: a
  /// figure for requests that fail means nothing.
  void wait();

  std::uint64_t answered() const { return begun_ - open_; }

 private:
  struct Slot {
    Bio bio;
    Segment segment;
    Load* load = nullptr;
  };
  void submit(Slot& slot);
  static void completed(Bio& bio, void* slot) noexcept;

  BlockDevice& device_;
  const Operation operation_;
  const SectorCount size_;
  const std::span<const Sector> places_;
  uring::BufferMemory pages_;  ///< huge ones; the bare copy loop has its memory registered
  std::span<std::byte> memory_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::uint64_t count_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t open_ = 0;
  std::size_t place_ = 0;
  Errc error_ = Errc::none;
  WaitQueue ended_{"the last request of a load"};
};

}  // namespace cowbell::bench
