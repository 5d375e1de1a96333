// SPDX-License-Identifier: Apache-2.0
// What the measurements work on: an origin and a storage, both block devices that are full of data,
// one reactor, and snapshots that are taken and released by name.
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>
#include <string>

#include "core/engine.hpp"
#include "core/snapshot_image.hpp"
#include "core/uring/buffer_memory.hpp"
#include "core/uring/device.hpp"
#include "core/uring/reactor.hpp"
#include "core/uring/storage_device.hpp"

namespace cowbell::bench {

inline constexpr ByteCount kBlock{4096};
inline constexpr ByteCount kChunk{64 * 1024};

/// The engine's memory, counted. Buffers are those that begin on a page; all else is records: maps,
/// chunks at work, queues.
class CountedMemory final : public std::pmr::memory_resource {
 public:
  ByteCount buffers() const { return buffers_; }
  ByteCount records() const { return records_; }
  /// The most of both at once since `restart`.
  ByteCount peak() const { return peak_; }
  ByteCount records_peak() const { return records_peak_; }
  void restart();

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  /// Warm from one snapshot to the next, as the buffers of the bare copy loop are.
  uring::BufferMemory memory_{*std::pmr::new_delete_resource(), ByteCount{Params{}.memory_maximum}};
  ByteCount buffers_;
  ByteCount records_;
  ByteCount peak_;
  ByteCount records_peak_;
};

/// A storage that counts what has been written to it, over another that is borrowed.
class CountedStorage final : public StorageBacking {
 public:
  explicit CountedStorage(StorageBacking& backing) : backing_(backing) {}

  Geometry geometry() const override { return backing_.geometry(); }
  void submit(Bio& bio) override;
  bool can_grow() const override { return backing_.can_grow(); }
  Errc grow(SectorCount capacity) override { return backing_.grow(capacity); }
  bool lies_on(const BlockDevice& origin) const override { return backing_.lies_on(origin); }

  void restart() { stored_ = {}; }
  ByteCount stored() const { return stored_; }
  /// Suspends until no write is on its way and at least `size` has been written.
  void wait_until_stored(ByteCount size);

 private:
  static void written(Bio& bio, void* storage) noexcept;

  StorageBacking& backing_;
  ByteCount stored_;
  std::uint64_t in_flight_ = 0;
  WaitQueue quiet_{"a quiet storage"};
};

class BenchBed {
 public:
  /// Parameters of the engine as they are by default, with chunks of 64 KiB.
  static Params params();

  /// Both paths are block devices. Ends the process if they cannot be had.
  BenchBed(const std::string& origin, const std::string& storage);

  /// Runs `program` as the first fiber until it returns.
  void run(const std::function<void()>& program);

  uring::Reactor& reactor() { return *reactor_; }
  Environment environment() { return {*reactor_, memory_, reactor_->stacks()}; }
  CountedMemory& memory() { return memory_; }

  uring::Device& origin() { return *origin_; }
  uring::StorageDevice& storage_device() { return *storage_device_; }
  CountedStorage& storage() { return *storage_; }
  const std::string& origin_path() const { return origin_path_; }

 private:
  std::string origin_path_;
  CountedMemory memory_;
  std::unique_ptr<uring::Reactor> reactor_;
  std::unique_ptr<uring::Device> origin_;
  std::unique_ptr<uring::StorageDevice> storage_device_;
  std::unique_ptr<CountedStorage> storage_;
};

/// An origin of a bed under a snapshot, from making to release. Both in a fiber.
class SnapshotOfOrigin {
 public:
  /// Takes it, on `storage`.
  SnapshotOfOrigin(BenchBed& bed, StorageBacking& storage, const Params& params);
  /// Ends the process if the snapshot is corrupted: what was measured then was no snapshot.
  void release();

  Tracker& tracker() { return *tracker_; }
  SnapshotImage& image() { return *image_; }
  DiffArea& area() { return *snapshot_->area(*tracker_); }
  const Snapshot& snapshot() const { return *snapshot_; }

 private:
  Engine engine_;
  Tracker* tracker_ = nullptr;
  Snapshot* snapshot_ = nullptr;
  std::unique_ptr<SnapshotImage> image_;
};

}  // namespace cowbell::bench
