// SPDX-License-Identifier: Apache-2.0
// Who uses a block device or a file already, so that nobody overwrites what is in use.
#pragma once

#include <optional>
#include <string>

#include "core/uring/target.hpp"

namespace cowbell::uring {

/// The first use that is found, such as "it is mounted on '/home'": of the device itself, of one of
/// its partitions, as swap, or below a device mapper, md or loop device. Nothing if there is none,
/// or none that the kernel shows. Opening exclusively finds what this does not, and the reverse.
std::optional<std::string> find_use(const Identity& target);

}  // namespace cowbell::uring
