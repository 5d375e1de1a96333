// SPDX-License-Identifier: Apache-2.0
#include "tests/determinism/toy_engine.hpp"

#include <gtest/gtest.h>

#include "tests/sim/recording_listener.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

using model::FaultEffect;
using model::RequestKind;
using model::SchedulerKind;

constexpr std::uint64_t kSeeds = 6;
constexpr std::array kSchedulers{SchedulerKind::random, SchedulerKind::pct,
                                 SchedulerKind::round_robin};

// Of every build, on every machine. Whoever changes what the simulator draws, does or tells writes
// new ones here, knowingly.
constexpr std::array<std::uint64_t, kSeeds * kSchedulers.size()> kHashes{
    12012040069787603164U, 12409447061835137285U, 3690395515710289472U,  2754575662539265649U,
    8570982458096007469U,  14385138196360158009U, 9785215021789098558U,  14277603468018994929U,
    8259273253788913709U,  13080896415038138574U, 14769632754172777717U, 5222249529899504316U,
    10612182075968098948U, 11560958091821826040U, 10762115938618752908U, 5672869638658380462U,
    18328424651923448458U, 11037245631425825285U};

model::Scenario scenario(SchedulerKind kind, std::uint64_t seed) {
  model::Scenario made;
  made.origins.resize(1);
  made.origins[0].name = "A";
  made.origins[0].size = {ToyEngine::kOriginSectors};
  made.storage.size = {ToyEngine::kStorageSectors};
  made.faults = {
      fault(kFirstOrigin, RequestKind::write, model::OneIn{4}, FaultEffect::short_transfer),
      fault(kAnySite, RequestKind::read, model::OneIn{6}),
      fault(kStorage, RequestKind::write, model::OneIn{8}, FaultEffect::torn),
      fault(kStorage, RequestKind::grow, model::NthRequest{1}, Errc::no_space)};
  made.memory_faults = {refuse_allocation(7)};
  made.schedule.kind = kind;
  made.schedule.seed = seed;
  if (kind == SchedulerKind::pct) made.schedule.change_points = 3;
  return made;
}

struct Played {
  std::uint64_t hash = 0;
  RecordingListener listener;
};

Played play(World& world, const model::Scenario& scenario) {
  Played played;
  EXPECT_FALSE(world.open(scenario, played.listener));
  ToyEngine toy(world);
  EXPECT_EQ(world.run([&] { toy.run(); }), model::Rest::done);
  world.close();
  played.hash = world.event_hash();
  return played;
}

// Method: every scheduler, a few seeds, faults of all families; hashes that were written down.
TEST(ToyEngine, HasTheSameEventsInEveryBuildOnEveryMachine) {
  World world;
  std::array<std::uint64_t, kHashes.size()> hashes{};
  std::size_t next = 0;
  for (const SchedulerKind kind : kSchedulers)
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
      hashes[next++] = play(world, scenario(kind, seed)).hash;
  EXPECT_EQ(hashes, kHashes);
}

// Method: what the hashes above stand for must not be empty: requests, faults, growth, refusal.
TEST(ToyEngine, MeetsWhatASimulatedWorldHasToOffer) {
  World world;
  std::size_t granted = 0;
  std::size_t refused = 0;
  std::size_t faults = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Played played = play(world, scenario(SchedulerKind::random, seed));
    granted += played.listener.count(Announcement::Kind::granted);
    refused += played.listener.count(Announcement::Kind::allocation_refused);
    faults += played.listener.faults.size();
    EXPECT_GT(played.listener.count(Announcement::Kind::answered), 30u);
  }
  EXPECT_GT(granted, kSeeds);  // one at the start of each
  EXPECT_EQ(refused, kSeeds);
  EXPECT_GT(faults, kSeeds);
}

}  // namespace
}  // namespace cowbell::sim
