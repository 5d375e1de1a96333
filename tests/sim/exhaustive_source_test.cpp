// SPDX-License-Identifier: Apache-2.0
#include "sim/exhaustive_source.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <list>
#include <set>

#include "core/wait_queue.hpp"
#include "sim/world.hpp"
#include "tests/sim/one_request.hpp"
#include "tests/sim/recording_listener.hpp"

namespace cowbell::sim {
namespace {

using namespace std::chrono_literals;

/// One device, on which a program plays, in every way that it can go.
struct SmallWorld {
  model::Scenario scenario;
  World simulated;
  ExhaustiveSearch search;
  ExhaustiveSource source{search};
  std::list<OneRequest> requests;

  SmallWorld() {
    scenario.origins.push_back({.name = "A", .size = {64}, .line = {}});
    scenario.latencies = ExhaustiveSource::latencies();
    simulated.record(true);
    source.prune_repeated(false);
  }

  void submit(Operation operation, std::uint64_t first, std::uint64_t count) {
    requests.emplace_back(operation, first, count).submit_to(simulated.origin(0));
  }

  void sleep(Time duration) {
    WaitQueue queue{"a nap"};
    Clock& clock = simulated.environment().clock;
    queue.wait_until(clock, clock.now() + duration);
  }

  std::uint64_t run(const model::Scenario& played, const std::function<void()>& program) {
    RecordingListener listener;
    EXPECT_FALSE(simulated.open(played, listener));
    EXPECT_EQ(simulated.run(program), model::Rest::done);
    simulated.close();
    requests.clear();
    return simulated.event_hash();
  }

  /// The event hash of each run, each of which its record has repeated.
  std::vector<std::uint64_t> enumerate(std::uint32_t preemptions,
                                       const std::function<void()>& program) {
    std::vector<std::uint64_t> hashes;
    search.restart({.preemptions_maximum = preemptions});
    do {
      simulated.enumerate(&source);
      hashes.push_back(run(scenario, program));
      model::Scenario again = scenario;
      again.schedule.kind = model::SchedulerKind::recorded;
      again.schedule.recorded = simulated.recorded();
      simulated.enumerate(nullptr);
      EXPECT_EQ(run(again, program), hashes.back());
    } while (search.next());
    return hashes;
  }
};

std::size_t distinct(const std::vector<std::uint64_t>& hashes) {
  return std::set(hashes.begin(), hashes.end()).size();
}

// Method: four writes apart from each other are answered in 4! orders; when they take effect
// nobody can tell.
TEST(ExhaustiveSource, TakesEveryOrderOfAnswersOnce) {
  SmallWorld world;
  const auto hashes = world.enumerate(0, [&] {
    for (std::uint64_t i = 0; i < 4; ++i) world.submit(Operation::write, i, 1);
    world.sleep(1ms);
  });
  EXPECT_EQ(hashes.size(), 24u);
  EXPECT_EQ(distinct(hashes), 24u);
  EXPECT_EQ(world.search.pruned(), 4u);
}

// Method: two writes of one block: two moments each, times two orders of answers.
TEST(ExhaustiveSource, TakesEveryMomentOfEffectThatCanBeSeen) {
  SmallWorld world;
  const auto hashes = world.enumerate(0, [&] {
    world.submit(Operation::write, 0, 1);
    world.submit(Operation::write, 0, 1);
    world.sleep(1ms);
  });
  EXPECT_EQ(hashes.size(), 8u);
  EXPECT_EQ(distinct(hashes), 8u);
  EXPECT_EQ(world.search.pruned(), 0u);
}

// Method: a write and a read of the same two blocks: two moments, in one group or two, for each.
TEST(ExhaustiveSource, DividesRequestsOfSeveralBlocks) {
  SmallWorld world;
  const auto hashes = world.enumerate(0, [&] {
    world.submit(Operation::write, 0, 2);
    world.submit(Operation::read, 0, 2);
    world.sleep(1ms);
  });
  EXPECT_EQ(hashes.size(), 4 * 4 * 2u);
  EXPECT_EQ(distinct(hashes), hashes.size());
}

// Method: two writes that never are on their way together, and two reads of one block that are.
TEST(ExhaustiveSource, LeavesOutWhatNobodyCanSee) {
  SmallWorld world;
  EXPECT_EQ(world
                .enumerate(0,
                           [&] {
                             world.submit(Operation::write, 0, 1);
                             world.sleep(1ms);
                             world.submit(Operation::write, 0, 1);
                             world.sleep(1ms);
                           })
                .size(),
            1u);
  EXPECT_EQ(world
                .enumerate(0,
                           [&] {
                             world.submit(Operation::read, 0, 1);
                             world.submit(Operation::read, 0, 1);
                             world.sleep(1ms);
                           })
                .size(),
            2u);
}

// Method: a write on its way while a take is: a cut may fall before or behind its effect.
TEST(ExhaustiveSource, CountsATakeAmongThoseWhoSee) {
  SmallWorld world;
  EXPECT_EQ(world
                .enumerate(0,
                           [&] {
                             world.submit(Operation::write, 0, 1);
                             world.source.take_began();
                             world.sleep(1ms);
                             world.source.take_ended();
                           })
                .size(),
            2u);
}

// Method: three fibers of one step: 3! orders, of which those that put off the first one cost one
// preemption, and so does putting off the second.
TEST(ExhaustiveSource, CountsPreemptions) {
  for (const auto& [preemptions, runs] :
       {std::pair(0u, 1u), std::pair(1u, 4u), std::pair(2u, 6u), std::pair(3u, 6u)}) {
    SmallWorld world;
    EXPECT_EQ(world
                  .enumerate(preemptions,
                             [&] {
                               FiberGroup group(world.simulated.environment().stacks);
                               for (int i = 0; i < 3; ++i) group.spawn("racer", [] {});
                               group.join();
                             })
                  .size(),
              runs);
  }
}

// Method: four writes apart from each other lead to one state, whatever order they are answered in;
// of three fibers that only end, all orders do.
TEST(ExhaustiveSource, GoesThroughARepeatedStateOnce) {
  SmallWorld writes;
  writes.source.prune_repeated(true);
  EXPECT_LT(writes
                .enumerate(0,
                           [&] {
                             for (std::uint64_t i = 0; i < 4; ++i)
                               writes.submit(Operation::write, i, 1);
                             writes.sleep(1ms);
                           })
                .size(),
            24u);
  EXPECT_GT(writes.search.repeated(), 0u);
  SmallWorld fibers;
  fibers.source.prune_repeated(true);
  EXPECT_EQ(fibers
                .enumerate(3,
                           [&] {
                             FiberGroup group(fibers.simulated.environment().stacks);
                             for (int i = 0; i < 3; ++i) group.spawn("racer", [] {});
                             group.join();
                           })
                .size(),
            1u);
}

// Method: what is chosen before the first take has ended, and behind the program, goes one way.
TEST(ExhaustiveSource, GoesThePlainestWayBeforeAndBehind) {
  SmallWorld world;
  const auto two_writes = [&] {
    world.submit(Operation::write, 0, 1);
    world.submit(Operation::write, 0, 1);
    world.sleep(1ms);
  };
  world.source.explore_after(1);
  EXPECT_EQ(world.enumerate(2, two_writes).size(), 1u);
  world.source.explore_after(0);
  EXPECT_EQ(world
                .enumerate(2,
                           [&] {
                             world.simulated.heal();
                             two_writes();
                           })
                .size(),
            1u);
}

// Method: sixteen reads that an old one lets pass, one after the other; the seventeenth waits.
TEST(ExhaustiveSource, LetsNobodyBeOvertakenForEver) {
  SmallWorld world;
  world.enumerate(0, [&] {
    world.submit(Operation::read, 0, 1);
    for (std::uint64_t i = 1; i < 18; ++i) {
      OneRequest next(Operation::read, i, 1);
      EXPECT_EQ(next.wait_for(world.simulated.origin(0)), Errc::none);
    }
    world.sleep(1ms);
  });
  EXPECT_GT(world.source.without_room(), 0u);
}

}  // namespace
}  // namespace cowbell::sim
