// SPDX-License-Identifier: Apache-2.0
// The room for preserved chunks: one backing for all origins of a snapshot, given out in extents
// and grown in steps beside the I/O.
//
//     filled ≤ capacity ≤ requested ≤ limit        (S10, in sectors)
//
// filled     given out as extents
// capacity   granted by the backing
// requested  capacity, or what a growth under way will make of it
#pragma once

#include <optional>

#include "core/environment.hpp"
#include "core/event_queue.hpp"
#include "core/fiber.hpp"
#include "core/storage_backing.hpp"
#include "core/storage_watch.hpp"

namespace cowbell {

class DiffStorage {
 public:
  /// `backing` is borrowed. Without a `limit` a file may grow to 32 PiB. `minimum` is the step of
  /// growth; `low_space` is told when a step is needed. A request is overdue after `wait_maximum`.
  DiffStorage(const Environment& environment, StorageBacking& backing,
              std::optional<SectorCount> limit, SectorCount minimum, EventQueue::Slot low_space,
              Time wait_maximum);
  DiffStorage(const DiffStorage&) = delete;
  DiffStorage& operator=(const DiffStorage&) = delete;

  /// Grows at once if there is less than half a step. Suspends. Errors: ENOSPC (a file already past
  /// its limit), and what growing answers.
  TakeError set_up();

  /// Starts the fiber that carries growth out. Throws std::bad_alloc.
  void start();
  /// Suspends until a growth under way has ended, and the fiber with it. Waiting calls of
  /// `allocate` answer ENOSPC.
  void stop();

  /// An extent out of granted space; an extent is never given out twice. Suspends while a growth
  /// that may make room for it is under way.
  /// Errors: ENOSPC, when there is no room and growth is refused or at its limit; ENODEV, when
  /// growth is refused because the backing has gone.
  Result<Sector> allocate(SectorCount size);

  /// True if `allocate` would not have to wait or refuse.
  bool has_room(SectorCount size) const { return size <= capacity_ - filled_; }

  StorageBacking& backing() const { return backing_; }
  StorageWatch& watch() { return watch_; }
  SectorCount filled() const { return filled_; }
  SectorCount capacity() const { return capacity_; }

 private:
  bool low() const { return (capacity_ - filled_).value <= minimum_.value / 2; }
  bool may_grow() const;
  void tell_low_space();
  void want_growth();
  void grow_loop();
  void check() const;

  StorageBacking& backing_;
  StorageWatch watch_;
  SectorCount limit_;
  SectorCount minimum_;
  SectorCount filled_;
  SectorCount capacity_;
  SectorCount requested_;
  std::uint64_t growths_failed_ = 0;
  Errc refusal_ = Errc::none;  ///< of `allocate`, by the last growth that failed
  bool low_space_told_ = false;
  bool stopping_ = false;
  EventQueue::Slot low_space_;
  WaitQueue growth_wanted_{"a need to grow the difference storage"};
  WaitQueue growth_ended_{"the growth of the difference storage"};
  FiberGroup fiber_;
};

}  // namespace cowbell
