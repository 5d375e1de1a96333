// SPDX-License-Identifier: Apache-2.0
// What a path leads to: a block device or a regular file, opened and measured.
#pragma once

#include <sys/types.h>

#include <string>

#include "core/block_device.hpp"
#include "core/uring/file_descriptor.hpp"
#include "core/uring/open_error.hpp"

namespace cowbell::uring {

/// Which device or file this is, whatever its path. Numbers as `stat` has them.
struct Identity {
  bool is_block_device = false;
  dev_t device = 0;  ///< the block device, or the device that the file lies on
  ino_t inode = 0;   ///< of a regular file; 0 for a block device
  bool operator==(const Identity&) const = default;
};

struct Target {
  FileDescriptor descriptor;
  std::string path;
  Identity identity;
  Geometry geometry;
  bool direct = false;                      ///< opened with O_DIRECT
  ByteCount memory_alignment{kSectorSize};  ///< that O_DIRECT asks of memory
};

struct TargetOptions {
  bool read_only = false;
  /// Nobody else may have it so: O_EXCL on a block device, which a mount holds too; a lock (flock)
  /// on a regular file. Refused with EBUSY.
  bool exclusive = false;
  /// O_DIRECT where the target allows.
  bool direct = true;
};

/// Opens an existing block device or regular file. Errors: EINVAL for anything else, EBUSY (see
/// `exclusive`), EROFS for a device that takes no writes, and what the kernel says.
/// Geometry of a block device: its size, logical and physical block and minimum I/O, all from the
/// kernel. Of a regular file: whole logical blocks of its size; the logical block is what O_DIRECT
/// asks of offsets, 512 without it; the physical block and the minimum I/O are its file system's
/// preferred size.
Opened<Target> open_target(const std::string& path, const TargetOptions& options);

/// The same for what is open already, with O_DIRECT or without; `path` is for messages.
Opened<Target> measure_target(FileDescriptor descriptor, const std::string& path,
                              const TargetOptions& options);

}  // namespace cowbell::uring
