// SPDX-License-Identifier: Apache-2.0
// Change tracking of one origin (S14): what a backup needs to copy only what has changed.
//
// Terms. The *active* map takes in every change of the origin, from its first take on and for good.
// At a cut it is copied for the snapshot, and a new generation begins. A *point* names a cut: its
// generation, under a generation id. After 255 cuts, and when the device has another capacity than
// before, the map starts anew under a new id; points of the old one are then unknown.
//
//   "from X to Y" = blocks whose byte, in the copy made at Y, is at least X's generation
//                 + blocks marked on X + blocks marked on Y
//
// Y is alive; X is a point under the same id, its snapshot alive or released.
//
// Memory. Nothing is taken while requests run, save for the first mark on an image. The copy of a
// snapshot is charged to its metadata, so a take is refused whose map does not fit
// `metadata_maximum`; the active map has the same size, and stands beside its successor only while
// a take replaces it. All marks of an origin come to at most `metadata_maximum`; those that do not
// fit are lost, and the maps concerned say so.
#pragma once

#include <memory>
#include <optional>

#include "core/allocate.hpp"
#include "core/cut_marks.hpp"
#include "core/environment.hpp"
#include "core/memory_budget.hpp"

namespace cowbell {

/// Names a cut of one origin: what a backup program keeps with its backup to ask, at a later
/// snapshot, what has changed since.
struct TrackingPoint {
  GenerationId id;
  Generation generation = 0;
  bool operator==(const TrackingPoint&) const = default;
};

/// The changed blocks from one cut to another, read off the maps as it goes. Borrows from the
/// snapshot at which they end, and is good until its release. Marks that are set meanwhile may be
/// in or not.
class ChangedBlocks {
 public:
  /// False if the answer is not known: the points belong to different ids, or something was lost.
  bool exact() const { return map_ != nullptr; }
  /// The next range of changed blocks: ascending, neighbours joined, the last one cut at the end of
  /// the device. Nothing after the last one, or where the answer is not known.
  std::optional<SectorRange> next();

 private:
  friend class TrackedCut;
  bool changed(std::uint64_t block) const;

  const CbtMap* map_ = nullptr;
  Generation from_ = 0;
  const CutMarks* marked_from_ = nullptr;
  const CutMarks* marked_to_ = nullptr;
  std::uint64_t at_ = 0;
};

/// A cut of one origin: what its snapshot holds of the change tracking.
class TrackedCut {
 public:
  /// Throws std::bad_alloc.
  TrackedCut(std::pmr::memory_resource& metadata, SectorCount capacity, ByteCount block_size)
      : map_(metadata, capacity, block_size) {}

  TrackingPoint point() const { return {cuts_->id(), generation_}; }
  ByteCount block_size() const { return map_.block_size(); }
  std::uint64_t block_count() const { return map_.block_count(); }

  /// What changed from `from` to this cut. Errors: EINVAL (`from` is a later cut).
  Result<ChangedBlocks> changed_since(const TrackingPoint& from) const;

  /// The blocks of `range`, which lies within the image, count as changed in every map that begins
  /// or ends here. Does not suspend; cannot fail: what finds no memory is lost.
  void mark(SectorRange range);

  /// The whole map for use elsewhere. Fills `out`, one byte for each of `block_count()` blocks: a
  /// block has changed since an earlier point of the same id if its byte is at least the point's
  /// generation. Marks on images of earlier cuts are laid in so that a map that begins before them
  /// reports them too: more than `changed_since` would, never less.
  /// Returns the generation from which on the bytes can be relied on; for points below it, nothing
  /// is known.
  unsigned export_to(std::span<Generation> out) const;

 private:
  friend class ChangeTracking;
  CbtMap map_;
  std::shared_ptr<MarkedCuts> cuts_;  ///< before the cut: only if a new id begins with it
  Owned<CbtMap> new_active_;          ///< before the cut: only if the active map is to be replaced
  Generation generation_ = 0;
  CutMarks* marks_ = nullptr;
};

/// What a tracker holds.
class ChangeTracking {
 public:
  /// `origin` is the tracker's number.
  ChangeTracking(const Environment& environment, const Params& params, std::uint32_t origin)
      : params_(params),
        memory_(environment.memory),
        marks_memory_(environment.memory, ByteCount{params.metadata_maximum}),
        id_{environment.instance, origin, 0} {}

  /// Makes all that the cut of an origin of `capacity` needs, and changes nothing. `metadata` is
  /// the snapshot's. Null if the memory was refused.
  Owned<TrackedCut> prepare(SectorCount capacity, std::pmr::memory_resource& metadata);

  /// The cut: no change is in flight. Does not suspend, cannot fail.
  void cut(TrackedCut& cut);

  /// A change of `range` has been admitted, or somebody says that there was one.
  /// False if the map could not take all of it in; maps of this time are then not exact.
  bool record(SectorRange range) {
    return active_ == nullptr || active_->record(range, generation_);
  }

  /// The device has `capacity` now. What it loses by shrinking, it loses without a request: if it
  /// is shorter than its map, maps of this time are not exact. A device that shrinks and grows back
  /// unseen keeps its secret.
  void seen(SectorCount capacity) {
    if (active_ != nullptr && capacity < active_->capacity()) active_->lose(generation_);
  }

 private:
  const Params& params_;
  std::pmr::memory_resource& memory_;
  LimitedMemory marks_memory_;
  GenerationId id_;                   ///< the current one; its number is 0 before the first cut
  std::shared_ptr<MarkedCuts> cuts_;  ///< shared with the snapshots under that id
  Owned<CbtMap> active_;              ///< null before the first cut
  Generation generation_ = 0;
};

}  // namespace cowbell
