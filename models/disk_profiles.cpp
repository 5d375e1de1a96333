// SPDX-License-Identifier: Apache-2.0
#include "models/disk_profiles.hpp"

namespace cowbell::model {
namespace {

using namespace std::chrono_literals;

/// A quarter less and a quarter more than a figure that is given alone: the spread is an
/// assumption.
constexpr ServiceTime about(Time figure) {
  return {.low = figure - figure / 4, .high = figure + figure / 4, .following = {}};
}

constexpr ServiceTime with(ServiceTime time, Time rare, ByteCount included,
                           std::uint64_t bytes_per_second) {
  time.rare = rare;
  time.included = included;
  time.bytes_per_second = bytes_per_second;
  return time;
}

constexpr ServiceTime following(ServiceTime time, Time figure) {
  time.following = figure;
  return time;
}

// Micron 9200: 92 to 150 us to read and 21 us to write, typical at depth 1; 3.5 GB/s both ways.
constexpr DiskProfile kNvme{
    .read = with({.low = 92us, .high = 150us, .following = {}}, 0us, {4096}, 3'500'000'000),
    .write = with(about(21us), 0us, {4096}, 3'500'000'000)};

// Intel DC S4500: random 110 and 52 us, sequential 36 us, 300 and 800 us for the slowest of a
// thousand; 500 and 490 MB/s.
constexpr DiskProfile kSsd{.read = following(with(about(110us), 300us, {4096}, 500'000'000), 36us),
                           .write = following(with(about(52us), 800us, {4096}, 490'000'000), 36us)};

// Ultrastar DC HC310: an average seek, then up to a revolution of 8.33 ms; after another request in
// the same place the seek of a single track. Assumed: 200 MB/s, no cache for writes, and that the
// longest seek and a whole revolution come once in a thousand.
constexpr Time kRevolution = 8'330us;
constexpr DiskProfile kHdd{
    .read = following(with({.low = 7'400us, .high = 7'400us + kRevolution, .following = {}},
                           10'000us + kRevolution, {0}, 200'000'000),
                      230us),
    .write = following(with({.low = 8'200us, .high = 8'200us + kRevolution, .following = {}},
                            11'000us + kRevolution, {0}, 200'000'000),
                       320us)};

// Amazon EBS: below 500 us on average for 16 KiB (io2 Block Express); 125 MiB/s (gp3, as it comes).
// Assumed: 500 us, to read and to write, and 5 ms once in a thousand.
constexpr DiskProfile kNetwork{.read = with(about(500us), 5ms, {16 * 1024}, 125 * 1024 * 1024),
                               .write = with(about(500us), 5ms, {16 * 1024}, 125 * 1024 * 1024)};

}  // namespace

const DiskProfile* disk_profile(Profile profile) {
  switch (profile) {
    case Profile::none:
      return nullptr;
    case Profile::nvme:
      return &kNvme;
    case Profile::ssd:
      return &kSsd;
    case Profile::hdd:
      return &kHdd;
    case Profile::network:
      return &kNetwork;
  }
  return nullptr;
}

}  // namespace cowbell::model
