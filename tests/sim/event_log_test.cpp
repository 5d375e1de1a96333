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
    log.switched(3), expect_new_hash();
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
  }
  EXPECT_EQ(log.events(), events);
  EXPECT_TRUE(log.lines().empty());
}

// Method: one event whose number differs in one bit; then a fresh start.
TEST(EventLog, TellsEventsApartAndStartsAnew) {
  VirtualClock clock;
  EventLog log(clock);
  const std::uint64_t empty = log.hash();
  log.switched(1);
  const std::uint64_t one = log.hash();
  log.restart(false);
  EXPECT_EQ(log.hash(), empty);
  log.switched(2);
  EXPECT_NE(log.hash(), one);
}

// Method: keeping changes no hash.
TEST(EventLog, KeepsLinesOnDemand) {
  VirtualClock clock;
  EventLog log(clock);
  log.granted({model::DeviceId::Kind::storage, 2}, {64});
  const std::uint64_t hash = log.hash();
  log.restart(true);
  log.granted({model::DeviceId::Kind::storage, 2}, {64});
  EXPECT_EQ(log.hash(), hash);
  ASSERT_EQ(log.lines().size(), 1U);
  EXPECT_EQ(log.lines()[0], "           0 ns  storage 2: 64 sectors are granted");
}

}  // namespace
}  // namespace cowbell::sim
