// SPDX-License-Identifier: Apache-2.0
// The simulated disk: what every device of a simulated world, origin or storage, is made of.
//
//   submit ──▶ announced ──▶ fault? latency? moments of effect? drawn at once
//                │
//                ├─ stalled ───────────── heal ──┐
//                ▼                               ▼
//        effects at submission ──▶ effects midway ──▶ remaining effects ──▶ answered
//
// Logical blocks are atomic, ranges of them are not: the blocks of a write take effect, and those
// of a read are sampled, in up to two groups at moments of their own between submission and
// answer. Answers come through the virtual clock, never from within `submit`.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <deque>
#include <string>

#include "core/block_device.hpp"
#include "models/effects.hpp"
#include "sim/decisions.hpp"
#include "sim/event_log.hpp"
#include "sim/faults.hpp"
#include "sim/sector_store.hpp"
#include "sim/virtual_clock.hpp"
#include "sim/volatile_cache.hpp"

namespace cowbell::sim {

class Disk;

/// When a group of blocks takes effect.
enum class Moment : std::uint8_t { answer, submission, midway };

/// A request on its way, kept for reuse.
struct DiskRequest : Timer, boost::intrusive::list_base_hook<> {
  Disk* disk = nullptr;
  Bio* bio = nullptr;
  std::uint64_t number = 0;  ///< of this device, from 0
  Errc status = Errc::none;
  SectorCount transferred;  ///< what the answer says, from the start of the range
  SectorCount effective;    ///< what takes effect, from the start of the range
  SectorCount split;        ///< of that, the first group
  Moment moments[2] = {Moment::answer, Moment::answer};
  bool keeps_old = false;             ///< of a discard: the device leaves the bytes as they are
  std::optional<Sector> misdirected;  ///< where its blocks go instead
  std::optional<Sector> rotten;       ///< of its sectors, the one that decays
  Time latency{};
};

/// Requests of all disks of a world.
class DiskRequests {
 public:
  DiskRequest& take();
  void give_back(DiskRequest& request) { free_.push_back(&request); }

 private:
  std::deque<DiskRequest> requests_;
  std::vector<DiskRequest*> free_;
};

/// What the disks of a world share. All is borrowed and outlives them; `listener` may change
/// between runs.
struct DiskSurroundings {
  VirtualClock& clock;
  Decisions& decisions;
  FaultOverlay& faults;
  Latencies& latencies;
  EventLog& log;
  SectorPages& pages;
  DiskRequests& requests;
  model::EffectListener* listener = nullptr;
};

/// Under `Concern::effect_order`: the moments, and the result of a discard or a failed write.
/// The plainest: all at the answer, zeroes, no effect.
///
/// The bytes of a read that are not transferred are left as `kGarbage`, in every run the same.
class Disk {
 public:
  static constexpr std::byte kGarbage{0xdb};

  explicit Disk(DiskSurroundings& surroundings);
  /// No request may be open.
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// An empty device of that geometry, as quick as its profile says. No request may be open. Only a
  /// device with a `volatile_cache` loses what is not durable when its power is cut.
  void restart(model::DeviceId id, const Geometry& geometry, bool whole_bodies,
               bool volatile_cache = false, model::Profile profile = model::Profile::none);

  model::DeviceId id() const { return id_; }
  const Geometry& geometry() const { return geometry_; }
  void set_capacity(SectorCount capacity) { geometry_.capacity = capacity; }

  /// Grows, with zeroes, or shrinks and forgets. What is on its way and reaches past the new end
  /// fails with EIO, and has no effect beyond what it has had.
  void resize(SectorCount capacity);

  /// EINVAL for what `check_request` refuses; such a request counts for no fault.
  void submit(Bio& bio);

  /// What is stalled goes on, in the order of its submission.
  void heal();

  /// Everything on its way is answered ENODEV now, in the order of its submission and before
  /// anything else, and has no further effect; so is what comes until `restore_power`, which counts
  /// for no fault. Returns how many blocks have lost their newest content.
  std::uint64_t cut_power();
  void restore_power() { has_power_ = true; }
  bool has_power() const { return has_power_; }

  /// Growth to `capacity` has come to the device: what befalls it, announced.
  std::optional<FaultOverlay::Hit> arrive_grow(SectorCount capacity);

  /// How long such a request takes from now on; nothing for a stall.
  std::optional<Time> draw_latency(model::RequestKind kind, SectorRange range = {});

  /// Requests not yet answered.
  std::size_t open_requests() const { return open_; }

  /// True if a request waits to be healed.
  bool stalled() const { return !stalled_.empty(); }
  /// One line a stalled request.
  std::string describe_stalled() const;

 private:
  /// Into so many parts a range is divided at most, so that recorded choices stay small.
  static constexpr std::uint32_t kPartsMaximum = 16;

  using Requests = boost::intrusive::list<DiskRequest, boost::intrusive::constant_time_size<false>>;

  SectorCount logical_block() const { return to_sectors(geometry_.logical_block); }
  std::optional<FaultOverlay::Hit> arrive(model::RequestKind kind, SectorRange touched,
                                          SectorRange announced, bool can_come_up_short);
  void announce(const model::InjectedFault& fault);
  void befall(DiskRequest& request, const FaultOverlay::Hit& hit);
  void fail(DiskRequest& request, Errc error);
  void refuse(DiskRequest& request, Errc error);
  void transfer(DiskRequest& request, SectorCount sectors);
  void come_up_short(DiskRequest& request);
  void tear(DiskRequest& request, Errc error);
  void lose_write(DiskRequest& request);
  void misdirect(DiskRequest& request);
  void choose_rotten(DiskRequest& request);
  void decide_moments(DiskRequest& request);
  SectorCount draw_split(SectorCount of);
  void go(DiskRequest& request);
  void apply(DiskRequest& request, Moment moment);
  void apply_group(DiskRequest& request, SectorRange blocks);
  void decay(const DiskRequest& request, SectorRange blocks);
  void leave_garbage(const DiskRequest& request);
  void lose_power(DiskRequest& request);
  void become_durable(const DiskRequest& request);
  void answer(DiskRequest& request);
  static void midway(Timer& timer) noexcept;
  static void answered(Timer& timer) noexcept;

  DiskSurroundings& surroundings_;
  SectorStore store_;
  model::DeviceId id_;
  Geometry geometry_;
  const model::DiskProfile* profile_ = nullptr;
  Sector last_end_;  // of the read or write that came last
  Requests going_;
  Requests stalled_;
  std::uint64_t submitted_ = 0;
  std::size_t open_ = 0;
  bool gone_ = false;
  bool has_power_ = true;
  VolatileCache cache_;
};

}  // namespace cowbell::sim
