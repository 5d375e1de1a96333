// SPDX-License-Identifier: Apache-2.0
#include "sim/sector_store.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/invariant.hpp"

namespace cowbell::sim {
namespace {

constexpr std::size_t kPagesPerSlab = 256;
constexpr std::align_val_t kPageAlignment{64};
constexpr std::uint64_t kPerPage = SectorPages::kSectorsPerPage;

/// Calls `visit(page, index in page, count, memory)` for each run of sectors that lies in one page
/// and in one segment.
template <class Visit>
void for_each_run(SectorRange range, std::span<const Segment> segments, std::size_t offset,
                  Visit visit) {
  std::size_t segment = 0;
  std::uint64_t sector = range.first.value;
  std::uint64_t left = range.count.value;
  while (left != 0) {
    COWBELL_INVARIANT(S5, segment < segments.size());
    if (offset >= segments[segment].size) {
      offset -= segments[segment++].size;
      continue;
    }
    const std::uint64_t in_page = sector % kPerPage;
    const std::uint64_t count =
        std::min({left, kPerPage - in_page, (segments[segment].size - offset) >> kSectorShift});
    visit(sector / kPerPage, in_page, count, segments[segment].data + offset);
    sector += count;
    left -= count;
    offset += count << kSectorShift;
  }
}

}  // namespace

void PagePool::Free::operator()(std::byte* slab) const {
  ::operator delete(slab, kPageAlignment);
}

std::byte* PagePool::take() {
  if (free_.empty()) {
    slabs_.emplace_back(
        static_cast<std::byte*>(::operator new(page_size_* kPagesPerSlab, kPageAlignment)));
    for (std::size_t i = kPagesPerSlab; i-- > 0;)
      free_.push_back(slabs_.back().get() + i * page_size_);
  }
  std::byte* page = free_.back();
  free_.pop_back();
  return page;
}

void SectorStore::restart(bool whole_bodies) {
  for (const std::uint64_t page : touched_) {
    pool().give_back(find(page));
    if (page < kFlatPages) flat_[page] = nullptr;
  }
  touched_.clear();
  beyond_.clear();
  whole_bodies_ = whole_bodies;
}

std::byte* SectorStore::find(std::uint64_t page) const {
  if (page < kFlatPages) return page < flat_.size() ? flat_[page] : nullptr;
  const auto found = beyond_.find(page);
  return found == beyond_.end() ? nullptr : found->second;
}

std::byte* SectorStore::find_or_make(std::uint64_t page) {
  if (std::byte* found = find(page)) return found;
  std::byte* made = pool().take();
  std::memset(made, 0, kPerPage * stride());
  if (page < kFlatPages) {
    if (page >= flat_.size())
      flat_.resize(std::min(kFlatPages, std::max<std::uint64_t>(page + 1, 2 * flat_.size())));
    flat_[page] = made;
  } else {
    beyond_.emplace(page, made);
  }
  touched_.push_back(page);
  return made;
}

void SectorStore::write(SectorRange range, std::span<const Segment> segments, std::size_t offset) {
  for_each_run(range, segments, offset,
               [this](std::uint64_t page, std::uint64_t index, std::uint64_t count,
                      const std::byte* memory) {
                 std::byte* to = find_or_make(page) + index * stride();
                 if (whole_bodies_) {
                   std::memcpy(to, memory, count * kSectorSize);
                   return;
                 }
                 for (; count != 0; --count, to += model::kTagSize, memory += kSectorSize)
                   std::memcpy(to, memory, model::kTagSize);
               });
}

void SectorStore::read(SectorRange range, std::span<const Segment> segments,
                       std::size_t offset) const {
  for_each_run(
      range, segments, offset,
      [this](std::uint64_t page, std::uint64_t index, std::uint64_t count, std::byte* memory) {
        const std::byte* from = find(page);
        if (from != nullptr) from += index * stride();
        if (whole_bodies_) {
          if (from != nullptr)
            std::memcpy(memory, from, count * kSectorSize);
          else
            std::memset(memory, 0, count * kSectorSize);
          return;
        }
        for (; count != 0; --count, memory += kSectorSize) {
          if (from == nullptr) {
            std::memset(memory, 0, model::kTagSize);
          } else {
            std::memcpy(memory, from, model::kTagSize);
            from += model::kTagSize;
          }
        }
      });
}

void SectorStore::zero_in_page(std::uint64_t page, SectorRange range) {
  std::byte* found = find(page);
  if (found == nullptr) return;
  const std::uint64_t first = std::max(range.first.value, page * kPerPage);
  const std::uint64_t end = std::min(range.end().value, (page + 1) * kPerPage);
  if (first < end) std::memset(found + first % kPerPage * stride(), 0, (end - first) * stride());
}

void SectorStore::zero(SectorRange range) {
  if (range.empty()) return;
  const std::uint64_t first = range.first.value / kPerPage;
  const std::uint64_t last = (range.end().value - 1) / kPerPage;
  if (last - first >= touched_.size()) {
    for (const std::uint64_t page : touched_) zero_in_page(page, range);
  } else {
    for (std::uint64_t page = first; page <= last; ++page) zero_in_page(page, range);
  }
}

}  // namespace cowbell::sim
