// SPDX-License-Identifier: Apache-2.0
// What is measured, each against its reference, in turns.
#pragma once

#include <vector>

#include "tests/bench/bench_bed.hpp"
#include "tests/bench/comparison.hpp"

namespace cowbell::bench {

struct BenchSize {
  unsigned pairs = 31;
  /// Where it can be, what is compared takes turns within a pair as well, so often: what else the
  /// machine does comes and goes in seconds.
  unsigned slices = 10;
  double seconds = 0.3;  ///< of each measurement of requests that go on as long as one likes
  /// Chunks that first writes touch. Not below 20 × memory_maximum, for figures that count.
  std::uint64_t chunks = 24'000;
  bool with_fio = true;
};

/// 4 KiB writes at depths 1 and 32: through the tracker without a snapshot, and with every chunk
/// preserved, against our own device without the engine, and against fio.
std::vector<Comparison> compare_writes_that_copy_nothing(BenchBed& bed, const BenchSize& size);

/// First writes against the bare copy loop: 4 KiB, one a chunk, scattered; and whole chunks in
/// ascending order. The clock stops when the storage is quiet. Then the scattered ones against the
/// same writes to our own device, as the figure to hold beside that of a peer.
std::vector<Comparison> compare_first_writes(BenchBed& bed, const BenchSize& size);

/// Reads of an image at depth 32 against reads of the device that the data is on, of chunks that
/// are unchanged and of stored ones. Both while first writes go on, whose speeds are the
/// comparison that follows each.
std::vector<Comparison> compare_image_reads(BenchBed& bed, const BenchSize& size);

/// Records of the engine for each chunk touched; and all its memory while the storage takes a
/// tenth of what the origin gives.
std::vector<Figure> count_memory(BenchBed& bed, const BenchSize& size);

}  // namespace cowbell::bench
