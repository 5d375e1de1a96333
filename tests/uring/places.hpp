// SPDX-License-Identifier: Apache-2.0
// Places for tests on real devices: directories, small file systems and loop devices that go away
// with the test, whatever it does.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/units.hpp"

namespace cowbell::test {

/// An empty directory, removed with all that is in it.
class TemporaryDirectory {
 public:
  /// Below `parent`; by default on the disk that the tests run on.
  explicit TemporaryDirectory(
      const std::filesystem::path& parent = std::filesystem::current_path());
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A regular file of `size`, full of `fill`. Returns its path.
std::string make_file(const TemporaryDirectory& directory, const std::string& name, ByteCount size,
                      char fill = 0);

/// A tmpfs of a given size, mounted for the test.
class SmallFileSystem {
 public:
  /// Nothing without the right to mount.
  static std::unique_ptr<SmallFileSystem> mount(ByteCount size);
  ~SmallFileSystem();
  std::string path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

/// An ext4 made on a block device, mounted for the test.
class MountedDevice {
 public:
  /// Nothing without the right to mount. `device` loses what it held.
  static std::unique_ptr<MountedDevice> make(const std::string& device);
  ~MountedDevice();
  std::string path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

/// A loop device over a file, detached with the test.
class LoopDevice {
 public:
  /// With the given logical block; direct I/O to the file where it allows. Nothing without the
  /// right to make one.
  static std::unique_ptr<LoopDevice> attach(const std::string& file,
                                            ByteCount logical_block = {512});
  /// One that takes no writes.
  static std::unique_ptr<LoopDevice> attach_read_only(const std::string& file);
  ~LoopDevice();
  const std::string& path() const { return path_; }

 private:
  explicit LoopDevice(std::string path) : path_(std::move(path)) {}
  static std::unique_ptr<LoopDevice> made_by(const std::string& command);
  std::string path_;
};

/// What `command` printed, its last line end cut off; nothing if it failed.
std::optional<std::string> output_of(const std::string& command);

}  // namespace cowbell::test
