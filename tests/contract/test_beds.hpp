// SPDX-License-Identifier: Apache-2.0
// Where the contract of devices is tried: one bed for each kind of device that there is.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/environment.hpp"
#include "core/storage_backing.hpp"

namespace cowbell::test {

/// What a test of the contract works with, in a fiber.
struct Subject {
  Environment environment;
  BlockDevice& disk;        ///< of `kDiskSize`, never written
  StorageBacking& storage;  ///< of size 0, or of `kDiskSize` if it cannot grow
};

inline constexpr SectorCount kDiskSize{2048};

struct TestBed {
  std::string name;
  /// Runs `test` as the first fiber over fresh devices. Why not, if this machine does not let it.
  std::function<std::string(const std::function<void(Subject&)>& test)> run;
};

/// Regular files on a disk and on tmpfs, loop devices with blocks of 512 and 4,096 bytes, storage
/// on loop devices with blocks as large as the disk's, larger and smaller, and the simulated disk.
std::vector<TestBed> test_beds();

}  // namespace cowbell::test
