// SPDX-License-Identifier: Apache-2.0
// A world for tests of the engine alone: devices whose answers the test holds back and gives in the
// order it likes, a clock that it moves, memory that it refuses. Fibers run under Boost's own
// scheduler; `settle` lets all of them come to rest.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/fiber/operations.hpp>
#include <cstring>
#include <deque>
#include <new>
#include <vector>

#include "core/engine.hpp"
#include "core/snapshot_image.hpp"
#include "core/timer_queue.hpp"

namespace cowbell::test {

inline void settle() {
  for (int i = 0; i < 200; ++i) boost::this_fiber::yield();
}

class ManualClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void arm(Timer& timer, Time deadline) override { timers_.arm(timer, deadline); }
  void disarm(Timer& timer) override { timers_.disarm(timer); }
  void advance(Time by) {
    now_ += by;
    while (!timers_.empty() && timers_.next_deadline() <= now_) {
      Timer& timer = timers_.pop();
      timer.expire(timer);
    }
  }

 private:
  Time now_{};
  TimerQueue timers_;
};

/// Counts what is in use; refuses while `refusing`, and once `granted_maximum` more were granted.
class Memory final : public std::pmr::memory_resource {
 public:
  static constexpr std::uint64_t kNoMaximum = ~std::uint64_t{0};
  std::size_t in_use = 0;
  bool refusing = false;
  std::uint64_t granted_maximum = kNoMaximum;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (refusing || granted_maximum == 0) throw std::bad_alloc();
    --granted_maximum;
    in_use += size;
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
    in_use -= size;
    std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

/// Holds every request until it is answered; what a request does takes effect with its answer.
class Device : public StorageBacking {
 public:
  explicit Device(std::size_t size) : content(size) { geometry_.capacity = {size / kSectorSize}; }

  Geometry geometry() const override { return geometry_; }
  void submit(Bio& bio) override {
    ++submitted;
    if (const Errc error = check_request(bio, geometry_); error != Errc::none)
      return bio.complete(error);
    if (held)
      pending.push_back(&bio);
    else
      answer(bio, fail_all);
  }
  bool can_grow() const override { return true; }
  Errc grow(SectorCount capacity) override {
    ++growths;
    if (grow_error != Errc::none) return grow_error;
    content.resize(to_bytes(capacity).value);
    geometry_.capacity = capacity;
    return Errc::none;
  }
  bool lies_on(const BlockDevice& origin) const override { return &origin == lies_on_device; }

  void answer_next(Errc error = Errc::none) {
    ASSERT_FALSE(pending.empty());
    Bio& bio = *pending.front();
    pending.pop_front();
    answer(bio, error);
    settle();
  }
  void answer(Bio& bio, Errc error) {
    if (error == Errc::none) take_effect(bio);
    bio.complete(error);
  }

  std::vector<std::byte> content;
  std::deque<Bio*> pending;
  bool held = false;
  Errc fail_all = Errc::none;
  Errc grow_error = Errc::none;
  const BlockDevice* lies_on_device = nullptr;
  int submitted = 0;
  int growths = 0;
  Geometry geometry_;

 private:
  void take_effect(Bio& bio) {
    const std::span<std::byte> here(content.data() + byte_offset(bio.range.first).value,
                                    to_bytes(bio.range.count).value);
    switch (bio.operation) {
      case Operation::read:
        return copy_in(bio.segments, 0, here);
      case Operation::write:
        return copy_out(bio.segments, 0, here);
      case Operation::write_zeroes:
      case Operation::discard:
        std::fill(here.begin(), here.end(), std::byte{});
        return;
      case Operation::flush:
        return;
    }
  }
};

/// A request of a client, with its memory and its answer.
class Request {
 public:
  Request(Operation operation, std::size_t offset, std::size_t size, int fill = 0)
      : bytes(size, static_cast<std::byte>(fill)), segment_{bytes.data(), size} {
    bio.operation = operation;
    bio.range = {{offset / kSectorSize}, {size / kSectorSize}};
    if (carries_data(operation)) bio.segments = {&segment_, 1};
  }
  Request& submit(BlockDevice& device) {
    (void)bio.push(
        {[](Bio&, void* self) noexcept { static_cast<Request*>(self)->answered = true; }, this});
    device.submit(bio);
    settle();
    return *this;
  }
  Errc outcome() const {
    EXPECT_TRUE(answered);
    return bio.outcome();
  }
  /// True if every byte read is `value`.
  bool holds(int value) const {
    return std::all_of(bytes.begin(), bytes.end(),
                       [&](std::byte b) { return b == static_cast<std::byte>(value); });
  }

  Bio bio;
  std::vector<std::byte> bytes;
  bool answered = false;

 private:
  Segment segment_;
};

/// One origin of 64 KiB in chunks of 4 KiB, and storages that grow: one for snapshot "s", one for
/// any other.
class EngineTest : public ::testing::Test {
 protected:
  static Params small_params() {
    Params params;
    params.chunk_minimum_shift = 12;
    params.chunk_maximum_in_queue = 0;
    params.copy_fibers_maximum = 2;
    params.memory_maximum = 1 << 20;
    params.diff_storage_minimum = 64;  // sectors: eight chunks
    return params;
  }
  void SetUp() override {
    engine = std::make_unique<Engine>(environment, params);
    tracker = *engine->track(origin);
  }
  void TearDown() override {
    origin.held = storage.held = other_storage.held = false;
    for (Device* device : {&origin, &storage, &other_storage})
      while (!device->pending.empty()) device->answer_next();
    for (const char* name : {"s", "t"}) (void)engine->release(name);
    settle();
    engine.reset();
    EXPECT_EQ(memory.in_use, 0u);
  }
  std::expected<Snapshot*, TakeError> take(std::string_view name = "s") {
    Tracker* origins[] = {tracker};
    return engine->take(name, origins, name == "s" ? storage : other_storage);
  }
  Errc write_origin(std::size_t offset, std::size_t size, int fill) {
    return Request(Operation::write, offset, size, fill).submit(*tracker).outcome();
  }

  Params params = small_params();
  ManualClock clock;
  Memory memory;
  FiberStacks stacks;
  Environment environment{clock, memory, stacks};
  Device origin{65536};
  Device storage{0};
  Device other_storage{0};
  std::unique_ptr<Engine> engine;
  Tracker* tracker = nullptr;
};

}  // namespace cowbell::test
