// SPDX-License-Identifier: Apache-2.0
// What is mounted, as this process sees it (/proc/self/mountinfo).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace cowbell::uring {

struct Mount {
  dev_t device;        ///< that files on it report as theirs
  std::string point;   ///< where it is mounted
  std::string source;  ///< a path of a device, or anything else that the file system prints
};

/// Empty if /proc is not there.
std::vector<Mount> mounts();

}  // namespace cowbell::uring
