// SPDX-License-Identifier: Apache-2.0
#include "core/uring/storage_device.hpp"

#include "core/uring/stacking.hpp"
#include "core/uring/usage.hpp"

namespace cowbell::uring {
namespace {

const char* const kAttempt = "use as storage";

std::string bytes(SectorCount size) {
  return std::to_string(to_bytes(size).value) + " bytes";
}

}  // namespace

Opened<std::unique_ptr<StorageDevice>> StorageDevice::open(Reactor& reactor,
                                                           const std::string& path,
                                                           std::optional<SectorCount> size) {
  const std::optional<Identity> identity = identify(path);
  if (identity && !identity->is_block_device)
    return open_error(kAttempt, path, Errc::invalid, "not a block device (EINVAL)");
  if (identity)
    if (const std::optional<std::string> use = find_use(*identity))
      return open_error(kAttempt, path, Errc::busy, *use + " (EBUSY)");
  Opened<Target> target = open_target(path, {.exclusive = true});
  if (!target) return std::unexpected(target.error());
  if (!target->identity.is_block_device)  // another thing has come to the path meanwhile
    return open_error(kAttempt, path, Errc::invalid, "not a block device (EINVAL)");
  SectorCount& capacity = target->geometry.capacity;
  const SectorCount needed = size.value_or(to_sectors(target->geometry.logical_block));
  if (capacity < needed)
    return open_error(
        kAttempt, path, Errc::no_space,
        "it has " + bytes(capacity) + ", and " + bytes(needed) + " are needed (ENOSPC)");
  if (size) capacity = *size;
  return std::make_unique<StorageDevice>(reactor, std::move(*target));
}

bool StorageDevice::lies_on(const BlockDevice& origin) const {
  const auto* device = dynamic_cast<const Device*>(&origin);
  return device != nullptr && uring::lies_on(target().identity, device->target().identity);
}

}  // namespace cowbell::uring
