// SPDX-License-Identifier: Apache-2.0
// Difference storage on a block device, which never grows.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/storage_backing.hpp"
#include "core/uring/device.hpp"

namespace cowbell::uring {

/// Used exclusively for its life: no file system on it can be mounted meanwhile, and no other
/// storage be made of it. What the device holds is overwritten, from its beginning.
class StorageDevice final : public StorageBacking {
 public:
  /// Opens the block device at `path`. With a `size` that much of it is used, without one all of
  /// it. Nothing is written.
  /// Errors: EINVAL (no block device), EBUSY (mounted, swap, below another device, or held by
  /// another user), EROFS (it takes no writes), ENOSPC (smaller than `size`, or than one logical
  /// block), and what the kernel says.
  static Opened<std::unique_ptr<StorageDevice>> open(Reactor& reactor, const std::string& path,
                                                     std::optional<SectorCount> size = {});

  StorageDevice(Reactor& reactor, Target target) : device_(reactor, std::move(target)) {}

  Geometry geometry() const override { return device_.geometry(); }
  void submit(Bio& bio) override { device_.submit(bio); }
  bool can_grow() const override { return false; }
  /// EOPNOTSUPP.
  Errc grow(SectorCount) override { return Errc::not_supported; }
  bool lies_on(const BlockDevice& origin) const override;

  const Target& target() const { return device_.target(); }

 private:
  Device device_;
};

}  // namespace cowbell::uring
