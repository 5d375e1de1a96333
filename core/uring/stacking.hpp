// SPDX-License-Identifier: Apache-2.0
// How the kernel's block devices lie on top of each other: files on file systems, partitions on
// disks, device mapper and md on their members, loop devices on their files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/uring/target.hpp"

namespace cowbell::uring {

/// What `upper` lies on directly; empty at the bottom, and where the kernel does not say.
std::vector<Identity> below(const Identity& upper);

/// True if `upper` is `lower`, or lies on it at any depth. Best effort: a file system that hides
/// its device (overlays, networks) ends the search.
bool lies_on(const Identity& upper, const Identity& lower);

/// Of an existing block device or regular file; nothing for any other path.
std::optional<Identity> identify(const std::string& path);

}  // namespace cowbell::uring
