// SPDX-License-Identifier: Apache-2.0
// A snapshot of a device in memory, with nothing but the installed engine: the image keeps what the
// origin held. Exit code 0 if it does.
#include <algorithm>
#include <array>
#include <boost/fiber/operations.hpp>
#include <cstdio>
#include <cstring>
#include <vector>

#include "core/engine.hpp"
#include "core/snapshot_image.hpp"
#include "core/storage_backing.hpp"
#include "core/timer_queue.hpp"

namespace {

using namespace cowbell;

/// Bytes in memory that answer at once.
class MemoryDevice final : public StorageBacking {
 public:
  explicit MemoryDevice(SectorCount size) : bytes_(to_bytes(size).value) {}

  Geometry geometry() const override { return {.capacity = to_sectors({bytes_.size()})}; }

  void submit(Bio& bio) override {
    const Errc refused = check_request(bio, geometry());
    if (refused != Errc::none) return bio.complete(refused);
    const std::span at = std::span(bytes_).subspan(byte_offset(bio.range.first).value,
                                                   to_bytes(bio.range.count).value);
    switch (bio.operation) {
      case Operation::read:
        copy_in(bio.segments, 0, at);
        break;
      case Operation::write:
        copy_out(bio.segments, 0, at);
        break;
      case Operation::write_zeroes:
      case Operation::discard:
        std::ranges::fill(at, std::byte{});
        break;
      case Operation::flush:
        break;
    }
    bio.complete(Errc::none);
  }

  bool can_grow() const override { return true; }
  Errc grow(SectorCount capacity) override {
    bytes_.resize(to_bytes(capacity).value);
    return Errc::none;
  }
  bool lies_on(const BlockDevice& origin) const override { return this == &origin; }

 private:
  std::vector<std::byte> bytes_;
};

/// Time that stands still: nothing here takes any.
class StoppedClock final : public Clock {
 public:
  Time now() const override { return {}; }
  void arm(Timer& timer, Time deadline) override { timers_.arm(timer, deadline); }
  void disarm(Timer& timer) override { timers_.disarm(timer); }

 private:
  TimerQueue timers_;
};

constexpr SectorRange kFirstBlock{Sector{0}, SectorCount{8}};
using Block = std::array<std::byte, to_bytes(kFirstBlock.count).value>;

Errc transfer(BlockDevice& device, Operation operation, Block& block) {
  const Segment segment{block.data(), block.size()};
  Bio bio;
  bio.operation = operation;
  bio.range = kFirstBlock;
  bio.segments = {&segment, 1};
  return submit_and_wait(device, bio);
}

bool image_keeps_what_the_origin_held(Environment environment) {
  MemoryDevice disk{SectorCount{2048}};
  MemoryDevice storage{SectorCount{}};
  Params params;
  params.diff_storage_minimum = 2048;
  Engine engine(environment, params);

  Tracker* origin = engine.track(disk).value();
  Block before, after, seen;
  before.fill(std::byte{0xaa});
  after.fill(std::byte{0xbb});

  bool kept = transfer(*origin, Operation::write, before) == Errc::none;
  Snapshot* snapshot = engine.take("first", {&origin, 1}, storage).value();
  kept = kept && transfer(*origin, Operation::write, after) == Errc::none;
  {
    SnapshotImage image(*snapshot, *origin);
    kept = kept && transfer(image, Operation::read, seen) == Errc::none && seen == before;
  }
  kept = kept && transfer(*origin, Operation::read, seen) == Errc::none && seen == after;
  return engine.release("first") == Errc::none && kept;
}

}  // namespace

int main() {
  StoppedClock clock;
  FiberStacks stacks;
  const bool kept =
      image_keeps_what_the_origin_held({clock, *std::pmr::new_delete_resource(), stacks});
  // Ended fibers give their stacks back in the dispatcher's next turn.
  boost::this_fiber::yield();
  std::puts(kept ? "the image kept what the origin held" : "the image is wrong");
  return kept ? 0 : 1;
}
