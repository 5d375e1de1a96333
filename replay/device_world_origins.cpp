// SPDX-License-Identifier: Apache-2.0
#include "replay/device_world_origins.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/uring/stacking.hpp"
#include "core/uring/usage.hpp"

namespace cowbell::replay {
namespace {

constexpr mode_t kMode = 0644;

/// Reserves [0, size) of a file and makes it no shorter; an errno, or 0. Where the file system
/// cannot reserve, the file is sparse.
int reserve_space(int descriptor, off_t size) {
  if (::fallocate(descriptor, 0, 0, size) == 0) return 0;
  if (errno != EOPNOTSUPP) return errno;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return errno;
  return status.st_size >= size || ::ftruncate(descriptor, size) == 0 ? 0 : errno;
}

}  // namespace

OriginPlace::~OriginPlace() {
  if (kept_) return;
  if (made_) ::unlink(path_.c_str());
  if (old_length_) static_cast<void>(::truncate(path_.c_str(), *old_length_));
}

std::string OriginPlace::sentence(const std::string& why) const {
  return fmt::format("'{}' cannot be origin '{}': {}", path_, spec_.name, why);
}

std::optional<std::string> OriginPlace::refused() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISBLK(status.st_mode) && !S_ISREG(status.st_mode))
    return sentence("it is neither a block device nor a regular file");
  if (!destroy_) return sentence("it exists and would be overwritten; --destroy allows that");
  return std::nullopt;
}

std::optional<std::string> OriginPlace::fits(const uring::Target& target) const {
  if (target.geometry.logical_block > spec_.logical_block)
    return sentence(fmt::format("its logical block is {} bytes, the origin's {}",
                                target.geometry.logical_block.value, spec_.logical_block.value));
  if (target.identity.is_block_device && target.geometry.capacity < spec_.size)
    return sentence(fmt::format("it has {} bytes, and {} are needed",
                                to_bytes(target.geometry.capacity).value,
                                to_bytes(spec_.size).value));
  return std::nullopt;
}

/// Of a file: O_DIRECT unless its blocks are too large then.
std::optional<std::string> OriginPlace::measure(uring::FileDescriptor descriptor) {
  for (const bool direct : {true, false}) {
    uring::Opened<uring::Target> target =
        uring::measure_target(std::move(descriptor), path_, {.exclusive = true, .direct = direct});
    if (!target) return sentence(target.error().text);
    target_ = std::move(*target);
    if (!fits(*target_)) break;
    descriptor = std::move(target_->descriptor);
  }
  return fits(*target_);
}

std::optional<std::string> OriginPlace::check() {
  if (auto why = refused()) return why;
  const std::optional<uring::Identity> identity = uring::identify(path_);
  if (!identity) return std::nullopt;
  if (const std::optional<std::string> use = uring::find_use(*identity)) return sentence(*use);
  uring::Opened<uring::Target> target = uring::open_target(path_, {.exclusive = true});
  if (!target) return sentence(target.error().text);
  if (!identity->is_block_device) return measure(std::move(target->descriptor));
  target_ = std::move(*target);
  return fits(*target_);
}

std::optional<std::string> OriginPlace::reserve() {
  if (target_ && target_->identity.is_block_device) return std::nullopt;
  uring::FileDescriptor descriptor;
  if (target_) {
    descriptor = std::move(target_->descriptor);
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0)
      return sentence(uring::open_error("examine", path_, errno).error().text);
    old_length_ = status.st_size;
  } else {
    constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY;
    descriptor = uring::FileDescriptor(::open(path_.c_str(), kFlags, kMode));
    if (!descriptor.open()) return sentence(uring::open_error("make", path_, errno).error().text);
    made_ = true;
  }
  const auto size = static_cast<off_t>(to_bytes(spec_.size).value);
  if (const int number = reserve_space(descriptor.get(), size)) {
    const std::string attempt = fmt::format("reserve {} bytes in", size);
    return sentence(uring::open_error(attempt, path_, number).error().text);
  }
  return measure(std::move(descriptor));
}

std::unique_ptr<uring::Device> OriginPlace::open(uring::Reactor& reactor) {
  return std::make_unique<uring::Device>(reactor, std::move(*target_));
}

}  // namespace cowbell::replay
