// SPDX-License-Identifier: Apache-2.0
// The front door: origins come in, snapshots are taken by name and released by name.
#pragma once

#include <boost/intrusive/list.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "core/event_queue.hpp"
#include "core/params.hpp"
#include "core/snapshot.hpp"
#include "core/tracker.hpp"

namespace cowbell {

/// One engine is used from the fibers of one thread.
class Engine {
 public:
  /// What `environment` refers to is borrowed and outlives the engine. `params` passed
  /// `check_params`.
  Engine(const Environment& environment, const Params& params);

  /// Every snapshot has been released and no request is on its way.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Puts a tracker over `device`, which is borrowed and outlives the engine. The tracker is owned
  /// by the engine; it is the device to use from now on. Errors: ENOMEM.
  Result<Tracker*> track(BlockDevice& device);

  /// Takes a snapshot of `origins` at one instant between call and return (S2). `storage` is
  /// borrowed until the release has returned, or at once given back if the take fails; without a
  /// `limit` a file may grow to 32 PiB.
  /// Suspends. A take that fails leaves everything as it was, and its name free.
  /// Errors: EEXIST (the name is in use), EINVAL (no origin, one named twice, or memory_maximum
  /// below two chunks and the fixed costs), EBUSY (storage on the device of a tracked origin, or of
  /// another snapshot; or another snapshot's on one of `origins`), EFBIG (no chunk size fits),
  /// ENOSPC (storage past its limit), ENOMEM (also while thousands of events of released snapshots
  /// are unread), and what growing the storage answers.
  std::expected<Snapshot*, TakeError> take(std::string_view name, std::span<Tracker* const> origins,
                                           StorageBacking& storage,
                                           std::optional<SectorCount> limit = {});

  /// Ends a snapshot (S11): on return no I/O of it is pending and its images answer ENODEV.
  /// Suspends; allocates nothing; never fails for a live name. Errors: ENOENT.
  Errc release(std::string_view name);

  /// The live snapshot of that name; null if there is none, or it is still being taken or is
  /// already being released.
  Snapshot* find(std::string_view name);

  /// What changed on `origin` from the cut `from`, whose snapshot may have been released, to that
  /// of the live snapshot `to` (S14). The point of a cut is `Snapshot::changes(origin)->point()`.
  /// Does not suspend. Errors: ENOENT (no live snapshot `to` that holds the origin), EINVAL (`from`
  /// is the later one).
  Result<ChangedBlocks> changed(const TrackingPoint& from, std::string_view to,
                                const Tracker& origin);

  EventQueue& events() { return events_; }

 private:
  bool lies_on_an_origin(const StorageBacking& storage, std::span<Tracker* const> origins) const;
  void forget(Snapshot& snapshot);

  const Environment environment_;
  const Params params_;
  EventQueue events_;
  std::pmr::vector<Owned<Tracker>> trackers_;
  boost::intrusive::list<Snapshot> snapshots_;  ///< live, being taken, or being released
  HandoverLock takes_{"the end of another take"};
  std::uint64_t taken_ = 0;
};

}  // namespace cowbell
