// SPDX-License-Identifier: Apache-2.0
// The filter over one origin: every request passes here, and what changes data waits until all
// snapshots have preserved what it overwrites.
//
//   submit ──▶ gate ──▶ admitted ──▶ nobody in need ───────────────▶ origin ──▶ answered
//               │          │                                           ▲
//             held until   └──▶ postponed ──▶ a copy fiber preserves ──┘
//             take is over
//
// A change is in flight from admission, postponed ones included, until its completion frame has
// run: that is what take drains. Looking at all areas and submitting happen without a switch.
#pragma once

#include <boost/intrusive/list.hpp>

#include "core/answer_queue.hpp"
#include "core/block_device.hpp"
#include "core/change_tracking.hpp"
#include "core/diff_area.hpp"
#include "core/environment.hpp"
#include "core/params.hpp"

namespace cowbell {

class Tracker final : public BlockDevice {
 public:
  /// `origin` is borrowed and outlives the tracker; from now on only the tracker writes to it.
  /// `number` names the origin in events.
  Tracker(const Environment& environment, const Params& params, BlockDevice& origin,
          std::uint32_t number)
      : environment_(environment),
        params_(params),
        origin_(origin),
        number_(number),
        changes_(environment, params, number),
        copy_fibers_(environment.stacks) {}
  ~Tracker() override;

  std::uint32_t number() const { return number_; }

  /// The device below. Image reads and loads go there: the engine's own I/O never re-enters (S8).
  BlockDevice& origin() { return origin_; }

  Geometry geometry() const override { return origin_.geometry(); }

  /// What the origin is now. That it has shrunk is told to all areas and to the change tracking:
  /// when it grows again, nobody can see any more that it had. Does not suspend.
  Geometry look_at_origin();

  /// Never fails a request on behalf of a snapshot (S7), save NOWAIT with EAGAIN.
  /// EOPNOTSUPP for a change whose stack of frames is full.
  void submit(Bio& bio) override;

  /// The blocks of `range` count as changed now, as if they had been written (S14). Does not
  /// suspend. Errors: EINVAL (past the end of the device).
  Errc mark_changed(SectorRange range);

  /// @name For take and release
  /// @{
  /// New changes are held from now on.
  void close_gate() { gate_closed_ = true; }
  /// Suspends until no change is in flight. The gate is closed.
  void drain();
  /// Adds an area at the cut. The gate is closed and drained. Does not suspend, cannot fail.
  void attach(DiffArea& area);
  ChangeTracking& changes() { return changes_; }
  /// Admits what was held, in order. Does not suspend.
  void open_gate();
  /// Changes are no longer copied for `area`, which has been released. Does not suspend.
  void detach(DiffArea& area) { areas_.erase(areas_.iterator_to(area)); }

  /// Copy fibers run while at least one snapshot needs them. May suspend.
  /// Errors: ENOMEM, and then nothing has changed.
  Errc need_copy_fibers();
  /// Suspends until they have ended if nobody needs them any more.
  void release_copy_fibers();
  /// @}

 private:
  /// Of changes that are preserved together: none waits long for the copies of another.
  static constexpr SectorCount kTogetherMaximum{(std::uint64_t{1} << 20) >> kSectorShift};
  /// While as many of them go on, a change that begins where the last one ended starts none: fewer
  /// would leave a disk idle that answers many requests at once, more would split the reads.
  static constexpr std::uint64_t kCopiesBeforeGathering = 4;

  void admit(Bio& bio);
  void postpone(Bio& bio);
  void refuse(Bio& bio, Errc error);
  bool in_need(SectorRange range) const;
  void copy_loop();
  SectorRange take_neighbours(boost::intrusive::list<Bio>& changes);
  void end_copy_fibers();
  static void change_answered(Bio& bio, void* tracker) noexcept;

  const Environment& environment_;
  const Params& params_;
  BlockDevice& origin_;
  const std::uint32_t number_;
  ChangeTracking changes_;
  DiffAreas areas_;
  SectorCount capacity_;  ///< of the largest area, or as short as the origin has been since
  AnswerQueue answers_;

  bool gate_closed_ = false;
  boost::intrusive::list<Bio> held_;
  std::uint64_t in_flight_ = 0;
  WaitQueue drained_{"the last change in flight"};

  boost::intrusive::list<Bio> postponed_;
  Sector postponed_end_;       ///< where the last one that came ends
  std::uint64_t short_copies_ = 0;  ///< copies that end soon: no longer than `kTogetherMaximum`
  WaitQueue work_{"a postponed change"};
  HandoverLock copy_fibers_lock_{"the start or end of copy fibers"};
  std::uint32_t copy_fibers_needed_ = 0;
  bool copy_fibers_ending_ = false;
  FiberGroup copy_fibers_;
};

}  // namespace cowbell
