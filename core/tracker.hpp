// SPDX-License-Identifier: Apache-2.0
// The filter over one origin: every request passes here, and what changes data waits until all
// snapshots have preserved what it overwrites.
//
//   submit ──▶ gate ──▶ admitted ──▶ all preserved ──────────────▶ origin ──▶ answered
//               │          │                                         ▲
//             held until   └──▶ postponed ──▶ a copy fiber preserves ┘
//             take is over
//
// A change is in flight from admission, postponed ones included, until its completion frame has
// run. That is what take drains. Looking at all areas and submitting happen without a switch.
#pragma once

#include <boost/intrusive/list.hpp>
#include <string>

#include "core/block_device.hpp"
#include "core/environment.hpp"
#include "core/params.hpp"

namespace cowbell {

class DiffArea;

class Tracker final : public BlockDevice {
 public:
  /// `origin` is borrowed and outlives the tracker; from now on only the tracker writes to it.
  Tracker(Environment environment, const Params& params, BlockDevice& origin,
          std::uint32_t number);
  ~Tracker() override;

  std::uint32_t number() const { return number_; }

  /// The device below. Image reads and loads go there directly: reads are not filtered.
  BlockDevice& origin() { return origin_; }

  Geometry geometry() const override { return origin_.geometry(); }

  /// Never fails a request on behalf of a snapshot (S7), save NOWAIT with EAGAIN.
  void submit(Bio& bio) override;

  // For take and release, below the front door of `Engine`.

  /// New changes are held from now on.
  void close_gate();
  /// Suspends until no change is in flight. The gate is closed.
  void drain();
  /// Adds an area at the cut. The gate is closed and drained; does not suspend or fail.
  void attach(DiffArea& area);
  /// Changes are no longer copied for `area`. Suspends until no copy fiber works for it.
  void detach(DiffArea& area);
  /// Admits what was held, in order.
  void open_gate();

  /// Copy fibers run while somebody needs them. Errors: ENOMEM, and then nothing has changed.
  Errc start_copy_fibers();
  /// Suspends until they have ended if this was the last who needed them.
  void stop_copy_fibers();

 private:
  struct DetachHook;
  using BioQueue = boost::intrusive::list<Bio>;

  void admit(Bio& bio);
  bool preserved_everywhere(SectorRange range) const;
  void copy_loop();
  void preserve_and_submit(Bio& bio);
  static void change_answered(Bio& bio, void* tracker) noexcept;

  Environment environment_;
  const Params& params_;
  BlockDevice& origin_;
  std::uint32_t number_;
};

}  // namespace cowbell
