// SPDX-License-Identifier: Apache-2.0
// Latencies measured in the simulator, against the figures of the profiles. The figures stand here
// a second time, as the sources give them.
#include "sim/service_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.hpp"
#include "tests/sim/disk_bench.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

using model::Profile;
using model::RequestKind;
using namespace std::chrono_literals;

constexpr std::uint64_t kDiskSectors = std::uint64_t{1} << 30;
constexpr Time kNever{};

struct Measured {
  explicit Measured(std::vector<Time> all) : times(std::move(all)) { std::ranges::sort(times); }
  Time mean() const {
    Time sum{};
    for (const Time time : times) sum += time;
    return sum / static_cast<Time::rep>(times.size());
  }
  std::size_t beyond(Time time) const {
    return static_cast<std::size_t>(times.end() - std::ranges::upper_bound(times, time));
  }
  std::vector<Time> times;
};

class Stopwatch {
 public:
  Stopwatch(Profile profile, std::vector<model::LatencySpec> lines = {}) {
    bench_.start({}, std::move(lines));
    bench_.device.disk().restart(DiskBench::kOrigin, {.capacity = {kDiskSectors}}, false, false,
                                 profile);
    bench_.decisions.seed(4711);
  }

  Time time(Operation operation, std::uint64_t first, std::uint64_t count) {
    OneRequest request(operation, first, count);
    const Time began = bench_.clock.now();
    EXPECT_EQ(bench_.outcome(request), Errc::none);
    return bench_.clock.now() - began;
  }

  /// Of `requests` requests of so many bytes, each `stride` behind the one before.
  Measured measure(Operation operation, std::uint64_t bytes, std::uint64_t stride, int requests) {
    std::vector<Time> times;
    std::uint64_t first = kDiskSectors / 2;
    for (int i = 0; i < requests; ++i, first += stride / kSectorSize)
      times.push_back(time(operation, first, bytes / kSectorSize));
    return Measured(std::move(times));
  }

 private:
  DiskBench bench_;
};

/// Within a hundredth.
void expect_about(Time measured, Time figure) {
  EXPECT_GT(measured, figure - figure / 100) << figure.count();
  EXPECT_LT(measured, figure + figure / 100) << figure.count();
}

struct Figures {
  Profile profile;
  Operation operation;
  Time mean;       ///< of requests of 4 KiB in random places
  Time longest;    ///< of those that are not rare
  Time rare;       ///< of one in a thousand
  Time following;  ///< mean of requests one behind the other
};

// Method: 20,000 requests of 4 KiB each way with gaps, 1,000 without; the mean, the bounds and the
// share of rare ones. Transfer of 4 KiB at 200 MB/s takes 20.48 us, which the disk's seek leaves
// out.
TEST(ServiceTime, MeasuredLatenciesFollowTheFigures) {
  const Time data = 20'480ns;
  for (const Figures& figures : {
           Figures{Profile::nvme, Operation::read, 121us, 150us, kNever, 121us},
           Figures{Profile::nvme, Operation::write, 21us, 26'250ns, kNever, 21us},
           Figures{Profile::ssd, Operation::read, 110us, 137'500ns, 300us, 36us},
           Figures{Profile::ssd, Operation::write, 52us, 65us, 800us, 36us},
           Figures{Profile::hdd, Operation::read, 7'400us + 4'165us + data, 15'730us + data,
                   18'330us + data, 230us + data},
           Figures{Profile::hdd, Operation::write, 8'200us + 4'165us + data, 16'530us + data,
                   19'330us + data, 320us + data},
           Figures{Profile::network, Operation::read, 500us, 625us, 5ms, 500us},
           Figures{Profile::network, Operation::write, 500us, 625us, 5ms, 500us},
       }) {
    SCOPED_TRACE(static_cast<int>(figures.profile));
    const bool rare = figures.rare != kNever;
    const Time share = rare ? (figures.rare - figures.mean) / 1'000 : Time{};
    const Measured random =
        Stopwatch(figures.profile).measure(figures.operation, 4096, 8192, 20'000);
    expect_about(random.mean(), figures.mean + share);
    EXPECT_GE(random.times.front(), figures.mean / 2);
    EXPECT_EQ(random.beyond(rare ? figures.rare : figures.longest), 0u);
    const std::size_t rare_ones = random.beyond(figures.longest);
    EXPECT_GE(rare_ones, rare ? 5u : 0u);
    EXPECT_LE(rare_ones, rare ? 40u : 0u);
    const Measured following =
        Stopwatch(figures.profile).measure(figures.operation, 4096, 4096, 1'000);
    const Time usual = following.times[following.times.size() / 2];
    EXPECT_GE(usual, figures.following - figures.following / 20);
    EXPECT_LE(usual, figures.following + figures.following / 20);
  }
}

// Method: a megabyte more takes what the bandwidth says; nothing is drawn for it, so that the same
// seed gives the same times but for that.
TEST(ServiceTime, DataBeyondWhatIsIncludedTakesTheirTransfer) {
  constexpr std::uint64_t kMegabyte = 1'000'000 / kSectorSize * kSectorSize;
  const auto longer = [](Profile profile, Operation operation, std::uint64_t included) {
    const std::uint64_t few = std::max<std::uint64_t>(included, kSectorSize);
    const Time small = Stopwatch(profile).measure(operation, few, 8 * kMegabyte, 40).mean();
    return Stopwatch(profile).measure(operation, few + kMegabyte, 8 * kMegabyte, 40).mean() - small;
  };
  expect_about(longer(Profile::nvme, Operation::read, 4096), Time(kMegabyte * 10 / 35));
  expect_about(longer(Profile::ssd, Operation::read, 4096), Time(kMegabyte * 2));
  expect_about(longer(Profile::ssd, Operation::write, 4096), Time(kMegabyte * 100 / 49));
  expect_about(longer(Profile::hdd, Operation::write, 0), Time(kMegabyte * 5));
  expect_about(longer(Profile::network, Operation::write, 16'384),
               Time(kMegabyte * 1'000'000'000 / (125 * 1024 * 1024)));
}

// Method: a device of 2^62 bytes is zeroed at once; the time neither overflows nor ends the world.
TEST(ServiceTime, StaysWithinTimeForAnyAmountOfData) {
  Decisions decisions;
  decisions.seed(1);
  for (const Profile profile : {Profile::nvme, Profile::ssd, Profile::hdd, Profile::network}) {
    const Service service{*model::disk_profile(profile), RequestKind::write, {{}, {1ull << 53}}};
    EXPECT_GT(draw_time(service, decisions), 1'000s);
  }
}

// Method: a line of the scenario wins over the profile, for its kind of request only.
TEST(ServiceTime, ALatencyLineWinsOverTheProfile) {
  Stopwatch watch(Profile::hdd, {latency(kAnySite, RequestKind::read, 7us)});
  EXPECT_EQ(watch.time(Operation::read, 1'000, 8), 7us);
  EXPECT_GE(watch.time(Operation::write, 1'000, 8), 8ms);
  EXPECT_GE(watch.time(Operation::flush, 0, 0), 8ms);
}

// Method: an origin and a storage of different profiles in one world, growth of the storage too.
TEST(ServiceTime, EachDeviceOfAWorldHasItsOwnProfile) {
  model::Scenario scenario;
  scenario.origins.resize(1);
  scenario.origins[0].name = "A";
  scenario.origins[0].size = {kDiskSectors};
  scenario.origins[0].profile = Profile::hdd;
  scenario.storage.size = {64};
  scenario.storage.profile = Profile::nvme;
  World world;
  RecordingListener listener;
  ASSERT_FALSE(world.open(scenario, listener));
  const model::Rest rest = world.run([&] {
    StorageBacking& storage = **world.make_storage();
    const auto time = [&](const auto& deed) {
      const Time began = world.environment().clock.now();
      deed();
      return world.environment().clock.now() - began;
    };
    OneRequest from_origin(Operation::read, 4'096, 8);
    EXPECT_GE(time([&] { (void)from_origin.wait_for(world.origin(0)); }), 7'400us);
    OneRequest to_storage(Operation::write, 0, 8);
    EXPECT_LE(time([&] { (void)to_storage.wait_for(storage); }), 27us);
    EXPECT_LE(time([&] { (void)storage.grow({128}); }), 27us);
    world.drop_storage(storage);
  });
  EXPECT_EQ(rest, model::Rest::done);
  world.close();
}

}  // namespace
}  // namespace cowbell::sim
