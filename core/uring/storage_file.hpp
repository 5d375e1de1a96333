// SPDX-License-Identifier: Apache-2.0
// Difference storage in a regular file that grows.
#pragma once

#include <memory>
#include <string>

#include "core/storage_backing.hpp"
#include "core/uring/device.hpp"

namespace cowbell::uring {

struct StorageFileOptions {
  /// Reserved at once.
  SectorCount size{};
  /// An existing file is taken over, with its length and contents, and space is reserved for all of
  /// it; otherwise it must not exist.
  bool existing = false;
  /// Its name is taken away at once: it is gone when it is closed, however the process ends.
  bool unlinked = false;
};

/// Used exclusively: locked (flock) for its life. A growth reserves space (fallocate), so that
/// what has been granted can be written; one that fails leaves the file as long as it was.
class StorageFile final : public StorageBacking {
 public:
  /// Makes, or takes over, the file at `path`; a file without a name if `path` is a directory.
  /// Suspends the calling fiber if there is space to reserve. Errors: EEXIST, ENOENT, EINVAL (no
  /// regular file), EBUSY (locked by another, swap, or below a device), ENOSPC, and what the kernel
  /// says; nothing is left behind.
  static Opened<std::unique_ptr<StorageFile>> open(Reactor& reactor, const std::string& path,
                                                   const StorageFileOptions& options);

  StorageFile(Reactor& reactor, Target target) : device_(reactor, std::move(target)) {}

  Geometry geometry() const override { return device_.geometry(); }
  void submit(Bio& bio) override { device_.submit(bio); }
  bool can_grow() const override { return true; }
  /// One growth at a time.
  Errc grow(SectorCount capacity) override;
  bool lies_on(const BlockDevice& origin) const override;

  const Target& target() const { return device_.target(); }

 private:
  Errc reserve(SectorCount from, SectorCount to);

  Device device_;
};

}  // namespace cowbell::uring
