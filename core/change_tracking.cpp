// SPDX-License-Identifier: Apache-2.0
#include "core/change_tracking.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell {

// Asking --------------------------------------------------------------------------------------

bool ChangedBlocks::changed(std::uint64_t block) const {
  return map_->generations()[block] >= from_ ||
         (marked_from_ != nullptr && marked_from_->contains(block)) ||
         (marked_to_ != nullptr && marked_to_->contains(block));
}

std::optional<SectorRange> ChangedBlocks::next() {
  if (map_ == nullptr) return std::nullopt;
  const std::uint64_t count = map_->block_count();
  while (at_ < count && !changed(at_)) ++at_;
  if (at_ == count) return std::nullopt;
  const std::uint64_t first = at_;
  while (at_ < count && changed(at_)) ++at_;
  return map_->range_of(first, at_ - first);
}

Result<ChangedBlocks> TrackedCut::changed_since(const TrackingPoint& from) const {
  ChangedBlocks changed;
  if (from.id != cuts_->id()) return changed;
  if (from.generation > generation_) return std::unexpected(Errc::invalid);
  if (from.generation == 0 || map_.lost() >= from.generation || cuts_->has_lost(from.generation) ||
      cuts_->has_lost(generation_))
    return changed;
  changed.map_ = &map_;
  changed.from_ = from.generation;
  changed.marked_from_ = cuts_->find(from.generation);
  changed.marked_to_ = cuts_->find(generation_);
  return changed;
}

void TrackedCut::mark(SectorRange range) {
  if (marks_ == nullptr) marks_ = cuts_->need(generation_, map_.block_count());
  if (marks_ == nullptr || range.empty()) return;
  const std::uint64_t sectors = to_sectors(map_.block_size()).value;
  const std::uint64_t last = (range.end().value - 1) / sectors;
  COWBELL_INVARIANT(S14, last < map_.block_count());
  for (std::uint64_t block = range.first.value / sectors; block <= last; ++block)
    marks_->bits[block / 64] |= std::uint64_t{1} << (block % 64);
}

unsigned TrackedCut::export_to(std::span<Generation> out) const {
  COWBELL_INVARIANT(S14, out.size() == map_.block_count());
  std::ranges::copy(map_.generations(), out.begin());
  for (const CutMarks& marks : cuts_->cuts()) {
    if (marks.cut > generation_) continue;
    for (std::uint64_t block = 0; block < out.size(); ++block)
      if (marks.contains(block)) out[block] = std::max(out[block], marks.cut);
  }
  unsigned known_from = map_.lost() + 1u;
  for (unsigned cut = 1; cut <= generation_; ++cut)
    if (cuts_->lost()[cut]) known_from = std::max(known_from, cut + 1);
  return known_from;
}

// Take ----------------------------------------------------------------------------------------

Owned<TrackedCut> ChangeTracking::prepare(SectorCount capacity,
                                          std::pmr::memory_resource& metadata) {
  const ByteCount block = choose_tracking_block(params_, capacity);
  // First what has a limit: a map that is too large is refused before any is made.
  Owned<TrackedCut> cut = make_owned<TrackedCut>(metadata, metadata, capacity, block);
  if (cut == nullptr) return cut;
  const bool replaced = active_ == nullptr || active_->capacity() != capacity;
  if (replaced) {
    cut->new_active_ = make_owned<CbtMap>(memory_, memory_, capacity, block);
    if (cut->new_active_ == nullptr) return {};
  }
  if (replaced || generation_ == kGenerationMaximum) {
    const GenerationId next{id_.instance, id_.origin, id_.number + 1};
    const Errc error = try_allocate([&] {
      cut->cuts_ = std::allocate_shared<MarkedCuts>(
          std::pmr::polymorphic_allocator<MarkedCuts>(&memory_), marks_memory_, next);
    });
    if (error != Errc::none) return {};
  }
  return cut;
}

void ChangeTracking::cut(TrackedCut& cut) {
  if (cut.cuts_ == nullptr) {
    cut.map_.copy_from(*active_);
    cut.cuts_ = cuts_;
    COWBELL_INVARIANT(S14, generation_ != kGenerationMaximum);
    ++generation_;
  } else {
    if (cut.new_active_ != nullptr)
      active_ = std::move(cut.new_active_);
    else
      active_->clear();
    cuts_ = cut.cuts_;
    id_ = cuts_->id();
    generation_ = 1;
  }
  cut.generation_ = generation_;
}

}  // namespace cowbell
