// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "tests/bench/cases.hpp"
#include "tests/bench/load.hpp"

namespace cowbell::bench {
namespace {

constexpr unsigned kDepth = 32;

/// A storage that takes no more than so many bytes a second: each write is answered when its turn
/// has passed. Over another, which is borrowed.
class SlowStorage final : public StorageBacking {
 public:
  SlowStorage(StorageBacking& backing, Clock& clock, double bytes_a_second)
      : backing_(backing), clock_(clock), bytes_a_second_(bytes_a_second) {}

  Geometry geometry() const override { return backing_.geometry(); }
  bool can_grow() const override { return false; }
  Errc grow(SectorCount) override { return Errc::not_supported; }
  bool lies_on(const BlockDevice& origin) const override { return backing_.lies_on(origin); }

  void submit(Bio& bio) override {
    auto delay = std::make_unique<Delay>();
    delay->clock = &clock_;
    const double seconds = static_cast<double>(to_bytes(bio.range.count).value) / bytes_a_second_;
    free_at_ = std::max(free_at_, clock_.now()) + Time(static_cast<Time::rep>(seconds * 1e9));
    delay->until = free_at_;
    if (bio.push({&SlowStorage::answered, delay.get()})) static_cast<void>(delay.release());
    backing_.submit(bio);
  }

 private:
  struct Delay : Timer {
    Clock* clock = nullptr;
    Time until{};
    Bio* bio = nullptr;
  };

  static void answered(Bio& bio, void* context) noexcept {
    Delay& delay = *static_cast<Delay*>(context);
    delay.bio = &bio;
    delay.expire = [](Timer& timer) noexcept {
      const std::unique_ptr<Delay> own(static_cast<Delay*>(&timer));
      own->bio->complete();
    };
    delay.clock->arm(delay, delay.until);
  }

  StorageBacking& backing_;
  Clock& clock_;
  const double bytes_a_second_;
  Time free_at_{};
};

Figure count_records(BenchBed& bed, const std::vector<Sector>& places) {
  SnapshotOfOrigin snapshot(bed, bed.storage(), BenchBed::params());
  bed.storage().restart();
  const ByteCount before = bed.memory().records();
  Load load(snapshot.tracker(), Operation::write, kBlock, kDepth, places);
  bed.memory().restart();
  load.start(places.size());
  load.wait();
  bed.storage().wait_until_stored(kChunk *
                                  (places.size() - BenchBed::params().chunk_maximum_in_queue));
  const auto each = [&](ByteCount size) {
    return static_cast<double>((size - before).value) / static_cast<double>(places.size());
  };
  Figure figure{"records for each chunk touched, of all chunks in scattered order",
                fmt::format("{:.1f} bytes at rest, {:.1f} at most", each(bed.memory().records()),
                            each(bed.memory().records_peak())),
                "16 at rest, 24 at any instant, of the map"};
  snapshot.release();
  return figure;
}

Figure count_with_slow_storage(BenchBed& bed, const std::vector<Sector>& places) {
  // How fast the origin gives chunks, in reads like those of copy-on-write.
  Load reads(bed.origin(), Operation::read, kChunk, kDepth, places);
  const Stopwatch stopwatch;
  reads.start(places.size());
  reads.wait();
  const double speed = stopwatch.sample(static_cast<double>(places.size())).per_second;

  SlowStorage slow(bed.storage(), bed.environment().clock,
                   speed * static_cast<double>(kChunk.value) / 10);
  const Params params = BenchBed::params();
  const std::uint64_t memory_before = (bed.memory().buffers() + bed.memory().records()).value;
  bed.memory().restart();
  SnapshotOfOrigin snapshot(bed, slow, params);
  Load load(snapshot.tracker(), Operation::write, kBlock, kDepth, places);
  load.start(places.size());
  load.wait();
  Figure figure{
      fmt::format("memory at most, storage ten times slower than the origin ({:.0f} MiB/s), "
                  "{} first writes",
                  speed * static_cast<double>(kChunk.value) / 10 / (1 << 20), places.size()),
      fmt::format("{:.1f} MiB and {:.1f} MiB for fibers",
                  static_cast<double>(bed.memory().peak().value - memory_before) / (1 << 20),
                  static_cast<double>(to_bytes({0}).value +
                                      kFiberCharge.value * (2 + 2 * params.copy_fibers_maximum)) /
                      (1 << 20)),
      fmt::format("{:.0f} MiB and the map",
                  static_cast<double>(params.memory_maximum) / (1 << 20))};
  snapshot.release();
  return figure;
}

}  // namespace

std::vector<Figure> count_memory(BenchBed& bed, const BenchSize& size) {
  const std::vector<Sector> places = scattered({{0}, to_sectors(kChunk * size.chunks)}, kChunk);
  std::vector<Figure> out;
  bed.run([&] {
    out.push_back(count_records(bed, places));
    out.push_back(count_with_slow_storage(bed, places));
  });
  return out;
}

}  // namespace cowbell::bench
