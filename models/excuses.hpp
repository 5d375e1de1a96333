// SPDX-License-Identifier: Apache-2.0
// Why a request, a take or an area may have failed: the faults that the world put in, and limits.
// An error without an excuse is the engine's own, so that one which always fails cannot pass.
//
//   request to an origin    a fault injected into that very request (S7), or a device that shrank
//                           below its end on its way
//   request to an image     its area is corrupted, a release, or since its invocation a fault in
//                           the engine's requests to the storage or the origin, or memory refused;
//                           or an origin that is shorter there than it was at take
//   take                    memory refused, a fault in the storage, or a limit
//   corruption, by cause    EIO: a failed load or store, or an origin that shrank since the take;
//                           ENOMEM: memory refused or at its limit;
//                           ENOSPC: no room by the ghost's count; ETIMEDOUT: a storage request
//                           that took too long; ENODEV: the storage has gone, as the answer to a
//                           store or a growth said (S5, S6)
//
// While the power is cut, ENODEV is the answer of every device.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "models/effects.hpp"
#include "models/ghost_extents.hpp"
#include "models/writes.hpp"

namespace cowbell::model {

class Excuses {
 public:
  void begin(const Scenario& scenario);

  /// @name What the world announces
  /// @{
  void injected(const InjectedFault& fault, Moment now);
  void allocation_refused(Moment now) { memory_refused_ = now; }
  bool memory_was_refused() const { return memory_refused_ != 0; }
  /// A device answers a request with an error. True if the world put it in; each injected fault
  /// stands for one answer.
  bool claim(DeviceId device, const Bio& bio);
  /// A claimed fault struck a request of the engine's own, or one to an image that went through.
  void struck(DeviceId device, RequestKind kind, Moment now);
  void resized(OriginIndex origin, SectorCount capacity, Moment now);
  /// All storages of a world have the same logical block.
  void storage_made(ByteCount logical_block) { storage_block_ = logical_block; }
  void power_cut(Moment now) {
    has_power_ = false;
    power_cuts_.push_back(now);
  }
  void power_restored() { has_power_ = true; }
  /// @}

  bool power_cut_between(Moment first, Moment second) const {
    return std::any_of(power_cuts_.begin(), power_cuts_.end(),
                       [=](Moment cut) { return first < cut && cut < second; });
  }

  /// True if the origin had that size at `since` or at some moment after it.
  bool had_size(OriginIndex origin, SectorCount capacity, Moment since) const;
  /// True if the origin ended before `end` at `since` or at some moment after it.
  bool shrunk_below(OriginIndex origin, Sector end, Moment since) const;

  /// A failed request to an image, or a take, that was invoked at `since`.
  bool image_request(Errc error, OriginIndex origin, std::uint32_t storage, Moment since) const;
  bool take(Errc error, std::uint64_t origins, std::uint32_t storage, Moment since) const;

  /// What is known of an area that was found corrupted.
  struct Corruption {
    Errc cause;
    OriginIndex origin;
    std::uint32_t storage;
    Moment take_invoked;
    SectorCount capacity;  ///< of the image
    SectorCount chunk;
    std::uint64_t chunks_preserved;
    Time now;
    Time longest_wait;  ///< of a request of an origin, so far
  };
  /// Asked once for an area. A failed store excuses one: when a request with chunks of several
  /// areas fails, the engine writes them again one by one (S6).
  bool corruption(const Corruption& found, const GhostStorage& storage);

  /// Of `takes` cuts, marks on all of them may have come to `metadata_maximum`.
  bool marks_may_be_full(OriginIndex origin, std::uint64_t takes) const;
  /// True if the origin has changed its size since then.
  bool resized_since(OriginIndex origin, Moment since) const {
    return sizes_[origin].back().since > since;
  }

 private:
  /// The last moment at which a fault of each kind struck the engine on a device.
  struct Struck {
    std::array<Moment, kRequestKindCount> at{};  ///< of growths, those not answered ENODEV
    std::uint64_t failed_writes = 0;             ///< that have excused no area yet
    Moment no_device = 0;                        ///< a write or growth was answered ENODEV
    bool gone = false;
  };
  struct Pending {
    DeviceId device;
    RequestKind kind;
    SectorRange range;
    Errc error;
  };

  Struck& device(DeviceId id);
  /// Never struck, if nothing was told of it.
  Struck storage(std::uint32_t index) const;
  bool struck_since(const Struck& device, RequestKind kind, Moment since) const {
    return device.at[static_cast<unsigned>(kind)] > since;
  }
  Time storage_wait_maximum() const;
  bool use_up_failed_write(std::uint32_t storage);
  bool metadata_may_be_full(std::uint64_t chunks) const;
  /// Bytes of the change maps of all origins, at most.
  std::uint64_t change_maps() const;
  /// The largest chunk that the engine may choose, by the sizes of the origin since then; in bytes.
  std::uint64_t chunk_size(OriginIndex origin, Moment since) const;

  /// Tracking blocks of the origin, at most.
  std::uint64_t tracking_blocks(OriginIndex origin) const;

  /// A size of an origin, and when it began.
  struct Size {
    Moment since;
    SectorCount capacity;
  };
  /// Calls `visit(capacity)` for the size at `since` and for each later one.
  template <class Visit>
  void for_each_size(OriginIndex origin, Moment since, Visit visit) const {
    const std::vector<Size>& sizes = sizes_[origin];
    for (std::size_t i = sizes.size(); i-- > 0;) {
      visit(sizes[i].capacity);
      if (sizes[i].since <= since) return;
    }
  }

  const Scenario* scenario_ = nullptr;
  std::vector<Struck> origins_;
  std::vector<Struck> storages_;
  ByteCount storage_block_{kSectorSize};
  std::vector<Pending> pending_;
  std::vector<std::vector<Size>> sizes_;  ///< by origin, oldest first
  Moment memory_refused_ = 0;
  bool has_power_ = true;
  std::vector<Moment> power_cuts_;
};

}  // namespace cowbell::model
