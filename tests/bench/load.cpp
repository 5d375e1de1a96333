// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/load.hpp"

#include <algorithm>
#include <numeric>

#include "tests/bench/fail.hpp"

namespace cowbell::bench {
namespace {

constexpr std::size_t kPage = uring::BufferMemory::kPage;

}  // namespace

std::vector<Sector> ascending(SectorRange range, ByteCount step) {
  std::vector<Sector> places;
  for (Sector at = range.first; at < range.end(); at += to_sectors(step)) places.push_back(at);
  return places;
}

std::vector<Sector> scattered(SectorRange range, ByteCount step) {
  const std::vector<Sector> in_order = ascending(range, step);
  // A stride that shares no factor with their number meets each of them once.
  std::uint64_t stride = in_order.size() * 618 / 1000 | 1;
  while (std::gcd(stride, in_order.size()) != 1) stride += 2;
  std::vector<Sector> places;
  for (std::uint64_t i = 0; i < in_order.size(); ++i)
    places.push_back(in_order[i * stride % in_order.size()]);
  return places;
}

Load::Load(BlockDevice& device, Operation operation, ByteCount size, unsigned depth,
           std::span<const Sector> places)
    : device_(device),
      operation_(operation),
      size_(to_sectors(size)),
      places_(places),
      memory_(static_cast<std::byte*>(pages_.allocate((size * depth).value, kPage)),
              (size * depth).value) {
  // Memory that nobody has written to is slower to write from than any that holds data.
  std::ranges::fill(memory_, std::byte{0x5a});
  for (unsigned i = 0; i < depth; ++i) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->load = this;
    slots_.back()->segment = {memory_.data() + i * size.value, size.value};
  }
}

Load::~Load() {
  if (open_ != 0) fail("a load ended with requests on their way");
  pages_.deallocate(memory_.data(), memory_.size(), kPage);
}

void Load::start(std::uint64_t count) {
  count_ = begun_ + count;
  for (auto& slot : slots_)
    if (begun_ < count_) submit(*slot);
}

void Load::submit(Slot& slot) {
  ++begun_;
  ++open_;
  Bio& bio = slot.bio;
  bio.reset();
  bio.operation = operation_;
  bio.range = {places_[place_], size_};
  if (++place_ == places_.size()) place_ = 0;
  bio.segments = {&slot.segment, 1};
  if (!bio.push({&Load::completed, &slot})) fail("the frames of a bio are used up");
  device_.submit(bio);
}

void Load::completed(Bio& bio, void* context) noexcept {
  Slot& slot = *static_cast<Slot*>(context);
  Load& load = *slot.load;
  --load.open_;
  if (bio.outcome() != Errc::none) load.error_ = bio.outcome();
  if (load.begun_ < load.count_ && load.error_ == Errc::none) return load.submit(slot);
  if (load.open_ == 0) load.ended_.wake_all();
}

void Load::wait() {
  while (open_ != 0) ended_.wait();
  if (error_ != Errc::none) fail("a request was answered " + std::string(errno_name(error_)));
}

}  // namespace cowbell::bench
