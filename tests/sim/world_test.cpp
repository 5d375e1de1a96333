// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/allocate.hpp"
#include "tests/sim/one_request.hpp"
#include "tests/sim/recording_listener.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

using model::FaultEffect;
using model::RequestKind;
using model::Rest;
using model::Scenario;
using model::SchedulerKind;
using namespace std::chrono_literals;

constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 21;  // in sectors

model::OriginSpec origin(std::string name, std::uint64_t sectors) {
  model::OriginSpec spec;
  spec.name = std::move(name);
  spec.size = {sectors};
  return spec;
}

model::ScheduleSpec schedule(SchedulerKind kind, std::uint64_t seed) {
  model::ScheduleSpec spec;
  spec.kind = kind;
  spec.seed = seed;
  if (kind == SchedulerKind::pct) spec.change_points = 3;
  return spec;
}

model::ScheduleSpec schedule(const model::RecordedDecisions& recorded) {
  model::ScheduleSpec spec;
  spec.kind = SchedulerKind::recorded;
  spec.recorded = recorded;
  return spec;
}

Scenario two_origins() {
  Scenario scenario;
  scenario.origins = {origin("A", 2048), origin("B", 512)};
  scenario.storage.size = {256};
  scenario.schedule = schedule(SchedulerKind::random, 1);
  return scenario;
}

/// Three clients, reading and writing both origins and a storage that grows, with memory.
void traffic(World& world) {
  const Environment environment = world.environment();
  StorageBacking& storage = **world.make_storage();
  {
    FiberGroup clients(environment.stacks);
    for (std::uint64_t client = 0; client < 3; ++client)
      clients.spawn("client", [&, client] {
        for (std::uint64_t i = 0; i < 20; ++i) {
          BlockDevice& device = i % 3 == 2 ? storage : world.origin(i % 3);
          OneRequest request(i % 2 == 0 ? Operation::write : Operation::read, 8 * i, 8, 'a');
          (void)request.wait_for(device);
          (void)try_allocate(
              [&] { environment.memory.deallocate(environment.memory.allocate(100), 100); });
          if (i == 10) (void)storage.grow({256 * (client + 2)});
        }
      });
    clients.join();
  }
  world.drop_storage(storage);
}

struct Outcome {
  Rest rest;
  std::uint64_t hash;
  std::vector<std::string> events;
  bool operator==(const Outcome&) const = default;
};

Outcome play(World& world, const Scenario& scenario,
             const std::function<void(World&)>& program = traffic) {
  RecordingListener listener;
  KeptEvents kept;
  world.keep_events(&kept);
  EXPECT_FALSE(world.open(scenario, listener));
  const Rest rest = world.run([&] { program(world); });
  world.close();
  Outcome outcome{rest, world.event_hash(), {}};
  for (const Event& event : kept.events) outcome.events.push_back(event_text(event));
  return outcome;
}

Scenario with_faults(Scenario scenario) {
  scenario.faults = {
      fault(kAnySite, RequestKind::write, model::OneIn{4}, FaultEffect::short_transfer),
      fault(kAnySite, RequestKind::read, model::OneIn{6}),
      fault(kStorage, RequestKind::grow, model::NthRequest{1}, Errc::no_space)};
  scenario.memory_faults = {refuse_allocation(7)};
  return scenario;
}

// Method: every scheduler, with and without faults, twice in one world and once in another, in
// between runs of other scenarios.
TEST(World, RepeatsAScenarioToTheBit) {
  World world;
  World other;
  for (const SchedulerKind kind :
       {SchedulerKind::random, SchedulerKind::pct, SchedulerKind::round_robin}) {
    for (const bool faulty : {false, true}) {
      Scenario scenario = faulty ? with_faults(two_origins()) : two_origins();
      scenario.schedule = schedule(kind, 77);
      const Outcome first = play(world, scenario);
      EXPECT_EQ(first.rest, Rest::done);
      EXPECT_FALSE(first.events.empty());
      play(world, two_origins());
      EXPECT_EQ(play(world, scenario), first);
      EXPECT_EQ(play(other, scenario), first);
    }
  }
}

// Method: 200 seeds; as many hashes.
TEST(World, RunsDifferentlyForEverySeed) {
  World world;
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Scenario scenario = two_origins();
    scenario.schedule.seed = seed;
    hashes.insert(play(world, scenario).hash);
  }
  EXPECT_EQ(hashes.size(), 200U);
}

// Method: seeded runs under each scheduler, recorded; their records as schedules of their own.
TEST(World, RepeatsASeedFromItsRecord) {
  World world;
  world.record(true);
  for (const SchedulerKind kind :
       {SchedulerKind::random, SchedulerKind::pct, SchedulerKind::round_robin}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Scenario scenario = with_faults(two_origins());
      scenario.schedule = schedule(kind, seed);
      const Outcome seeded = play(world, scenario);
      scenario.schedule = schedule(world.recorded());
      EXPECT_EQ(play(world, scenario), seeded);
    }
  }
}

// Method: 1,000 seeds; a sixteenth of them carries whole sectors, every recorded schedule does.
TEST(World, CarriesWholeBodiesInAShareOfRuns) {
  World world;
  RecordingListener listener;
  Scenario scenario = two_origins();
  int whole = 0;
  for (scenario.schedule.seed = 0; scenario.schedule.seed < 1000; ++scenario.schedule.seed) {
    ASSERT_FALSE(world.open(scenario, listener));
    whole += world.whole_bodies() ? 1 : 0;
    world.close();
  }
  EXPECT_NEAR(whole, 62, 25);
  scenario.schedule = schedule(model::RecordedDecisions{});
  ASSERT_FALSE(world.open(scenario, listener));
  EXPECT_TRUE(world.whole_bodies());
  world.close();
}

// Method: a device of 256 TiB, written at both ends, discarded as a whole.
TEST(World, HasHugeDevices) {
  World world;
  Scenario scenario = two_origins();
  const std::uint64_t size = 256 * 1024 * kGigabyte;
  scenario.origins[0].size = {size};
  play(world, scenario, [](World& inside) {
    BlockDevice& device = inside.origin(0);
    for (const std::uint64_t first : {std::uint64_t{0}, size - 8}) {
      OneRequest write(Operation::write, first, 8, 'a');
      EXPECT_EQ(write.wait_for(device), Errc::none);
      OneRequest read(Operation::read, first, 8);
      EXPECT_EQ(read.wait_for(device), Errc::none);
      EXPECT_EQ(read.byte_of(7), 'a');
    }
    OneRequest zero(Operation::write_zeroes, 0, size);
    EXPECT_EQ(zero.wait_for(device), Errc::none);
    OneRequest read(Operation::read, size - 8, 8, '?');
    EXPECT_EQ(read.wait_for(device), Errc::none);
    EXPECT_EQ(read.byte_of(7), 0);
  });
}

// Method: what one run wrote, read in the next.
TEST(World, StartsWithEmptyDevices) {
  World world;
  const auto first_byte = [&world](Operation operation) {
    unsigned char seen = 0;
    play(world, two_origins(), [&](World& inside) {
      OneRequest request(operation, 0, 8, 'a');
      EXPECT_EQ(request.wait_for(inside.origin(0)), Errc::none);
      seen = request.byte_of(0);
    });
    return seen;
  };
  EXPECT_EQ(first_byte(Operation::write), 'a');
  EXPECT_EQ(first_byte(Operation::read), 0);
}

// Method: a storage that grows twice, the first time refused; what is announced of it.
TEST(World, GrowsStorageAndTellsWhatIsGranted) {
  World world;
  Scenario scenario = two_origins();
  scenario.faults = {fault(kStorage, RequestKind::grow, model::NthRequest{1}, Errc::no_space)};
  RecordingListener listener;
  ASSERT_FALSE(world.open(scenario, listener));
  EXPECT_EQ(world.run([&] {
    StorageBacking& storage = **world.make_storage();
    EXPECT_TRUE(storage.can_grow());
    OneRequest beyond(Operation::write, 256, 8);
    EXPECT_EQ(beyond.wait_for(storage), Errc::invalid);
    EXPECT_EQ(storage.grow({512}), Errc::no_space);
    EXPECT_EQ(storage.geometry().capacity, SectorCount{256});
    EXPECT_EQ(storage.grow({512}), Errc::none);
    OneRequest again(Operation::write, 256, 8);
    EXPECT_EQ(again.wait_for(storage), Errc::none);
    EXPECT_EQ(world.storage_id(storage), (model::DeviceId{model::DeviceId::Kind::storage, 0}));
    world.drop_storage(storage);
    StorageBacking& next = **world.make_storage();
    EXPECT_EQ(world.storage_id(next).index, 1U);
    EXPECT_EQ(next.geometry().capacity, SectorCount{256});
    world.drop_storage(next);
  }),
            Rest::done);
  world.close();
  std::vector<std::uint64_t> granted;
  for (const Announcement& announcement : listener.all)
    if (announcement.kind == Announcement::Kind::granted)
      granted.push_back(announcement.blocks.count.value);
  EXPECT_EQ(granted, (std::vector<std::uint64_t>{256, 512, 256}));
  ASSERT_EQ(listener.faults.size(), 1U);
  EXPECT_EQ(listener.faults[0].kind, RequestKind::grow);
  EXPECT_EQ(listener.faults[0].range, (SectorRange{{0}, {512}}));
}

// Method: a block device of 256 sectors; what is announced of it after growth was asked for.
TEST(World, NeverGrowsABlockDevice) {
  World world;
  Scenario scenario = two_origins();
  scenario.storage.kind = model::StorageKind::device;
  scenario.faults = {fault(kStorage, RequestKind::grow, model::NthRequest{1}, Errc::no_space)};
  RecordingListener listener;
  ASSERT_FALSE(world.open(scenario, listener));
  EXPECT_EQ(world.run([&] {
    StorageBacking& storage = **world.make_storage();
    EXPECT_FALSE(storage.can_grow());
    EXPECT_EQ(storage.grow({512}), Errc::not_supported);
    EXPECT_EQ(storage.geometry().capacity, SectorCount{256});
    OneRequest inside(Operation::write, 248, 8);
    EXPECT_EQ(inside.wait_for(storage), Errc::none);
    OneRequest beyond(Operation::write, 256, 8);
    EXPECT_EQ(beyond.wait_for(storage), Errc::invalid);
    world.drop_storage(storage);
  }),
            Rest::done);
  world.close();
  EXPECT_EQ(listener.count(Announcement::Kind::granted), 1U);
  EXPECT_TRUE(listener.faults.empty());
}

// Method: the second origin grows and shrinks in a run; the next run has the first size again.
TEST(World, ResizesAnOriginForThisRun) {
  World world;
  play(world, two_origins(), [](World& inside) {
    inside.resize(1, {1024});
    OneRequest grown(Operation::write, 1016, 8);
    EXPECT_EQ(grown.wait_for(inside.origin(1)), Errc::none);
    inside.resize(1, {8});
    OneRequest lost(Operation::read, 8, 8);
    EXPECT_EQ(lost.wait_for(inside.origin(1)), Errc::invalid);
    EXPECT_EQ(inside.origin(0).geometry().capacity, SectorCount{2048});
  });
  play(world, two_origins(),
       [](World& inside) { EXPECT_EQ(inside.origin(1).geometry().capacity, SectorCount{512}); });
}

// Method: stalled writes on an origin and a stalled growth, faults besides; healed by another
// fiber after a second.
TEST(World, HealsFaultsAndStallsOfEveryDevice) {
  World world;
  Scenario scenario = two_origins();
  scenario.latencies = {stall(kAnySite, RequestKind::write), stall(kStorage, RequestKind::grow)};
  scenario.faults = {fault(kAnySite, RequestKind::read, model::OneIn{1})};
  scenario.memory_faults = {refuse_allocation(1, true)};
  play(world, scenario, [](World& inside) {
    const Environment environment = inside.environment();
    StorageBacking& storage = **inside.make_storage();
    OneRequest before(Operation::read, 0, 8);
    EXPECT_EQ(before.wait_for(inside.origin(0)), Errc::io);
    EXPECT_THROW((void)environment.memory.allocate(8), std::bad_alloc);
    FiberGroup group(environment.stacks);
    int answered = 0;
    for (const bool grows : {false, true})
      group.spawn("stalled", [&, grows] {
        OneRequest write(Operation::write, 0, 8);
        EXPECT_EQ(grows ? storage.grow({512}) : write.wait_for(inside.origin(0)), Errc::none);
        ++answered;
      });
    WaitQueue nap("a second");
    nap.wait_until(environment.clock, 1s);
    EXPECT_EQ(answered, 0);
    EXPECT_EQ(inside.describe_fibers(),
              "program 1 is ready\n"
              "stalled 2 waits for the answer of a device\n"
              "stalled 3 waits for the heal of a stalled growth\n"
              "origin 0 holds back write 0+8 until healed\n");
    inside.heal();
    group.join();
    EXPECT_EQ(answered, 2);
    OneRequest after(Operation::read, 0, 8);
    EXPECT_EQ(after.wait_for(inside.origin(0)), Errc::none);
    environment.memory.deallocate(environment.memory.allocate(8), 8);
    inside.drop_storage(storage);
  });
}

// Method: every statement that it cannot obey, with the line that asks for it; nothing is opened.
TEST(World, RefusesWhatItCannotObeyAndNamesTheLine) {
  World world;
  const auto refusal = [&world](const std::function<void(Scenario&)>& spoil) {
    Scenario scenario = two_origins();
    spoil(scenario);
    RecordingListener listener;
    const auto refused = world.open(scenario, listener);
    return refused ? std::to_string(refused->line.number) + ": " + refused->why : "none";
  };
  const auto add_fault = [](Scenario& scenario, FaultEffect effect, std::uint32_t line) {
    scenario.faults.push_back(fault(kStorage, RequestKind::flush, model::OneIn{2}, effect));
    scenario.faults.back().line = {line};
  };
  for (const FaultEffect effect : {FaultEffect::torn, FaultEffect::lost, FaultEffect::misdirected})
    EXPECT_EQ(refusal([&](Scenario& scenario) { add_fault(scenario, effect, 4); }),
              "4: only a write can be torn, lost or misdirected; others are not supported");
  EXPECT_EQ(refusal([&](Scenario& scenario) {
              add_fault(scenario, FaultEffect::torn, 9);
              add_fault(scenario, FaultEffect::rot, 5);
            }),
            "5: bits rot where they are read or written; others are not supported");
}

// Method: a stalled read, a stalled growth, and nobody who heals.
TEST(World, HealsByItselfWhereAllWaitForAStall) {
  World world;
  Scenario scenario = two_origins();
  scenario.latencies = {stall(kAnySite, RequestKind::read), stall(kStorage, RequestKind::grow)};
  const Outcome outcome = play(world, scenario, [](World& inside) {
    OneRequest read(Operation::read, 16, 8);
    EXPECT_EQ(read.wait_for(inside.origin(1)), Errc::none);
    StorageBacking& storage = **inside.make_storage();
    EXPECT_EQ(storage.grow({512}), Errc::none);
    inside.drop_storage(storage);
  });
  EXPECT_EQ(outcome.rest, Rest::done);
}

// Method: a fiber that waits for what nobody will do, with a stalled read beside it.
TEST(WorldDeathTest, ReturnsFromADeadlock) {
  EXPECT_EXIT(
      {
        auto& world = *new World;
        auto& listener = *new RecordingListener;
        auto& scenario = *new Scenario(two_origins());
        scenario.latencies = {stall(kAnySite, RequestKind::read)};
        if (world.open(scenario, listener)) std::_Exit(1);
        const Rest rest = world.run([&] {
          OneRequest read(Operation::read, 16, 8);
          (void)read.wait_for(world.origin(1));
          auto& never = *new WaitQueue("what never comes");
          never.wait();
        });
        std::fputs(world.describe_fibers().c_str(), stderr);
        std::_Exit(rest == Rest::deadlock ? 7 : 1);
      },
      testing::ExitedWithCode(7), "program 1 waits for what never comes\n");
}

// Method: the engine's part played by a program that leaves something behind.
TEST(WorldDeathTest, StopsWhereSomethingWasLeftBehind) {
  const auto leave = [](const std::function<void(World&)>& program) {
    World world;
    play(world, two_origins(), program);
  };
  EXPECT_DEATH(leave([](World& world) { (void)world.environment().memory.allocate(8); }),
               "invariant S11 broken");
  EXPECT_DEATH(leave([](World& world) {
                 auto& read = *new OneRequest(Operation::read, 0, 8);
                 read.submit_to(world.origin(0));
               }),
               "invariant S11 broken");
}

}  // namespace
}  // namespace cowbell::sim
