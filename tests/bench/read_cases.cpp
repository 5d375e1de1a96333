// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tests/bench/cases.hpp"
#include "tests/bench/load.hpp"

namespace cowbell::bench {
namespace {

constexpr unsigned kDepth = 32;

/// What goes on at the same time.
struct Together {
  Sample reads;
  Sample writes;
};

class ImageReads {
 public:
  ImageReads(BenchBed& bed, const BenchSize& size)
      : bed_(bed),
        half_(to_sectors(kChunk * (size.chunks / 2))),
        preserved_(scattered({{0}, half_}, kChunk)),
        read_(scattered({{0}, half_}, kBlock)),
        written_(scattered({{half_.value}, half_}, kChunk)) {}

  /// The lower half of the origin is read, stored or unchanged, through the image or, for the
  /// reference, from the device that it is on; the upper half is written for the first time.
  Together measure(bool stored, bool through_image) {
    const Params params = BenchBed::params();
    SnapshotOfOrigin snapshot(bed_, bed_.storage(), params);
    bed_.storage().restart();
    if (stored) {
      Load load(snapshot.tracker(), Operation::write, kBlock, kDepth, preserved_);
      load.start(preserved_.size());
      load.wait();
      bed_.storage().wait_until_stored(kChunk *
                                       (preserved_.size() - params.chunk_maximum_in_queue));
    }
    BlockDevice& raw = stored ? static_cast<BlockDevice&>(bed_.storage_device()) : bed_.origin();
    Load reads(through_image ? snapshot.image() : raw, Operation::read, kBlock, kDepth, read_);
    Load writes(snapshot.tracker(), Operation::write, kBlock, kDepth, written_);
    const Stopwatch stopwatch;
    reads.start(~std::uint64_t{0} >> 1);
    writes.start(written_.size());
    writes.wait();
    const Together together{stopwatch.sample(static_cast<double>(reads.answered())),
                            stopwatch.sample(static_cast<double>(writes.answered()))};
    reads.stop();
    reads.wait();
    snapshot.release();
    return together;
  }

 private:
  BenchBed& bed_;
  const SectorCount half_;
  const std::vector<Sector> preserved_;
  const std::vector<Sector> read_;
  const std::vector<Sector> written_;
};

}  // namespace

std::vector<Comparison> compare_image_reads(BenchBed& bed, const BenchSize& size) {
  std::vector<Comparison> out;
  bed.run([&] {
    ImageReads image_reads(bed, size);
    for (const bool stored : {false, true}) {
      const std::string kind = stored ? "stored" : "unchanged";
      Comparison reads{"image reads, 4 KiB, depth 32, of " + kind + " chunks",
                       stored ? "reads of the storage" : "reads of the origin",
                       {},
                       {},
                       stored ? 0.90 : 0.95,
                       {}};
      Comparison writes{"… first writes beside them", "first writes beside those", {}, {}, {}, {}};
      for (unsigned pair = 0; pair < size.pairs; ++pair) {
        for (const bool through_image : {pair % 2 == 0, pair % 2 != 0}) {
          const Together sample = image_reads.measure(stored, through_image);
          (through_image ? reads.ours : reads.reference).push_back(sample.reads);
          (through_image ? writes.ours : writes.reference).push_back(sample.writes);
        }
      }
      out.push_back(std::move(reads));
      out.push_back(std::move(writes));
    }
  });
  return out;
}

}  // namespace cowbell::bench
