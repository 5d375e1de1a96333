// SPDX-License-Identifier: Apache-2.0
#include "sim/scheduler.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/pct_policy.hpp"
#include "sim/random_policy.hpp"
#include "sim/recorded_policy.hpp"
#include "sim/round_robin_policy.hpp"

namespace cowbell::sim {
namespace {

using model::Rest;
using namespace std::chrono_literals;

/// Fibers on a clock, under one of the policies.
struct Bench {
  VirtualClock clock;
  EventLog log{clock};
  Decisions decisions;
  RoundRobinPolicy round_robin{decisions};
  RandomPolicy random{decisions};
  PctPolicy pct{decisions};
  RecordedPolicy recorded{decisions};
  FiberStacks stacks;
  FiberGroup fibers{stacks};
  std::uint64_t step_maximum = 100'000;

  Rest run(Policy& policy, const std::function<void()>& program) {
    const auto scheduler = Scheduler::of_this_thread();
    install_scheduler(scheduler);
    clock.restart();
    log.restart(nullptr);
    scheduler->begin({clock, policy, log, step_maximum});
    fibers.spawn("program", [&] {
      program();
      scheduler->program_ended();
    });
    const Rest rest = scheduler->park();
    scheduler->end();
    return rest;
  }

  void sleep(Time duration) {
    WaitQueue queue{"a nap"};
    queue.wait_until(clock, clock.now() + duration);
  }

  /// Ready again behind whoever is ready already.
  void yield() { sleep(0ns); }
};

/// Four fibers of three steps; the order in which they took them.
std::string race(Bench& bench, Policy& policy) {
  std::string order;
  EXPECT_EQ(bench.run(policy,
                      [&] {
                        FiberGroup group(bench.stacks);
                        for (char name = 'a'; name < 'e'; ++name)
                          group.spawn("racer", [&bench, &order, name] {
                            for (int step = 0; step < 3; ++step) {
                              order += name;
                              bench.sleep(1us);
                            }
                          });
                        group.join();
                      }),
            Rest::done);
  return order;
}

// Method: four equal fibers; with nothing drawn they take turns.
TEST(Scheduler, TakesTurnsUnderRoundRobin) {
  Bench bench;
  EXPECT_EQ(race(bench, bench.round_robin), "abcdabcdabcd");
}

// Method: one seed twice, ten seeds once; orders and hashes.
TEST(Scheduler, RepeatsASeedAndExploresSeveral) {
  Bench bench;
  bench.decisions.seed(5);
  const std::string order = race(bench, bench.random);
  const std::uint64_t hash = bench.log.hash();
  bench.decisions.seed(5);
  EXPECT_EQ(race(bench, bench.random), order);
  EXPECT_EQ(bench.log.hash(), hash);
  int different = 0;
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    bench.decisions.seed(seed);
    different += race(bench, bench.random) != order ? 1 : 0;
    EXPECT_NE(bench.log.hash(), hash);
  }
  EXPECT_GE(different, 8);
}

// Method: each policy recorded over several seeds, and its record repeated.
TEST(Scheduler, RepeatsTheRecordOfAnyPolicy) {
  Bench bench;
  bench.pct.set_change_points(3);
  bench.decisions.record(true);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (Policy* policy :
         std::initializer_list<Policy*>{&bench.random, &bench.pct, &bench.round_robin}) {
      bench.decisions.seed(seed);
      const std::string order = race(bench, *policy);
      const std::uint64_t hash = bench.log.hash();
      bench.decisions.replay(model::RecordedDecisions(bench.decisions.recorded()));
      EXPECT_EQ(race(bench, bench.recorded), order);
      EXPECT_EQ(bench.log.hash(), hash);
    }
  }
}

// Method: PCT without change points lets the fiber of the highest priority run until it waits; of
// two fibers of unequal length each goes first for some seed.
TEST(Scheduler, PrefersOneFiberOverAnotherUnderPct) {
  Bench bench;
  std::string first;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    bench.decisions.seed(seed);
    first += race(bench, bench.pct).front();
  }
  for (const char name : std::string("abcd")) EXPECT_NE(first.find(name), std::string::npos);
}

// Method: timers armed out of order, two of them for one moment.
TEST(Scheduler, MovesTimeFromTimerToTimer) {
  Bench bench;
  std::vector<std::pair<int, Time>> woken;
  const auto rest = bench.run(bench.round_robin, [&] {
    FiberGroup group(bench.stacks);
    int number = 0;
    for (const Time nap : {30us, 10us, 20us, 10us})
      group.spawn("sleeper", [&, nap, number = number++] {
        bench.sleep(nap);
        woken.emplace_back(number, bench.clock.now());
      });
    group.join();
  });
  EXPECT_EQ(rest, Rest::done);
  EXPECT_EQ(woken, (std::vector<std::pair<int, Time>>{{1, 10us}, {3, 10us}, {2, 20us}, {0, 30us}}));
}

/// A fiber that is ready all along, for at most `turns` turns, beside one that sleeps; true if the
/// sleeper woke up before the other had all its turns.
bool overtakes(Bench& bench, Time nap, int turns) {
  bool woken = false;
  bool overtook = false;
  EXPECT_EQ(bench.run(bench.random,
                      [&] {
                        FiberGroup group(bench.stacks);
                        group.spawn("sleeper", [&] {
                          bench.sleep(nap);
                          woken = true;
                        });
                        group.spawn("busy", [&] {
                          WaitQueue turn{"a turn"};
                          for (int i = 0; i < turns && !woken; ++i) {
                            group.spawn("waker", [&turn] { turn.wake_one(); });
                            turn.wait();
                          }
                          overtook = woken;
                        });
                        group.join();
                      }),
            Rest::done);
  return overtook;
}

// Method: a nap as long as a request, and one as long as a bounded wait, over ten seeds.
TEST(Scheduler, LetsWhatIsDueSoonOvertakeReadyFibers) {
  Bench bench;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    bench.decisions.seed(seed);
    EXPECT_TRUE(overtakes(bench, 100us, 1000));
    EXPECT_FALSE(overtakes(bench, 5s, 1000));
  }
}

// Method: fibers that come and go without anything ever waiting for time: their stacks must come
// back all the same, so that a few serve hundreds.
TEST(Scheduler, ReleasesEndedFibersWhileOthersStayReady) {
  Bench bench;
  std::size_t running_maximum = 0;
  EXPECT_EQ(bench.run(bench.round_robin,
                      [&] {
                        FiberGroup group(bench.stacks);
                        WaitQueue turns{"a turn"};
                        for (int i = 0; i < 1000; ++i) {
                          group.spawn("waker", [&turns] { turns.wake_one(); });
                          turns.wait();
                          running_maximum = std::max(running_maximum, group.running());
                        }
                        group.join();
                      }),
            Rest::done);
  EXPECT_LE(running_maximum, 1U);
}

/// Runs `scene` in a child, which ends with what it prints; stuck fibers cannot be taken down.
template <class Scene>
[[noreturn]] void tell_and_exit(Scene scene) {
  auto& bench = *new Bench;
  const std::string told = scene(bench);
  std::fputs(told.c_str(), stderr);
  std::_Exit(7);
}

// Method: two fibers take two locks in opposite orders, with a nap in between; three others wait
// for something to do, and a client that has a number already waits too.
TEST(SchedulerDeathTest, FindsADeadlockAndNamesWhoWaitsForWhom) {
  EXPECT_EXIT(tell_and_exit([](Bench& bench) {
                const Rest rest = bench.run(bench.round_robin, [&] {
                  auto& group = *new FiberGroup(bench.stacks);
                  auto& left = *new HandoverLock("the left lock");
                  auto& right = *new HandoverLock("the right lock");
                  auto& work = *new WaitQueue("something to do");
                  const auto take_both = [&bench](HandoverLock& one, HandoverLock& other) {
                    one.lock();
                    bench.sleep(1us);
                    other.lock();
                  };
                  group.spawn("first", [&] { take_both(left, right); });
                  group.spawn("second", [&] { take_both(right, left); });
                  for (int i = 0; i < 3; ++i) group.spawn("worker", [&] { work.wait(); });
                  group.spawn("client 0", [&] { left.lock(); });
                  group.join();
                });
                return (rest == Rest::deadlock ? "deadlock: " : "no deadlock: ") +
                       Scheduler::of_this_thread()->describe_fibers();
              }),
              testing::ExitedWithCode(7),
              "deadlock: program 1 waits for the end of a group of fibers\n"
              "first 2 waits for the right lock, held by second 3\n"
              "second 3 waits for the left lock, held by first 2\n"
              "worker 4 to 6 wait for something to do\n"
              "client 0 waits for the left lock, held by first 2\n");
}

// Method: a fiber that naps for ever in small steps.
TEST(SchedulerDeathTest, FindsALivelock) {
  EXPECT_EXIT(tell_and_exit([](Bench& bench) {
                bench.step_maximum = 1000;
                const Rest rest = bench.run(bench.round_robin, [&] {
                  for (;;) bench.sleep(1us);
                });
                return std::string(rest == Rest::livelock ? "livelock" : "none");
              }),
              testing::ExitedWithCode(7), "livelock");
}

// Method: a timer that arms itself again for the same moment, and no fiber that could be counted.
TEST(SchedulerDeathTest, FindsALivelockOfTimersAlone) {
  EXPECT_EXIT(tell_and_exit([](Bench& bench) {
                struct Again : Timer {
                  Clock* clock;
                };
                auto& again = *new Again;
                again.clock = &bench.clock;
                again.expire = [](Timer& timer) noexcept {
                  Clock& clock = *static_cast<Again&>(timer).clock;
                  clock.arm(timer, clock.now());
                };
                bench.step_maximum = 1000;
                const Rest rest = bench.run(bench.round_robin, [&] {
                  bench.clock.arm(again, 1us);
                  auto& never = *new WaitQueue("what never comes");
                  never.wait();
                });
                return std::string(rest == Rest::livelock ? "livelock" : "none");
              }),
              testing::ExitedWithCode(7), "livelock");
}

/// Leaves `depth` frames by an exception, each with memory that a sanitizer fences.
__attribute__((noinline)) int throw_from(int depth) {
  std::array<char, 200> fenced{};
  fenced[static_cast<std::size_t>(depth)] = 'x';
  char* volatile kept = fenced.data();
  if (depth == 0) throw std::out_of_range("from below");
  return throw_from(depth - 1) + kept[0];
}

/// What a library does that no sanitizer has seen: fills a stretch of its own stack by a call that
/// the sanitizer watches.
__attribute__((noinline, no_sanitize("address"))) char use_stack_unseen() {
  char room[2048];
  void* (*volatile fill)(void*, int, std::size_t) = &std::memset;
  fill(room, 'y', sizeof room);
  return room[1024];
}

// Method: exceptions thrown through many frames and caught on fibers that switch in between; then
// code that no sanitizer has seen uses the same stretch of stack. AddressSanitizer takes that for
// an overflow where it cleaned the wrong stack.
TEST(Scheduler, LetsFibersThrowAndCatch) {
  Bench bench;
  int caught = 0;
  EXPECT_EQ(bench.run(bench.round_robin,
                      [&] {
                        FiberGroup group(bench.stacks);
                        for (int i = 0; i < 20; ++i)
                          group.spawn("thrower", [&] {
                            for (int depth = 10; depth < 15; ++depth) {
                              try {
                                throw_from(depth);
                              } catch (const std::out_of_range&) {
                                ++caught;
                              }
                              EXPECT_EQ(use_stack_unseen(), 'y');
                              bench.sleep(1us);
                            }
                          });
                        group.join();
                      }),
            Rest::done);
  EXPECT_EQ(caught, 100);
}

}  // namespace
}  // namespace cowbell::sim
