// SPDX-License-Identifier: Apache-2.0
#include "tests/uring/places.hpp"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>

#include <fstream>
#include <stdexcept>

namespace cowbell::test {

TemporaryDirectory::TemporaryDirectory(const std::filesystem::path& parent) {
  std::string name = parent / "cowbell-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory at " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string make_file(const TemporaryDirectory& directory, const std::string& name, ByteCount size,
                      char fill) {
  std::string path = directory.path(name);
  std::ofstream(path, std::ios::binary) << std::string(size.value, fill);
  return path;
}

std::unique_ptr<SmallFileSystem> SmallFileSystem::mount(ByteCount size) {
  auto made = std::make_unique<SmallFileSystem>();
  const std::string options = "size=" + std::to_string(size.value);
  if (::mount("none", made->path().c_str(), "tmpfs", 0, options.c_str()) != 0) return nullptr;
  return made;
}

SmallFileSystem::~SmallFileSystem() {
  ::umount2(path().c_str(), MNT_DETACH);
}

std::unique_ptr<MountedDevice> MountedDevice::make(const std::string& device) {
  auto made = std::make_unique<MountedDevice>();
  if (!output_of("mkfs.ext4 -q " + device)) return nullptr;
  if (::mount(device.c_str(), made->path().c_str(), "ext4", 0, "") != 0) return nullptr;
  return made;
}

// At once, not when nobody uses it any more: what is asked next is whether the device is free.
MountedDevice::~MountedDevice() {
  ::umount2(path().c_str(), 0);
}

std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  char part[256];
  while (std::size_t size = ::fread(part, 1, sizeof part, pipe)) output.append(part, size);
  if (::pclose(pipe) != 0) return std::nullopt;
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

std::unique_ptr<LoopDevice> LoopDevice::attach(const std::string& file, ByteCount logical_block) {
  return made_by("losetup --find --show --direct-io=on --sector-size " +
                 std::to_string(logical_block.value) + " '" + file + "'");
}

std::unique_ptr<LoopDevice> LoopDevice::attach_read_only(const std::string& file) {
  return made_by("losetup --find --show --read-only '" + file + "'");
}

std::unique_ptr<LoopDevice> LoopDevice::made_by(const std::string& command) {
  std::optional<std::string> path = output_of(command);
  if (!path || path->empty()) return nullptr;
  return std::unique_ptr<LoopDevice>(new LoopDevice(*path));
}

LoopDevice::~LoopDevice() {
  output_of("losetup --detach " + path_);
}

}  // namespace cowbell::test
