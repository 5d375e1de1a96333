// SPDX-License-Identifier: Apache-2.0
// Devices that break the contract, each in one way, over one that keeps it.
#pragma once

#include <array>
#include <string_view>

#include "core/storage_backing.hpp"

namespace cowbell::test {

enum class Defect : std::uint8_t {
  none,
  reverses_segments,       ///< takes the memory of a request in the wrong order
  reads_short,             ///< the last sector of a read never arrives, and nobody is told
  writes_nothing,          ///< a write is answered and not done
  zeroes_nothing,          ///< so is WRITE_ZEROES
  zeroes_in_part,          ///< or it stops after 4 KiB
  discards_neighbours,     ///< a DISCARD reaches 4 KiB behind its end
  accepts_wrong_requests,  ///< what should be EINVAL is answered as done
  again_with_effect,       ///< NOWAIT is answered EAGAIN after it was done
  grows_in_name_only,      ///< a growth is answered and not done
  loses_data_in_growth,    ///< the last 4 KiB are gone after a growth
  grows_in_secret          ///< says that it cannot grow, and does
};

inline constexpr std::array kDefects{
    Defect::reverses_segments,      Defect::reads_short,       Defect::writes_nothing,
    Defect::zeroes_nothing,         Defect::zeroes_in_part,    Defect::discards_neighbours,
    Defect::accepts_wrong_requests, Defect::again_with_effect, Defect::grows_in_name_only,
    Defect::loses_data_in_growth,   Defect::grows_in_secret};

/// A device or, with `storage`, a storage; both are borrowed, and `storage` is `device` then.
class DefectiveDevice final : public StorageBacking {
 public:
  DefectiveDevice(BlockDevice& device, StorageBacking* storage, Defect defect)
      : device_(device), storage_(storage), defect_(defect) {}

  Geometry geometry() const override { return device_.geometry(); }
  void submit(Bio& bio) override;
  bool can_grow() const override {
    return storage_ != nullptr && storage_->can_grow() && defect_ != Defect::grows_in_secret;
  }
  Errc grow(SectorCount capacity) override;
  bool lies_on(const BlockDevice&) const override { return false; }

 private:
  BlockDevice& device_;
  StorageBacking* storage_;
  Defect defect_;
};

}  // namespace cowbell::test
