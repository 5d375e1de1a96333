// SPDX-License-Identifier: Apache-2.0
#include "core/uring/usage.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/uring/mounts.hpp"
#include "core/uring/stacking.hpp"

namespace cowbell::uring {
namespace {

namespace fs = std::filesystem;

/// True if whatever overwrites `target` overwrites `other` as well: they are one, or `other` is a
/// partition of it.
bool shares_bytes(const Identity& other, const Identity& target) {
  if (other == target) return true;
  if (!other.is_block_device || !target.is_block_device) return false;
  for (const Identity& lower : below(other))
    if (lower == target) return true;
  return false;
}

std::optional<std::string> mounted(const Identity& target) {
  for (const Mount& mount : mounts()) {
    const Identity device{.is_block_device = true, .device = mount.device, .inode = 0};
    const std::optional<Identity> source =
        mount.source.starts_with('/') ? identify(mount.source) : std::nullopt;
    if (shares_bytes(device, target) || (source && shares_bytes(*source, target)))
      return "it is mounted on '" + mount.point + "'";
  }
  return std::nullopt;
}

std::optional<std::string> swapped_to(const Identity& target) {
  std::ifstream table("/proc/swaps");
  std::string line;
  std::getline(table, line);  // the heading
  while (std::getline(table, line)) {
    std::string path;
    std::istringstream(line) >> path;
    const std::optional<Identity> swap = identify(path);
    if (swap && shares_bytes(*swap, target)) return "it is used as swap space";
  }
  return std::nullopt;
}

std::optional<std::string> below_another(const Identity& target) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/sys/class/block", error)) {
    const std::string name = entry.path().filename();
    if (fs::exists(entry.path() / "partition", error)) continue;
    const std::optional<Identity> upper = identify("/dev/" + name);
    if (!upper || *upper == target) continue;
    for (const Identity& lower : below(*upper))
      if (shares_bytes(lower, target)) return "'/dev/" + name + "' lies on it";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_use(const Identity& target) {
  if (target.is_block_device)
    if (std::optional<std::string> use = mounted(target)) return use;
  if (std::optional<std::string> use = swapped_to(target)) return use;
  return below_another(target);
}

}  // namespace cowbell::uring
