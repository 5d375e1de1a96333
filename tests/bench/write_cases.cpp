// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>

#include "tests/bench/bare_copy_loop.hpp"
#include "tests/bench/cases.hpp"
#include "tests/bench/fio.hpp"
#include "tests/bench/load.hpp"

namespace cowbell::bench {
namespace {

constexpr unsigned kDepth = 32;

SectorRange first_chunks(std::uint64_t chunks) {
  return {{0}, to_sectors(kChunk * chunks)};
}

// Writes that copy nothing -----------------------------------------------------------------------

Sample measure(BlockDevice& device, unsigned depth, std::span<const Sector> places,
               std::uint64_t requests) {
  Load load(device, Operation::write, kBlock, depth, places);
  const Stopwatch stopwatch;
  load.start(requests);
  load.wait();
  return stopwatch.sample(static_cast<double>(requests));
}

/// The samples of the four that are measured in turns; fio, which takes long to begin, once a pair.
struct Turns {
  std::vector<Sample> device, tracked, preserved, fio;
};

Turns take_turns(BenchBed& bed, const BenchSize& size, unsigned depth, BlockDevice& tracked,
                 BlockDevice& preserved) {
  const std::vector<Sector> places = scattered(first_chunks(size.chunks), kBlock);
  const double speed = measure(bed.origin(), depth, places, 2'000).per_second;
  const auto requests = static_cast<std::uint64_t>(speed * size.seconds / size.slices) + 1;
  const std::array<BlockDevice*, 3> devices{&bed.origin(), &tracked, &preserved};
  Turns turns;
  const std::array<std::vector<Sample>*, 3> samples{&turns.device, &turns.tracked,
                                                    &turns.preserved};
  for (unsigned round = 0; round < size.pairs; ++round) {
    std::array<Stretches, 3> stretches;
    // Each begins in its turn, so that none always follows the same one.
    for (unsigned slice = 0; slice < size.slices; ++slice)
      for (std::size_t i = 0; i < devices.size(); ++i) {
        const std::size_t player = (i + slice + round) % devices.size();
        stretches[player].add(static_cast<double>(requests),
                              measure(*devices[player], depth, places, requests));
      }
    for (std::size_t i = 0; i < devices.size(); ++i) samples[i]->push_back(stretches[i].sample());
    if (size.with_fio)
      turns.fio.push_back(run_fio({.path = bed.origin_path(),
                                   .operation = Operation::write,
                                   .size = kBlock,
                                   .depth = depth,
                                   .seconds = size.seconds,
                                   .region = kChunk * size.chunks}));
  }
  return turns;
}

void add_comparisons(std::vector<Comparison>& out, const Turns& turns, unsigned depth) {
  const std::string what = "4 KiB writes, depth " + std::to_string(depth) + ", ";
  const auto add = [&](const std::string& how, const std::vector<Sample>& ours) {
    out.push_back({what + how, "own device", ours, turns.device, 0.97, 1.10});
    if (!turns.fio.empty()) out.push_back({what + how, "fio", ours, turns.fio, 0.95, {}});
  };
  if (!turns.fio.empty())
    out.push_back({what + "own device, untracked", "fio", turns.device, turns.fio, {}, {}});
  add("no snapshot", turns.tracked);
  add("all preserved", turns.preserved);
}

// First writes -----------------------------------------------------------------------------------

Sample measure_first_writes(BenchBed& bed, std::span<const Sector> places, ByteCount block) {
  const Params params = BenchBed::params();
  SnapshotOfOrigin snapshot(bed, bed.storage(), params);
  bed.storage().restart();
  // What is left in memory in the end is what the engine never stores of itself.
  const std::uint64_t stored = places.size() - params.chunk_maximum_in_queue;
  Load load(snapshot.tracker(), Operation::write, block, kDepth, places);
  const Stopwatch stopwatch;
  load.start(places.size());
  load.wait();
  bed.storage().wait_until_stored(kChunk * stored);
  const Sample sample = stopwatch.sample(static_cast<double>(places.size()));
  snapshot.release();
  return sample;
}

Comparison compare_with_bare_copy_loop(BenchBed& bed, const BenchSize& size,
                                       std::span<const Sector> places, ByteCount block) {
  Comparison out;
  out.reference_name = "bare copy loop";
  // The same memory for buffers on both sides.
  BareCopyLoop bare({.origin = bed.origin().descriptor(),
                     .storage = bed.storage_device().target().descriptor.get(),
                     .chunk = kChunk,
                     .block = block,
                     .depth = kDepth,
                     .buffers = static_cast<unsigned>(Params{}.memory_maximum / kChunk.value)});
  const std::array<std::function<void()>, 2> players{
      [&] { out.ours.push_back(measure_first_writes(bed, places, block)); },
      [&] {
        const Stopwatch stopwatch;
        bare.run(places);
        out.reference.push_back(stopwatch.sample(static_cast<double>(places.size())));
      }};
  for (auto& player : players) player();  // whose figures are thrown away
  out.ours.clear();
  out.reference.clear();
  for (unsigned pair = 0; pair < size.pairs; ++pair) {
    players[pair % 2]();
    players[1 - pair % 2]();
  }
  return out;
}

/// What is left of the speed of the same writes: the figure that other programs state.
Comparison compare_with_untracked_writes(BenchBed& bed, const BenchSize& size,
                                         std::span<const Sector> places) {
  Comparison out{"first writes, 4 KiB, one a chunk of 64 KiB, depth 32",
                 "own device, untracked",
                 {},
                 {},
                 {},
                 {}};
  for (unsigned pair = 0; pair < size.pairs; ++pair) {
    out.ours.push_back(measure_first_writes(bed, places, kBlock));
    out.reference.push_back(measure(bed.origin(), kDepth, places, places.size()));
  }
  return out;
}

}  // namespace

std::vector<Comparison> compare_writes_that_copy_nothing(BenchBed& bed, const BenchSize& size) {
  std::vector<Comparison> out;
  bed.run([&] {
    Engine engine(bed.environment(), BenchBed::params());
    const Result<Tracker*> tracked = engine.track(bed.origin());
    SnapshotOfOrigin preserved(bed, bed.storage(), BenchBed::params());
    {
      const std::vector<Sector> places = scattered(first_chunks(size.chunks), kChunk);
      Load load(preserved.tracker(), Operation::write, kBlock, kDepth, places);
      load.start(places.size());
      load.wait();
    }
    for (const unsigned depth : {1u, kDepth})
      add_comparisons(out, take_turns(bed, size, depth, **tracked, preserved.tracker()), depth);
    preserved.release();
  });
  return out;
}

std::vector<Comparison> compare_first_writes(BenchBed& bed, const BenchSize& size) {
  std::vector<Comparison> out;
  bed.run([&] {
    const std::vector<Sector> places = scattered(first_chunks(size.chunks), kChunk);
    out.push_back(compare_with_bare_copy_loop(bed, size, places, kBlock));
    out.back().what = "first writes, 4 KiB, one a chunk of 64 KiB, depth 32";
    out.back().least_ratio = 0.90;
    out.back().surely = true;
    out.push_back(compare_with_bare_copy_loop(
        bed, size, ascending(first_chunks(size.chunks), kChunk), kChunk));
    out.back().what = "first writes, 64 KiB, ascending, depth 32";
    out.back().least_ratio = 1.0;
    out.push_back(compare_with_untracked_writes(bed, size, places));
  });
  return out;
}

}  // namespace cowbell::bench
