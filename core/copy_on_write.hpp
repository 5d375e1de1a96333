// SPDX-License-Identifier: Apache-2.0
// Preserves what one change to an origin overwrites, for every snapshot that still needs it. What
// several snapshots need is read from the origin once and copied, so that each has a buffer of its
// own: an image write to one of them never shows in another.
//
// Order of waiting: memory, locks, device. The memory of a window, for all its areas, is reserved
// all at once or not at all, holding nothing else. Then the fresh chunks of the window are locked
// by (area, number), loaded, published as `in_memory`, queued for storing and unlocked; then comes
// the next window. Preserved chunks are never locked, so a lock held here spans origin I/O only.
#pragma once

#include <array>

#include "core/diff_area.hpp"

namespace cowbell {

class CopyOnWrite {
 public:
  /// One change of `range`. All is borrowed; areas may leave `areas` while this is suspended.
  CopyOnWrite(const Environment& environment, BlockDevice& origin, DiffAreas& areas,
              SectorRange range)
      : clock_(environment.clock), origin_(origin), areas_(areas), rest_(range) {}
  CopyOnWrite(const CopyOnWrite&) = delete;
  CopyOnWrite& operator=(const CopyOnWrite&) = delete;

  /// Afterwards no area is in need of the range, now or later: its chunks are preserved, or it is
  /// corrupted or released. Suspends. An area that lacks memory is corrupted when a request to its
  /// storage is older than `storage_wait_maximum` and no memory has come back for as long: so
  /// storage that answers in time, however slowly, costs no snapshot, nor does a single request
  /// that takes long beside others; and storage that answers nothing keeps the change no longer.
  void preserve();

 private:
  /// More areas than these take another turn, and another read.
  static constexpr std::size_t kAreasAtOnce = 32;
  /// Neighbouring chunks that are read in one request.
  static constexpr std::size_t kChunksPerRead = 16;

  /// What one area has to do with the window.
  struct Share : MemoryClaim::Wish {
    DiffArea* area = nullptr;
    DiffArea::Window window;
    /// In ascending order, each with a buffer.
    RequestedChunks locked;
    /// How far a search through `locked` has come.
    RequestedChunks::iterator searched;
    bool may_load = false;
    Errc error = Errc::none;

    bool has_loaded() const { return may_load && error == Errc::none; }
    ByteCount cost() const { return area->chunk_cost() * window.fresh; }
  };

  std::span<Share> shares() { return std::span(shares_).first(count_); }
  bool find_window();
  bool reserve(Time since);
  void copy_window();
  void lock_fresh(Share& share);
  void load(Share& share);
  const std::byte* read_before(const Share& share, SectorRange range);
  void publish(Share& share);

  Clock& clock_;
  BlockDevice& origin_;
  DiffAreas& areas_;
  SectorRange rest_;   ///< what is not preserved for all areas yet
  Sector window_end_;  ///< of all windows
  std::array<Share, kAreasAtOnce> shares_;
  std::size_t count_ = 0;
};

}  // namespace cowbell
