// SPDX-License-Identifier: Apache-2.0
// The frozen state of one or more origins at one instant: an area and an image for each origin, one
// difference storage and one memory limit for all of them.
#pragma once

#include <boost/intrusive/list_hook.hpp>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "core/diff_area.hpp"
#include "core/diff_storage.hpp"
#include "core/image_server.hpp"
#include "core/memory_budget.hpp"
#include "core/store_queue.hpp"
#include "core/tracker.hpp"

namespace cowbell {

class Snapshot final : public boost::intrusive::list_base_hook<>, private MemoryBudget::Reclaimer {
 public:
  /// Throws std::bad_alloc. `storage` is borrowed until the release.
  Snapshot(const Environment& environment, const Params& params, std::string_view name,
           std::uint64_t number, StorageBacking& storage, std::optional<SectorCount> limit,
           EventQueue::Slot low_space);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  std::string_view name() const { return name_; }
  /// Given by the engine, from 1, never again.
  std::uint64_t number() const { return number_; }
  /// Taken and not yet being released.
  bool live() const { return live_; }

  /// The area of an origin; null if the snapshot does not hold it.
  DiffArea* area(const Tracker& origin);
  ImageServer* image_server(const Tracker& origin);
  /// Where its cut stands in the change tracking of an origin: for the answers and the export of
  /// `TrackedCut`. Null if the snapshot does not hold the origin; good until the release.
  const TrackedCut* changes(const Tracker& origin) const;
  /// The blocks of `range` count as changed in every map that begins or ends at this snapshot, as
  /// if they had been written through its image. Does not suspend.
  /// Errors: ENOENT (the snapshot does not hold the origin), EINVAL (past the end of the image).
  Errc mark_changed(const Tracker& origin, SectorRange range);
  const DiffStorage& storage() const { return storage_; }
  const MemoryBudget& memory() const { return memory_; }

  /// @name For the engine
  /// @{
  /// Makes everything that can fail: areas, memory, storage, fibers. Suspends.
  /// Errors: as `Engine::take`, and then nothing runs any more.
  TakeError prepare(std::span<Tracker* const> origins, EventQueue& events);
  /// One instant for all origins (S2). Suspends; cannot fail.
  void cut();
  /// Ends everything (S11). Suspends; allocates nothing.
  void shut_down();
  /// @}

 private:
  struct Member {
    Tracker* origin;
    Owned<DiffArea> area;
    Owned<TrackedCut> changes;
    Owned<ImageServer> image;
    bool has_copy_fibers = false;
  };

  void memory_wanted() override;
  TakeError make_members(std::span<Tracker* const> origins, EventQueue& events);
  TakeError make_member(Tracker& origin, EventQueue& events);
  Errc start_fibers();
  void stop_fibers();
  ByteCount fixed_costs() const;

  const Environment& environment_;
  const Params& params_;
  std::pmr::string name_;
  const std::uint64_t number_;
  bool live_ = false;
  DiffStorage storage_;
  MemoryBudget memory_;
  LimitedMemory metadata_;
  StoreQueue store_queue_;
  std::pmr::vector<Member> members_;
};

}  // namespace cowbell
