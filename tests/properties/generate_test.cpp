// SPDX-License-Identifier: Apache-2.0
#include "properties/generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "models/scenario_text.hpp"
#include "properties/scenario_edit.hpp"

namespace cowbell::properties {
namespace {

using model::Scenario;
using model::Statement;
using model::StatementKind;

constexpr std::uint64_t kSeeds = 2'000;

// Method: the language is the judge. What it prints and does not parse back is not a scenario.
TEST(Generate, EveryScenarioParsesBackFromItsText) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Scenario scenario = generate(seed);
    const std::string text = to_string(scenario);
    const auto parsed = model::parse_scenario(text);
    ASSERT_TRUE(parsed) << model::format_error("generated", parsed.error()) << '\n' << text;
    ASSERT_EQ(*parsed, scenario) << text;
  }
}

// Method: the same seed twice, with other seeds in between.
TEST(Generate, TheSameSeedGivesTheSameScenario) {
  std::vector<Scenario> scenarios;
  for (std::uint64_t seed = 0; seed < 100; ++seed) scenarios.push_back(generate(seed));
  for (std::uint64_t seed = 100; seed-- > 0;) EXPECT_EQ(generate(seed), scenarios[seed]);
}

// Method: what a mutation of the engine needs to show itself must come up, or we are blind.
TEST(Generate, EveryKindOfStatementAndFaultOccurs) {
  std::set<StatementKind> kinds;
  std::set<std::tuple<model::Site::Kind, model::RequestKind, model::FaultEffect>> faults;
  std::set<model::SchedulerKind> schedulers;
  std::set<std::size_t> origins, clients;
  std::size_t memory_faults = 0, image_writes = 0, background = 0, nowait = 0, segments = 0,
              limits = 0, without_faults = 0, stalls = 0, reused_names = 0, fills = 0,
              device_storages = 0, tiny_devices = 0, large_storage_blocks = 0, growths = 0,
              shrinks = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Scenario scenario = generate(seed);
    std::set<std::uint32_t> of_scenario;
    std::multiset<model::SnapshotIndex> taken;
    for (const Statement& statement : scenario.program) {
      kinds.insert(statement.kind);
      of_scenario.insert(statement.client);
      image_writes += statement.kind == StatementKind::write && statement.device.is_image();
      background += statement.background;
      nowait += statement.flags.nowait;
      segments += statement.segments > 1;
      fills += statement.fill.has_value();
      if (statement.kind == StatementKind::take) {
        reused_names += taken.contains(statement.snapshot);
        taken.insert(statement.snapshot);
      }
    }
    std::vector<SectorCount> sizes;
    for (const model::OriginSpec& origin : scenario.origins) sizes.push_back(origin.size);
    for (const Statement& statement : scenario.program) {
      if (statement.kind != StatementKind::resize) continue;
      SectorCount& size = sizes[statement.device.origin];
      ++(statement.range.count > size ? growths : shrinks);
      size = statement.range.count;
    }
    if (scenario.storage.kind == model::StorageKind::device) {
      ++device_storages;
      tiny_devices +=
          to_bytes(scenario.storage.size).value < chunk_bytes(scenario, scenario.origins[0]);
    }
    large_storage_blocks += scenario.storage.logical_block.value > kSectorSize;
    for (const model::DeviceFault& fault : scenario.faults)
      faults.emplace(fault.site.kind, fault.kind, fault.effect);
    schedulers.insert(scenario.schedule.kind);
    origins.insert(scenario.origins.size());
    clients.insert(of_scenario.size());
    memory_faults += scenario.memory_faults.size();
    stalls += std::ranges::count(scenario.latencies, true, &model::LatencySpec::stall);
    limits += scenario.storage.limit.has_value();
    without_faults += scenario.faults.empty() && scenario.memory_faults.empty();
  }
  using enum StatementKind;
  for (const StatementKind kind : {write, read, zero, discard, flush, take, release, sleep, wait,
                                   barrier, heal, resize, dirty, power_cut})
    EXPECT_TRUE(kinds.contains(kind)) << static_cast<int>(kind);
  using model::FaultEffect;
  using model::RequestKind;
  using Site = model::Site::Kind;
  for (const FaultEffect effect :
       {FaultEffect::error, FaultEffect::short_transfer, FaultEffect::zero_transfer})
    for (const Site site : {Site::origin, Site::storage})
      for (const RequestKind kind : {RequestKind::read, RequestKind::write})
        EXPECT_TRUE(faults.contains({site, kind, effect}));
  for (const FaultEffect effect : {FaultEffect::lost, FaultEffect::misdirected, FaultEffect::rot})
    EXPECT_TRUE(faults.contains({Site::storage, RequestKind::write, effect}));
  EXPECT_TRUE(faults.contains({Site::storage, RequestKind::read, FaultEffect::rot}));
  for (const Site site : {Site::origin, Site::storage}) {
    EXPECT_TRUE(faults.contains({site, RequestKind::write, FaultEffect::torn}));
    EXPECT_TRUE(faults.contains({site, RequestKind::read, FaultEffect::gone}));
  }
  EXPECT_TRUE(faults.contains({Site::storage, RequestKind::grow, FaultEffect::error}));
  EXPECT_TRUE(faults.contains({Site::origin, RequestKind::flush, FaultEffect::error}));
  EXPECT_TRUE(faults.contains({Site::origin, RequestKind::discard, FaultEffect::error}));
  EXPECT_EQ(schedulers.size(), 3u);
  EXPECT_EQ(origins, (std::set<std::size_t>{1, 2, 3}));
  EXPECT_EQ(clients, (std::set<std::size_t>{1, 2, 3, 4}));
  for (const std::size_t count :
       {memory_faults, image_writes, background, nowait, segments, limits, reused_names, fills,
        stalls, device_storages, large_storage_blocks})
    EXPECT_GT(count, kSeeds / 50);
  EXPECT_GT(growths, kSeeds / 100);
  EXPECT_GT(tiny_devices, 0u);
  EXPECT_GT(shrinks, 0u);
  EXPECT_GT(growths, shrinks);
  EXPECT_GT(without_faults, kSeeds / 2);
  EXPECT_LT(without_faults, kSeeds * 9 / 10);
}

// Method: swarm testing. Each family of faults is off in most scenarios that have faults and on in
// some; what a fault strikes ranges from nearly every request to one in a hundred, from the first
// to the thirtieth, once or from then on, or a bad block.
TEST(Generate, FaultsComeInFewFamiliesAtATimeAndAtAllRates) {
  enum Family { storage_io, storage_growth, origin_io, anywhere, memory, lies, kFamilies };
  std::array<std::uint64_t, kFamilies> on{};
  std::set<std::uint64_t> rates, turns;
  std::uint64_t with_faults = 0, sticky = 0, once = 0;
  std::set<model::Site::Kind> bad_blocks;
  std::set<Errc> errors;
  std::array<std::uint64_t, model::kFaultEffectCount> effects{};
  for (std::uint64_t seed = 0; seed < 2 * kSeeds; ++seed) {
    const Scenario scenario = generate(seed);
    if (scenario.faults.empty() && scenario.memory_faults.empty()) continue;
    ++with_faults;
    std::set<Family> families;
    if (!scenario.memory_faults.empty()) families.insert(memory);
    for (const model::DeviceFault& fault : scenario.faults) {
      using enum model::Site::Kind;
      const bool growth = fault.kind == model::RequestKind::grow;
      families.insert(fault.site.kind == any      ? anywhere
                      : fault.site.kind == origin ? origin_io
                      : growth                    ? storage_growth
                                                  : storage_io);
      ++effects[static_cast<std::size_t>(fault.effect)];
      if (fault.kind != model::RequestKind::grow) errors.insert(fault.error);
      if (fault.effect >= model::FaultEffect::lost && fault.effect <= model::FaultEffect::rot)
        families.insert(lies);
      if (const auto* one_in = std::get_if<model::OneIn>(&fault.trigger)) rates.insert(one_in->n);
      if (const auto* nth = std::get_if<model::NthRequest>(&fault.trigger)) {
        turns.insert(nth->nth);
        ++(fault.sticky ? sticky : once);
      }
      if (std::holds_alternative<model::TouchesRange>(fault.trigger))
        bad_blocks.insert(fault.site.kind);
    }
    for (const Family family : families) ++on[family];
  }
  for (const std::uint64_t scenarios : on) {
    EXPECT_GT(scenarios, with_faults / 100);
    EXPECT_LT(scenarios, with_faults / 2);
  }
  for (const std::uint64_t faults : effects) {
    EXPECT_GT(faults, with_faults / 100);
    EXPECT_LT(faults, with_faults);
  }
  EXPECT_EQ(errors, (std::set{Errc::io, Errc::no_space, Errc::timed_out, Errc::read_only}));
  EXPECT_EQ(*rates.begin(), 2u);
  EXPECT_GE(*rates.rbegin(), 100u);
  EXPECT_EQ(*turns.begin(), 1u);
  EXPECT_GE(*turns.rbegin(), 30u);
  EXPECT_GT(sticky, once / 8);
  EXPECT_GT(once, sticky);
  EXPECT_EQ(bad_blocks, (std::set{model::Site::Kind::storage, model::Site::Kind::origin}));
}

// Method: swarm testing within a family. Two faults of one scenario have the same effect, or strike
// the same kind of request at the same kind of device, more often than two of any scenarios.
TEST(Generate, FaultsOfOneScenarioAreAlike) {
  std::map<model::FaultEffect, double> effects;
  std::map<std::pair<model::Site::Kind, model::RequestKind>, double> places;
  double pairs = 0, same_effect = 0, same_place = 0;
  for (std::uint64_t seed = 0; seed < 20 * kSeeds; ++seed) {
    const Scenario scenario = generate(seed);
    if (scenario.faults.size() < 2) continue;
    const model::DeviceFault& a = scenario.faults[0];
    const model::DeviceFault& b = scenario.faults[1];
    ++pairs;
    same_effect += a.effect == b.effect;
    same_place += a.site.kind == b.site.kind && a.kind == b.kind;
    for (const model::DeviceFault* fault : {&a, &b}) {
      ++effects[fault->effect];
      ++places[{fault->site.kind, fault->kind}];
    }
  }
  const auto by_chance = [&](const auto& counts) {
    double chance = 0;
    for (const auto& [what, count] : counts) chance += count * count / (4 * pairs * pairs);
    return chance;
  };
  ASSERT_GT(pairs, 500);
  EXPECT_GT(same_effect / pairs, 1.2 * by_chance(effects));
  EXPECT_GT(same_place / pairs, 1.2 * by_chance(places));
}

// Method: what a storage that stalls keeps is missed by others where there is little memory.
TEST(Generate, StoragesThatStallMeetLittleMemory) {
  std::size_t stalls = 0, tight = 0;
  for (std::uint64_t seed = 0; seed < 4 * kSeeds; ++seed) {
    const Scenario scenario = generate(seed);
    if (std::ranges::none_of(scenario.latencies, [](const model::LatencySpec& latency) {
          return latency.stall && latency.site.kind == model::Site::Kind::storage;
        }))
      continue;
    ++stalls;
    tight += scenario.params.memory_maximum != Params{}.memory_maximum;
  }
  EXPECT_GT(stalls, 4 * kSeeds / 50);
  EXPECT_GT(tight * 2, stalls);
}

bool meet(const Statement& a, const Statement& b) {
  return a.client != b.client && a.device.origin == b.device.origin && a.range.overlaps(b.range);
}

// Method: the races of a snapshot need an image read and an origin write of different clients at
// one place with no barrier between them; many of those ranges must cross a border of chunks.
TEST(Generate, RequestsOfDifferentClientsMeetAtBordersOfChunks) {
  std::size_t meeting = 0, crossing = 0, take_in_traffic = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Scenario scenario = generate(seed);
    const auto& program = scenario.program;
    bool meets = false, crosses = false, races = false;
    for (std::size_t i = 0; i < program.size(); ++i)
      for (std::size_t j = i + 1; j < program.size() && program[j].kind != StatementKind::barrier;
           ++j) {
        const auto read_and_write = [&](const Statement& a, const Statement& b) {
          return a.kind == StatementKind::read && a.device.is_image() &&
                 b.kind == StatementKind::write && !b.device.is_image();
        };
        if ((read_and_write(program[i], program[j]) || read_and_write(program[j], program[i])) &&
            meet(program[i], program[j]))
          meets = true;
        races |= program[i].kind == StatementKind::write && !program[i].device.is_image() &&
                 program[j].kind == StatementKind::take && program[i].client != program[j].client;
      }
    for (const Statement& statement : program) {
      if (!model::is_request(statement.kind) || statement.range.empty()) continue;
      const std::uint64_t chunk =
          chunk_bytes(scenario, scenario.origins[statement.device.origin]) >> kSectorShift;
      crosses |= statement.range.first.value / chunk != (statement.range.end().value - 1) / chunk;
    }
    meeting += meets;
    crossing += crosses;
    take_in_traffic += races;
  }
  EXPECT_GT(meeting, kSeeds / 5);
  EXPECT_GT(crossing, kSeeds / 2);
  EXPECT_GT(take_in_traffic, kSeeds / 5);
}

// Method: each switch of a shape is turned off in turn.
TEST(Generate, AShapeKeepsOutWhatItForbids) {
  const Shape quiet{.clients_maximum = 1,
                    .origins_maximum = 1,
                    .image_writes = false,
                    .storage_faults = false,
                    .origin_faults = false,
                    .memory_faults = false,
                    .tight_limits = false,
                    .scheduler = model::SchedulerKind::pct,
                    .any_scheduler = false};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Scenario scenario = generate(seed, quiet);
    EXPECT_EQ(scenario.origins.size(), 1u);
    EXPECT_TRUE(scenario.faults.empty() && scenario.memory_faults.empty());
    EXPECT_FALSE(scenario.storage.limit);
    EXPECT_EQ(scenario.params.memory_maximum, Params{}.memory_maximum);
    EXPECT_EQ(scenario.schedule.kind, model::SchedulerKind::pct);
    for (const Statement& statement : scenario.program) {
      EXPECT_EQ(statement.client, 0u);
      EXPECT_FALSE(statement.kind == StatementKind::write && statement.device.is_image());
    }
  }
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Scenario scenario = generate(seed, {.origin_faults = false, .always_faults = true});
    EXPECT_FALSE(scenario.faults.empty() && scenario.memory_faults.empty());
    for (const model::DeviceFault& fault : scenario.faults)
      EXPECT_EQ(fault.site.kind, model::Site::Kind::storage);
    SectorCount size = scenario.origins[0].size;
    for (const Statement& statement : scenario.program) {
      if (statement.kind != StatementKind::resize || statement.device.origin != 0) continue;
      EXPECT_GE(statement.range.count, size) << "an origin that loses its end is at fault";
      size = statement.range.count;
    }
  }
}

// Method: what a fuzzer begins with, and noise from a fixed generator.
TEST(Generate, AnyBytesGiveAScenarioThatParsesBack) {
  sim::Decisions noise;
  noise.seed(7);
  std::vector<std::uint8_t> bytes;
  for (std::size_t length = 0; length < 600; ++length) {
    const Scenario scenario = from_bytes(bytes);
    const auto parsed = model::parse_scenario(to_string(scenario));
    ASSERT_TRUE(parsed) << to_string(scenario);
    EXPECT_EQ(*parsed, scenario) << to_string(scenario);
    EXPECT_EQ(scenario.schedule.kind, model::SchedulerKind::recorded);
    bytes.push_back(static_cast<std::uint8_t>(noise.draw(model::Concern::workload, 256)));
  }
}

// Method: with nothing to decide by, every choice is 0.
TEST(Generate, NoBytesGiveThePlainestScenario) {
  const Scenario scenario = from_bytes({});
  EXPECT_EQ(scenario.origins.size(), 1u);
  EXPECT_TRUE(scenario.faults.empty() && scenario.memory_faults.empty());
  EXPECT_TRUE(scenario.latencies.size() <= 2);
  EXPECT_LT(scenario.program.size(), 12u);
  EXPECT_EQ(std::ranges::max(scenario.program, {}, &Statement::client).client, 0u);
}

}  // namespace
}  // namespace cowbell::properties
