// SPDX-License-Identifier: Apache-2.0
#include "core/uring/stacking.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/uring/mounts.hpp"

namespace cowbell::uring {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kDepthMaximum = 32;

/// The first line of a file of sysfs; empty if it is not there.
std::string line_of(const fs::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

/// The block device whose directory in sysfs this is.
std::optional<Identity> device_at(const fs::path& directory) {
  unsigned major = 0, minor = 0;
  if (std::sscanf(line_of(directory / "dev").c_str(), "%u:%u", &major, &minor) != 2)
    return std::nullopt;
  return Identity{.is_block_device = true, .device = makedev(major, minor), .inode = 0};
}

void append(std::vector<Identity>& list, const std::optional<Identity>& identity) {
  if (identity) list.push_back(*identity);
}

bool lies_on(const Identity& upper, const Identity& lower, unsigned depth) {
  if (upper == lower) return true;
  if (depth == kDepthMaximum) return false;
  return std::ranges::any_of(below(upper),
                             [&](const Identity& next) { return lies_on(next, lower, depth + 1); });
}

}  // namespace

std::optional<Identity> identify(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  if (S_ISBLK(status.st_mode))
    return Identity{.is_block_device = true, .device = status.st_rdev, .inode = 0};
  if (S_ISREG(status.st_mode))
    return Identity{.is_block_device = false, .device = status.st_dev, .inode = status.st_ino};
  return std::nullopt;
}

std::vector<Identity> below(const Identity& upper) {
  if (!upper.is_block_device)
    return {{.is_block_device = true, .device = upper.device, .inode = 0}};
  std::vector<Identity> found;
  if (major(upper.device) == 0) {  // a file system that shows a number of its own
    for (const Mount& mount : mounts())
      if (mount.device == upper.device && mount.source.starts_with('/'))
        append(found, identify(mount.source));
    return found;
  }
  const fs::path directory = "/sys/dev/block/" + std::to_string(major(upper.device)) + ':' +
                             std::to_string(minor(upper.device));
  std::error_code error;
  if (fs::exists(directory / "partition", error))
    append(found, device_at(fs::canonical(directory, error).parent_path()));
  for (const fs::directory_entry& member : fs::directory_iterator(directory / "slaves", error))
    append(found, device_at(member.path()));
  if (const std::string file = line_of(directory / "loop/backing_file"); !file.empty())
    append(found, identify(file));
  return found;
}

bool lies_on(const Identity& upper, const Identity& lower) {
  return lies_on(upper, lower, 0);
}

}  // namespace cowbell::uring
