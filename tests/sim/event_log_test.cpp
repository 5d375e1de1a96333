// SPDX-License-Identifier: Apache-2.0
#include "sim/event_log.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/virtual_clock.hpp"

namespace cowbell::sim {
namespace {

// Method: hashes after each of many events of each kind; none may recur, or an event would be lost.
TEST(EventLog, HashesEveryEvent) {
  VirtualClock clock;
  EventLog log(clock);
  std::set<std::uint64_t> hashes{log.hash()};
  std::size_t events = 0;
  const auto expect_new_hash = [&] {
    ++events;
    EXPECT_TRUE(hashes.insert(log.hash()).second) << "event " << events;
  };
  const model::DeviceId device{model::DeviceId::Kind::storage, 1};
  Bio bio;
  bio.range = {{3}, {4}};
  for (int i = 0; i < 200; ++i) {
    log.switched({"client 0", 3}), expect_new_hash();
    log.overtaken(), expect_new_hash();
    log.submitted(device, 5, bio), expect_new_hash();
    log.took_effect(device, 5, bio.range), expect_new_hash();
    log.answered(device, 5, bio), expect_new_hash();
    log.injected({device, model::RequestKind::read, bio.range}), expect_new_hash();
    log.allocation_refused(9), expect_new_hash();
    log.granted(device, {8}), expect_new_hash();
    log.grow_refused(device, {8}, Errc::io), expect_new_hash();
    log.resized(device, {8}), expect_new_hash();
    log.healed(), expect_new_hash();
    log.power_cut(7), expect_new_hash();
    log.power_restored(), expect_new_hash();
  }
  EXPECT_EQ(log.events(), events);
}

// Method: one event whose number differs in one bit; then a fresh start.
TEST(EventLog, TellsEventsApartAndStartsAnew) {
  VirtualClock clock;
  EventLog log(clock);
  const std::uint64_t empty = log.hash();
  log.switched({"client 0", 1});
  const std::uint64_t one = log.hash();
  log.restart(nullptr);
  EXPECT_EQ(log.hash(), empty);
  log.switched({"client 0", 2});
  EXPECT_NE(log.hash(), one);
}

// Method: keeping changes no hash; memory is told with the next event, and only if it moved.
TEST(EventLog, KeepsEventsOnDemand) {
  VirtualClock clock;
  EventLog log(clock);
  log.held({512});
  log.granted({model::DeviceId::Kind::storage, 2}, {64});
  const std::uint64_t hash = log.hash();
  KeptEvents kept;
  log.restart(&kept);
  log.held({4096});
  log.held({1024});
  log.granted({model::DeviceId::Kind::storage, 2}, {64});
  EXPECT_EQ(log.hash(), hash);
  log.overtaken();
  ASSERT_EQ(kept.events.size(), 3U);
  EXPECT_EQ(event_text(kept.events[0]), "           0 ns  the engine holds 1024 bytes");
  EXPECT_EQ(event_text(kept.events[1]), "           0 ns  storage 2: 64 sectors are granted");
  EXPECT_EQ(event_text(kept.events[2]), "           0 ns  time overtakes");
}

// Method: a fiber that runs and waits for a lock of another, then ends; neither is hashed.
TEST(EventLog, KeepsWhoWaitsForWhom) {
  VirtualClock clock;
  EventLog log(clock);
  KeptEvents kept;
  log.restart(&kept);
  FiberProperties fiber("copy-on-write");
  fiber.number = 4;
  const std::uint64_t hash = log.hash();
  WaitQueue queue("the lock of a chunk");
  fiber.waiting_in = &queue;
  log.suspended(fiber);
  fiber.waiting_in = nullptr;
  log.suspended(fiber);
  EXPECT_EQ(log.hash(), hash);
  ASSERT_EQ(kept.events.size(), 2U);
  EXPECT_EQ(event_text(kept.events[0]),
            "           0 ns  copy-on-write 4 waits for the lock of a chunk");
  EXPECT_EQ(event_text(kept.events[1]), "           0 ns  copy-on-write 4 has ended");
}

}  // namespace
}  // namespace cowbell::sim
