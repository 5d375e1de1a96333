// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench_bed.hpp"

#include <algorithm>

#include "tests/bench/fail.hpp"

namespace cowbell::bench {
namespace {

constexpr std::size_t kPage = 4096;

}  // namespace

// Memory ---------------------------------------------------------------------------------------

void CountedMemory::restart() {
  peak_ = buffers_ + records_;
  records_peak_ = records_;
}

void* CountedMemory::do_allocate(std::size_t size, std::size_t alignment) {
  void* block = memory_.allocate(size, alignment);
  (alignment == kPage ? buffers_ : records_) += ByteCount{size};
  peak_ = std::max(peak_, buffers_ + records_);
  records_peak_ = std::max(records_peak_, records_);
  return block;
}

void CountedMemory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  (alignment == kPage ? buffers_ : records_) -= ByteCount{size};
  memory_.deallocate(block, size, alignment);
}

// Storage --------------------------------------------------------------------------------------

void CountedStorage::submit(Bio& bio) {
  if (bio.operation == Operation::write) {
    if (!bio.push({&CountedStorage::written, this})) fail("the frames of a bio are used up");
    ++in_flight_;
  }
  backing_.submit(bio);
}

void CountedStorage::written(Bio& bio, void* context) noexcept {
  auto& storage = *static_cast<CountedStorage*>(context);
  --storage.in_flight_;
  storage.stored_ += bio.transferred;
  bio.complete();
  storage.quiet_.wake_all();
}

void CountedStorage::wait_until_stored(ByteCount size) {
  while (in_flight_ != 0 || stored_ < size) quiet_.wait();
}

// The bed --------------------------------------------------------------------------------------

Params BenchBed::params() {
  Params params;
  params.chunk_minimum_shift = 16;
  return params;
}

BenchBed::BenchBed(const std::string& origin, const std::string& storage) : origin_path_(origin) {
  auto reactor = uring::Reactor::open();
  if (!reactor) fail(reactor.error().text);
  reactor_ = std::move(*reactor);
  // Not exclusively: fio and the bare copy loop open it as well.
  auto device = uring::Device::open(*reactor_, origin);
  if (!device) fail(device.error().text);
  origin_ = std::move(*device);
  auto held = uring::StorageDevice::open(*reactor_, storage);
  if (!held) fail(held.error().text);
  storage_device_ = std::move(*held);
  storage_ = std::make_unique<CountedStorage>(*storage_device_);
}

void BenchBed::run(const std::function<void()>& program) {
  if (reactor_->run(program) != uring::Rest::done)
    fail("a measurement came to rest without ending:\n" + reactor_->describe_fibers());
}

// A snapshot -----------------------------------------------------------------------------------

SnapshotOfOrigin::SnapshotOfOrigin(BenchBed& bed, StorageBacking& storage, const Params& params)
    : engine_(bed.environment(), params) {
  const Result<Tracker*> tracker = engine_.track(bed.origin());
  if (!tracker) fail("the origin cannot be tracked");
  tracker_ = *tracker;
  const auto snapshot = engine_.take("bench", std::span(&tracker_, 1), storage);
  if (!snapshot) fail("no snapshot can be taken: " + std::string(errno_name(snapshot.error())));
  snapshot_ = *snapshot;
  image_ = std::make_unique<SnapshotImage>(*snapshot_, *tracker_);
}

void SnapshotOfOrigin::release() {
  if (const auto cause = area().corrupted())
    fail("the snapshot is corrupted: " + std::string(errno_name(*cause)));
  image_.reset();
  if (engine_.release("bench") != Errc::none) fail("the snapshot cannot be released");
}

}  // namespace cowbell::bench
