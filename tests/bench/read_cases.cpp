// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tests/bench/cases.hpp"
#include "tests/bench/load.hpp"

namespace cowbell::bench {
namespace {

constexpr unsigned kDepth = 32;

/// What goes on at the same time, in all slices of a pair.
struct Together {
  Stretches reads;
  Stretches writes;
};

/// The lower half of the origin is read, stored or unchanged, through the image or, for the
/// reference, from the device that it is on; the upper half is written for the first time.
class ImageReads {
 public:
  ImageReads(BenchBed& bed, const BenchSize& size)
      : bed_(bed),
        slices_(size.slices),
        half_(to_sectors(kChunk * (size.chunks / 2))),
        preserved_(scattered({{0}, half_}, kChunk)),
        read_(scattered({{0}, half_}, kBlock)),
        written_(scattered({{half_.value}, half_}, kChunk)) {}

  /// Image and reference take turns over one snapshot; `image_first` in every other pair.
  void measure(bool stored, bool image_first, Together& image, Together& reference) {
    SnapshotOfOrigin snapshot(bed_, bed_.storage(), BenchBed::params());
    if (stored) preserve(snapshot);
    BlockDevice& raw = stored ? static_cast<BlockDevice&>(bed_.storage_device()) : bed_.origin();
    const std::size_t each = written_.size() / (2 * slices_);
    for (unsigned slice = 0; slice < 2 * slices_; ++slice) {
      const std::span<const Sector> places = std::span(written_).subspan(slice * each, each);
      const bool through_image = (slice % 2 == 0) == image_first;
      read_and_write(through_image ? snapshot.image() : raw, snapshot.tracker(), places,
                     through_image ? image : reference);
    }
    snapshot.release();
  }

 private:
  void preserve(SnapshotOfOrigin& snapshot) {
    bed_.storage().restart();
    Load load(snapshot.tracker(), Operation::write, kBlock, kDepth, preserved_);
    load.start(preserved_.size());
    load.wait();
    bed_.storage().wait_until_stored(
        kChunk * (preserved_.size() - BenchBed::params().chunk_maximum_in_queue));
  }

  void read_and_write(BlockDevice& read, BlockDevice& written, std::span<const Sector> places,
                      Together& together) {
    Load reads(read, Operation::read, kBlock, kDepth, read_);
    Load writes(written, Operation::write, kBlock, kDepth, places);
    const Stopwatch stopwatch;
    reads.start(~std::uint64_t{0} >> 1);
    writes.start(places.size());
    writes.wait();
    for (const auto& [load, stretches] :
         {std::pair{&reads, &together.reads}, std::pair{&writes, &together.writes}}) {
      const auto answered = static_cast<double>(load->answered());
      stretches->add(answered, stopwatch.sample(answered));
    }
    reads.stop();
    reads.wait();
  }

  BenchBed& bed_;
  const unsigned slices_;
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
        Together image, reference;
        image_reads.measure(stored, pair % 2 == 0, image, reference);
        reads.ours.push_back(image.reads.sample());
        reads.reference.push_back(reference.reads.sample());
        writes.ours.push_back(image.writes.sample());
        writes.reference.push_back(reference.writes.sample());
      }
      out.push_back(std::move(reads));
      out.push_back(std::move(writes));
    }
  });
  return out;
}

}  // namespace cowbell::bench
