// SPDX-License-Identifier: Apache-2.0
#include "core/uring/target.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

namespace cowbell::uring {
namespace {

constexpr ByteCount kPage{4096};

struct Alignment {
  ByteCount memory;
  ByteCount offset;
};

/// What O_DIRECT asks for, found by trying: the smallest block at offset 0 that may be read.
std::optional<Alignment> alignment_by_trying(int descriptor) {
  const std::unique_ptr<void, decltype(&std::free)> memory(
      std::aligned_alloc(kPage.value, kPage.value), &std::free);
  if (memory == nullptr) return std::nullopt;
  for (std::uint64_t size = kSectorSize; size <= kPage.value; size *= 2)
    if (::pread(descriptor, memory.get(), size, 0) > 0) return Alignment{{size}, {size}};
  return std::nullopt;
}

/// What O_DIRECT asks for on a regular file; nothing if it is not possible there.
std::optional<Alignment> file_alignment(int descriptor) {
#ifdef STATX_DIOALIGN
  struct statx status {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) == 0 &&
      (status.stx_mask & STATX_DIOALIGN) != 0) {
    if (status.stx_dio_offset_align == 0) return std::nullopt;
    return Alignment{{status.stx_dio_mem_align},
                     {std::max<std::uint64_t>(status.stx_dio_offset_align, kSectorSize)}};
  }
#endif
  struct stat status_now {};
  // An empty file cannot be tried; a page suits every file system.
  if (::fstat(descriptor, &status_now) == 0 && status_now.st_size < off_t(kPage.value))
    return Alignment{kPage, kPage};
  return alignment_by_trying(descriptor);
}

bool set_direct(int descriptor, bool direct) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return false;
  return ::fcntl(descriptor, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

/// Sets what is known of a block device. Returns an errno, or 0.
int measure_block_device(Target& target, bool direct) {
  const int descriptor = target.descriptor.get();
  std::uint64_t size = 0;
  int logical_block = 0;
  unsigned physical_block = 0;
  unsigned minimum_io = 0;
  if (::ioctl(descriptor, BLKGETSIZE64, &size) != 0 ||
      ::ioctl(descriptor, BLKSSZGET, &logical_block) != 0 ||
      ::ioctl(descriptor, BLKPBSZGET, &physical_block) != 0 ||
      ::ioctl(descriptor, BLKIOMIN, &minimum_io) != 0)
    return errno;
  target.geometry = {.capacity = to_sectors({size}),
                     .logical_block = {static_cast<std::uint64_t>(logical_block)},
                     .physical_block = {physical_block},
                     .minimum_io = {minimum_io}};
  target.direct = direct && set_direct(descriptor, true);
  target.memory_alignment = target.geometry.logical_block;
  return 0;
}

void measure_file(Target& target, const struct stat& status, bool direct) {
  const int descriptor = target.descriptor.get();
  ByteCount block{kSectorSize};
  if (const std::optional<Alignment> alignment =
          direct && set_direct(descriptor, true) ? file_alignment(descriptor) : std::nullopt) {
    target.direct = true;
    target.memory_alignment = alignment->memory;
    block = alignment->offset;
  } else {
    set_direct(descriptor, false);
  }
  const ByteCount preferred{
      std::max(block.value, std::bit_floor(static_cast<std::uint64_t>(status.st_blksize)))};
  const std::uint64_t size = static_cast<std::uint64_t>(status.st_size);
  target.geometry = {.capacity = to_sectors({size - size % block.value}),
                     .logical_block = block,
                     .physical_block = preferred,
                     .minimum_io = preferred};
}

}  // namespace

Opened<Target> measure_target(FileDescriptor descriptor, const std::string& path,
                              const TargetOptions& options) {
  Target target{.descriptor = std::move(descriptor), .path = path, .identity = {}, .geometry = {}};
  struct stat status {};
  if (::fstat(target.descriptor.get(), &status) != 0) return open_error("examine", path, errno);
  if (S_ISBLK(status.st_mode)) {
    target.identity = {.is_block_device = true, .device = status.st_rdev, .inode = 0};
    // The kernel lets a read-only device be opened for writing, and fails the writes.
    int takes_no_writes = 0;
    if (!options.read_only && ::ioctl(target.descriptor.get(), BLKROGET, &takes_no_writes) == 0 &&
        takes_no_writes != 0)
      return open_error("write to", path, EROFS);
    if (const int number = measure_block_device(target, options.direct))
      return open_error("read the geometry of", path, number);
    return target;
  }
  if (options.exclusive && ::flock(target.descriptor.get(), LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK
               ? open_error("open", path, Errc::busy, "it is locked by another user (EBUSY)")
               : open_error("lock", path, errno);
  target.identity = {.is_block_device = false, .device = status.st_dev, .inode = status.st_ino};
  measure_file(target, status, options.direct);
  return target;
}

Opened<Target> open_target(const std::string& path, const TargetOptions& options) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return open_error("open", path, errno);
  if (!S_ISBLK(status.st_mode) && !S_ISREG(status.st_mode))
    return open_error("open", path, Errc::invalid,
                      "neither a block device nor a regular file (EINVAL)");
  // Of a block device O_EXCL means exclusive; of a file it would mean that it must be new.
  const int exclusive = options.exclusive && S_ISBLK(status.st_mode) ? O_EXCL : 0;
  const int access = options.read_only ? O_RDONLY : O_RDWR;
  FileDescriptor descriptor(::open(path.c_str(), access | exclusive | O_CLOEXEC | O_NOCTTY));
  if (!descriptor.open()) return open_error("open", path, errno);
  return measure_target(std::move(descriptor), path, options);
}

}  // namespace cowbell::uring
