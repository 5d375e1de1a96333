// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/test_beds.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory_resource>

#include "core/uring/storage_device.hpp"
#include "core/uring/storage_file.hpp"
#include "models/effects.hpp"
#include "sim/world.hpp"
#include "tests/uring/places.hpp"
#include "tests/uring/requests.hpp"

namespace cowbell::test {
namespace {

using Test = std::function<void(Subject&)>;

void run_on_path(const std::string& path, const std::string& storage_directory, const Test& test) {
  in_reactor([&](uring::Reactor& reactor) {
    auto disk = uring::Device::open(reactor, path);
    ASSERT_TRUE(disk.has_value()) << disk.error().text;
    auto storage = uring::StorageFile::open(reactor, storage_directory, {});
    ASSERT_TRUE(storage.has_value()) << storage.error().text;
    Subject subject{
        {reactor, *std::pmr::new_delete_resource(), reactor.stacks()}, **disk, **storage};
    test(subject);
  });
}

std::string run_on_file(const std::filesystem::path& parent, const Test& test) {
  const TemporaryDirectory directory(parent);
  run_on_path(make_file(directory, "disk", to_bytes(kDiskSize)), directory.path(), test);
  return {};
}

std::string run_on_loop_device(ByteCount logical_block, const Test& test) {
  const TemporaryDirectory directory("/dev/shm");
  const auto loop =
      LoopDevice::attach(make_file(directory, "disk", to_bytes(kDiskSize)), logical_block);
  if (loop == nullptr) return "no right to make a loop device";
  run_on_path(loop->path(), directory.path(), test);
  return {};
}

/// Two block devices as storage, one in the place of the disk: it is a block device as well.
std::string run_on_storage_devices(ByteCount disk_block, ByteCount storage_block,
                                   const Test& test) {
  const TemporaryDirectory directory("/dev/shm");
  const auto attach = [&](const std::string& name, ByteCount logical_block) {
    return LoopDevice::attach(make_file(directory, name, to_bytes(kDiskSize)), logical_block);
  };
  const auto first = attach("first", disk_block);
  const auto second = attach("second", storage_block);
  if (first == nullptr || second == nullptr) return "no right to make a loop device";
  in_reactor([&](uring::Reactor& reactor) {
    auto disk = uring::StorageDevice::open(reactor, first->path());
    ASSERT_TRUE(disk.has_value()) << disk.error().text;
    auto storage = uring::StorageDevice::open(reactor, second->path());
    ASSERT_TRUE(storage.has_value()) << storage.error().text;
    Subject subject{
        {reactor, *std::pmr::new_delete_resource(), reactor.stacks()}, **disk, **storage};
    test(subject);
  });
  return {};
}

class NobodyListens final : public model::EffectListener {
 public:
  void submitted(model::DeviceId, const Bio&) override {}
  void took_effect(model::DeviceId, const Bio&, SectorRange) override {}
  void answered(model::DeviceId, const Bio&) override {}
  void injected(const model::InjectedFault&) override {}
  void allocation_refused() override {}
  void growth_began(model::DeviceId) override {}
  void growth_ended(model::DeviceId) override {}
  void granted(model::DeviceId, SectorCount) override {}
  void resized(model::DeviceId, SectorCount) override {}
  void power_cut(std::uint64_t) override {}
  void power_restored() override {}
};

std::string run_in_simulation(model::SchedulerKind schedule, const Test& test) {
  model::Scenario scenario;
  model::OriginSpec origin;
  origin.name = "A";
  origin.size = kDiskSize;
  scenario.origins.push_back(origin);
  scenario.schedule.kind = schedule;
  // Worlds that carry whole bodies only: the tests compare every byte.
  while (true) {
    sim::World world;
    NobodyListens nobody;
    const auto refusal = world.open(scenario, nobody);
    if (refusal) return refusal->why;
    if (!world.whole_bodies()) {
      ++scenario.schedule.seed;
      continue;
    }
    const model::Rest rest = world.run([&] {
      const Result<StorageBacking*> storage = world.make_storage();
      ASSERT_TRUE(storage.has_value());
      Subject subject{world.environment(), world.origin(0), **storage};
      test(subject);
      world.drop_storage(**storage);
    });
    EXPECT_EQ(rest, model::Rest::done);
    return {};
  }
}

}  // namespace

std::vector<TestBed> test_beds() {
  const auto on_disk = [](const Test& test) {
    return run_on_file(std::filesystem::current_path(), test);
  };
  return {
      {"FileOnDisk", on_disk},
      {"FileOnTmpfs", [](const Test& test) { return run_on_file("/dev/shm", test); }},
      {"LoopDevice", [](const Test& test) { return run_on_loop_device({512}, test); }},
      {"LoopDeviceWithLargeBlocks",
       [](const Test& test) { return run_on_loop_device({4096}, test); }},
      {"StorageDevice",
       [](const Test& test) { return run_on_storage_devices({512}, {512}, test); }},
      {"StorageDeviceWithLargerBlocks",
       [](const Test& test) { return run_on_storage_devices({512}, {4096}, test); }},
      {"StorageDeviceWithSmallerBlocks",
       [](const Test& test) { return run_on_storage_devices({4096}, {512}, test); }},
      {"PlainSimulation",
       [](const Test& test) { return run_in_simulation(model::SchedulerKind::recorded, test); }},
      {"RandomSimulation",
       [](const Test& test) { return run_in_simulation(model::SchedulerKind::random, test); }},
  };
}

}  // namespace cowbell::test
