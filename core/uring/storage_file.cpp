// SPDX-License-Identifier: Apache-2.0
#include "core/uring/storage_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/invariant.hpp"
#include "core/uring/stacking.hpp"
#include "core/uring/usage.hpp"
#include "core/wait_queue.hpp"

namespace cowbell::uring {
namespace {

class Reservation final : public RingOperation {
 public:
  Reservation(int descriptor, std::uint64_t offset, std::uint64_t length)
      : descriptor_(descriptor), offset_(offset), length_(length) {}

  /// Suspends until the kernel has answered; returns an errno, or 0.
  int make(Reactor& reactor) {
    do {
      answered_ = false;
      reactor.start(*this);
      while (!answered_) arrival_.wait();
    } while (result_ == -EINTR);
    return -result_;
  }

  void prepare(io_uring_sqe& entry) noexcept override {
    io_uring_prep_fallocate(&entry, descriptor_, 0, static_cast<off_t>(offset_),
                            static_cast<off_t>(length_));
  }

  void completed(int result) noexcept override {
    result_ = result;
    answered_ = true;
    arrival_.wake_one();
  }

 private:
  int descriptor_;
  std::uint64_t offset_;
  std::uint64_t length_;
  int result_ = 0;
  bool answered_ = false;
  WaitQueue arrival_{"space in a storage file"};
};

FileDescriptor create(const std::string& path, const StorageFileOptions& options) {
  constexpr mode_t kMode = 0600;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    FileDescriptor unnamed(::open(path.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode));
    if (unnamed.open() || (errno != EOPNOTSUPP && errno != EISDIR)) return unnamed;
    std::string name = path + "/cowbell-storage-XXXXXX";
    FileDescriptor named(::mkostemp(name.data(), O_CLOEXEC));
    if (named.open()) ::unlink(name.c_str());
    return named;
  }
  const int flags = options.existing ? 0 : O_CREAT | O_EXCL;
  return FileDescriptor(::open(path.c_str(), flags | O_RDWR | O_CLOEXEC, kMode));
}

Errc space_error(int number) {
  // A quota or a limit of the process that is used up is a lack of space like any other.
  if (number == EDQUOT || number == EFBIG) return Errc::no_space;
  const Errc error = errc_from_errno(number);
  const bool listed =
      error == Errc::no_space || error == Errc::no_device || error == Errc::not_supported;
  return listed ? error : Errc::io;
}

}  // namespace

Opened<std::unique_ptr<StorageFile>> StorageFile::open(Reactor& reactor, const std::string& path,
                                                       const StorageFileOptions& options) {
  FileDescriptor descriptor = create(path, options);
  if (!descriptor.open()) return open_error("make the storage file", path, errno);
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) return open_error("examine", path, errno);
  if (!S_ISREG(status.st_mode))
    return open_error("use as storage", path, Errc::invalid, "not a regular file (EINVAL)");
  const bool has_name = status.st_nlink != 0;
  const auto remove_name = [&] {
    if (has_name) ::unlink(path.c_str());
  };
  Opened<Target> target = measure_target(std::move(descriptor), path, {.exclusive = true});
  if (!target) {
    if (!options.existing) remove_name();
    return std::unexpected(target.error());
  }
  if (options.existing)
    if (const std::optional<std::string> use = find_use(target->identity))
      return open_error("use as storage", path, Errc::busy, *use + " (EBUSY)");
  auto file = std::make_unique<StorageFile>(reactor, std::move(*target));
  if (options.unlinked) remove_name();
  // A file that is taken over may have holes.
  const SectorCount size = std::max(options.size, file->geometry().capacity);
  if (const Errc error = file->reserve({}, size); error != Errc::none) {
    if (!options.existing) remove_name();
    return open_error("reserve " + std::to_string(to_bytes(size).value) + " bytes in", path, error,
                      std::string(errno_name(error)));
  }
  return file;
}

Errc StorageFile::grow(SectorCount capacity) {
  return reserve(device_.geometry().capacity, capacity);
}

Errc StorageFile::reserve(SectorCount from, SectorCount to) {
  if (to <= from) return Errc::none;
  const std::uint64_t block = device_.geometry().logical_block.value;
  const std::uint64_t old_size = to_bytes(from).value;
  struct stat status {};
  if (::fstat(device_.descriptor(), &status) != 0) return space_error(errno);
  const std::uint64_t new_size = (to_bytes(to).value + block - 1) / block * block;
  const int number =
      Reservation(device_.descriptor(), old_size, new_size - old_size).make(device_.reactor());
  if (number != 0) {
    // Part of it may have been reserved: that goes back to those who can use it.
    static_cast<void>(::ftruncate(device_.descriptor(), status.st_size));
    return space_error(number);
  }
  device_.set_capacity(to_sectors({new_size}));
  return Errc::none;
}

bool StorageFile::lies_on(const BlockDevice& origin) const {
  const auto* device = dynamic_cast<const Device*>(&origin);
  return device != nullptr && uring::lies_on(target().identity, device->target().identity);
}

}  // namespace cowbell::uring
