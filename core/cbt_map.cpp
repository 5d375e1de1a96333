// SPDX-License-Identifier: Apache-2.0
#include "core/cbt_map.hpp"

#include <algorithm>
#include <bit>

#include "core/invariant.hpp"

namespace cowbell {
namespace {

std::uint64_t blocks_of(SectorCount capacity, unsigned shift) {
  return (capacity.value >> shift) + (capacity.value % (std::uint64_t{1} << shift) != 0);
}

}  // namespace

ByteCount choose_tracking_block(const Params& params, SectorCount capacity) {
  unsigned shift = static_cast<unsigned>(params.tracking_block_minimum_shift);
  while (shift < params.tracking_block_maximum_shift &&
         blocks_of(capacity, shift - kSectorShift) > params.tracking_block_maximum_count)
    ++shift;
  return {std::uint64_t{1} << shift};
}

CbtMap::CbtMap(std::pmr::memory_resource& memory, SectorCount capacity, ByteCount block_size)
    : capacity_(capacity),
      block_shift_(static_cast<unsigned>(std::countr_zero(block_size.value)) - kSectorShift),
      generations_(blocks_of(capacity, block_shift_), &memory) {}

SectorRange CbtMap::range_of(std::uint64_t first, std::uint64_t count) const {
  const Sector begin{first << block_shift_};
  return {begin,
          std::min(SectorCount{count << block_shift_}, capacity_ - SectorCount{begin.value})};
}

bool CbtMap::record(SectorRange range, Generation generation) {
  COWBELL_INVARIANT(S14, generation != 0);
  if (range.empty()) return true;
  const std::uint64_t end = std::min(range.end().value, capacity_.value);
  if (range.first.value < end) {
    const std::uint64_t last = (end - 1) >> block_shift_;
    for (std::uint64_t block = range.first.value >> block_shift_; block <= last; ++block)
      generations_[block] = generation;
  }
  if (range.end().value <= capacity_.value) return true;
  lose(generation);
  return false;
}

void CbtMap::copy_from(const CbtMap& other) {
  COWBELL_INVARIANT(S14, capacity_ == other.capacity_ && block_shift_ == other.block_shift_);
  std::ranges::copy(other.generations_, generations_.begin());
  lost_ = other.lost_;
}

void CbtMap::clear() {
  std::ranges::fill(generations_, Generation{0});
  lost_ = 0;
}

}  // namespace cowbell
