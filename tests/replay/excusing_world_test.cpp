// SPDX-License-Identifier: Apache-2.0
#include "replay/excusing_world.hpp"

#include <gtest/gtest.h>

#include "models/runner.hpp"
#include "models/scenario_text.hpp"
#include "sim/world.hpp"

namespace cowbell::replay {
namespace {

/// A world that keeps to itself which faults it put in, as real devices do.
class SilentListener final : public model::EffectListener {
 public:
  void submitted(model::DeviceId device, const Bio& bio) override {
    listener->submitted(device, bio);
  }
  void took_effect(model::DeviceId device, const Bio& bio, SectorRange blocks) override {
    listener->took_effect(device, bio, blocks);
  }
  void answered(model::DeviceId device, const Bio& bio) override {
    listener->answered(device, bio);
  }
  void injected(const model::InjectedFault&) override {}
  void allocation_refused() override {}
  void growth_began(model::DeviceId storage) override { listener->growth_began(storage); }
  void growth_ended(model::DeviceId storage) override { listener->growth_ended(storage); }
  void granted(model::DeviceId storage, SectorCount capacity) override {
    listener->granted(storage, capacity);
  }
  void resized(model::DeviceId origin, SectorCount capacity) override {
    listener->resized(origin, capacity);
  }
  void power_cut(std::uint64_t undone) override { listener->power_cut(undone); }
  void power_restored() override { listener->power_restored(); }
  model::EffectListener* listener = nullptr;
};

class SilentWorld final : public model::World {
 public:
  std::optional<model::Refusal> refuses(const model::Scenario& scenario) const override {
    return world_.refuses(scenario);
  }
  std::optional<model::Refusal> open(const model::Scenario& scenario,
                                     model::EffectListener& listener) override {
    silent_.listener = &listener;
    return world_.open(scenario, silent_);
  }
  model::Rest run(const std::function<void()>& program) override { return world_.run(program); }
  void close() override { world_.close(); }
  Environment environment() override { return world_.environment(); }
  BlockDevice& origin(model::OriginIndex origin) override { return world_.origin(origin); }
  Result<StorageBacking*> make_storage() override { return world_.make_storage(); }
  void drop_storage(StorageBacking& storage) override { world_.drop_storage(storage); }
  model::DeviceId storage_id(const StorageBacking& storage) const override {
    return world_.storage_id(storage);
  }
  void heal() override { world_.heal(); }
  void resize(model::OriginIndex origin, SectorCount size) override { world_.resize(origin, size); }
  void cut_power() override { world_.cut_power(); }
  void restore_power() override { world_.restore_power(); }
  bool whole_bodies() const override { return world_.whole_bodies(); }
  bool announces_effects() const override { return world_.announces_effects(); }
  ByteCount memory_in_use() const override { return world_.memory_in_use(); }
  ByteCount memory_peak() const override { return world_.memory_peak(); }
  std::string describe_fibers() const override { return world_.describe_fibers(); }

 private:
  sim::World world_;
  SilentListener silent_;
};

struct Judged {
  model::Verdict verdict;
  std::optional<std::string> error;
};

Judged judged(std::string_view lines, bool excusing) {
  const auto scenario = model::parse_scenario("cowbell-scenario 1\n" + std::string(lines));
  EXPECT_TRUE(scenario.has_value());
  SilentWorld silent;
  ExcusingWorld world(silent);
  model::Runner runner;
  const auto result = runner.run(*scenario, excusing ? static_cast<model::World&>(world) : silent);
  EXPECT_TRUE(result.has_value());
  return {result->verdict, world.first_error()};
}

constexpr std::string_view kFailedRead =
    "origin A 64K\nstorage file 1M\nfault A.read nth 1 EIO\nread A 4K 8K\n";

// Method: an origin that fails a read by itself; with nothing told, the engine is to blame.
TEST(ExcusingWorld, AnErrorOfADeviceIsExcusedAndKept) {
  EXPECT_FALSE(judged(kFailedRead, false).verdict.held());
  const Judged excused = judged(kFailedRead, true);
  EXPECT_TRUE(excused.verdict.held());
  EXPECT_EQ(excused.error, "origin A answered EIO to a read of 8192 bytes at byte 4096");
}

// Method: storage that cannot be made as long as it must be at take.
TEST(ExcusingWorld, AStorageThatCannotGrowIsExcusedAndKept) {
  constexpr std::string_view kLines =
      "origin A 64K\nstorage file 0 minimum 1M\nfault storage.grow nth 1 ENOSPC\ntake s\n";
  EXPECT_FALSE(judged(kLines, false).verdict.held());
  const Judged excused = judged(kLines, true);
  EXPECT_TRUE(excused.verdict.held()) << excused.verdict.breach->what;
  ASSERT_TRUE(excused.error.has_value());
  EXPECT_TRUE(excused.error->starts_with("the storage could not be made ")) << *excused.error;
  EXPECT_TRUE(excused.error->ends_with(": ENOSPC")) << *excused.error;
}

// Method: EINVAL, which only a request that should not have been made is answered.
TEST(ExcusingWorld, AnErrorThatTheEngineBroughtAboutIsNot) {
  const Judged blamed =
      judged("origin A 64K\nstorage file 1M\nfault A.read nth 1 EINVAL\nread A 4K 8K\n", true);
  EXPECT_FALSE(blamed.verdict.held());
  EXPECT_FALSE(blamed.error.has_value());
}

// Method: nothing fails.
TEST(ExcusingWorld, AQuietRunHasNoError) {
  const Judged quiet = judged(
      "origin A 64K\nstorage file 1M\nwrite A 0 4K\ntake s\nwrite A 0 4K\nread A@s 0 4K\n", true);
  EXPECT_TRUE(quiet.verdict.held());
  EXPECT_FALSE(quiet.error.has_value());
}

}  // namespace
}  // namespace cowbell::replay
