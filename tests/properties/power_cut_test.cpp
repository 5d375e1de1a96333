// SPDX-License-Identifier: Apache-2.0
// Disks that do not keep what they have promised: random scenarios must show it.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/runner.hpp"
#include "properties/generate.hpp"
#include "sim/world.hpp"

namespace cowbell::properties {
namespace {

struct Lies {
  bool flush = false;     ///< answered at once, and nothing else
  bool fua = false;       ///< forgotten
  bool preflush = false;  ///< forgotten
};

/// Origins that lie, over those of a simulated world.
class LyingWorld final : public model::World {
 public:
  explicit LyingWorld(Lies lies) : lies_(lies) {}

  std::optional<model::Refusal> refuses(const model::Scenario& scenario) const override {
    return world_.refuses(scenario);
  }
  std::optional<model::Refusal> open(const model::Scenario& scenario,
                                     model::EffectListener& listener) override {
    origins_.clear();
    for (model::OriginIndex i = 0; i < scenario.origins.size(); ++i)
      origins_.push_back(std::make_unique<Origin>(*this, listener, i));
    return world_.open(scenario, listener);
  }
  model::Rest run(const std::function<void()>& program) override { return world_.run(program); }
  void close() override { world_.close(); }
  Environment environment() override { return world_.environment(); }
  BlockDevice& origin(model::OriginIndex origin) override { return *origins_[origin]; }
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
  class Origin final : public BlockDevice {
   public:
    Origin(LyingWorld& world, model::EffectListener& listener, model::OriginIndex index)
        : world_(world), listener_(listener), index_(index) {}
    Geometry geometry() const override { return device().geometry(); }
    void submit(Bio& bio) override {
      const Lies& lies = world_.lies_;
      if (bio.operation == Operation::flush && lies.flush) {
        const model::DeviceId id{model::DeviceId::Kind::origin, index_};
        listener_.submitted(id, bio);
        listener_.answered(id, bio);
        return bio.complete(Errc::none);
      }
      if (lies.fua) bio.flags.fua = false;
      if (lies.preflush) bio.flags.preflush = false;
      device().submit(bio);
    }

   private:
    BlockDevice& device() const { return world_.world_.origin(index_); }
    LyingWorld& world_;
    model::EffectListener& listener_;
    const model::OriginIndex index_;
  };

  const Lies lies_;
  sim::World world_;
  std::vector<std::unique_ptr<Origin>> origins_;
};

bool cuts_power(const model::Scenario& scenario) {
  return std::ranges::count(scenario.program, model::StatementKind::power_cut,
                            &model::Statement::kind) != 0;
}

/// Of so many scenarios in which the power is cut, by their seeds, the first that shows the lie, as
/// its number from 1 and the rule that breaks; "held" if none does.
std::string first_broken(Lies lies, int scenarios) {
  LyingWorld world(lies);
  model::Runner runner;
  int played = 0;
  for (std::uint64_t seed = 1; played < scenarios; ++seed) {
    const model::Scenario scenario = generate(seed);
    if (!cuts_power(scenario)) continue;
    ++played;
    const auto result = runner.run(scenario, world);
    if (!result) return "refused: " + result.error().why;
    if (result->verdict.held()) continue;
    const model::Breach& breach = *result->verdict.breach;
    std::printf("scenario %d, seed %d: %s\n", played, static_cast<int>(seed), breach.what.c_str());
    return breach.rule ? std::string(rule_name(*breach.rule)) : "expectation";
  }
  return "held";
}

// Method: what the others are compared with.
TEST(PowerCuts, OriginsThatKeepTheirPromisesHold) {
  EXPECT_EQ(first_broken({}, 1'000), "held");
}

// Method: an origin that answers flushes and makes nothing durable.
TEST(PowerCuts, LosingWhatWasFlushedIsFound) {
  EXPECT_EQ(first_broken({.flush = true}, 1'000), "S1");
}

// Method: an origin, or an engine over it, for which FUA means nothing; likewise PREFLUSH.
TEST(PowerCuts, LosingWhatWasWrittenWithFuaIsFound) {
  EXPECT_EQ(first_broken({.fua = true}, 1'000), "S1");
}

TEST(PowerCuts, LosingWhatPreflushCoversIsFound) {
  EXPECT_EQ(first_broken({.preflush = true}, 1'000), "S1");
}

}  // namespace
}  // namespace cowbell::properties
