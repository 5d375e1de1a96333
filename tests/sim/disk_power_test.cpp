// SPDX-License-Identifier: Apache-2.0
// Disks whose power is cut.
#include <gtest/gtest.h>

#include "tests/sim/disk_bench.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

using model::Concern;
using namespace std::chrono_literals;

constexpr std::uint32_t kEverything = 1;

struct PowerBench : DiskBench {
  PowerBench() { restart(); }
  void restart() { disk().restart(kOrigin, {.capacity = {kSectors}}, true, true); }
  Disk& disk() { return device.disk(); }
  /// With these choices; on again at once.
  void cut(std::vector<std::uint32_t> effect = {}) {
    model::RecordedDecisions given;
    given.of(Concern::effect_order) = std::move(effect);
    given.of(Concern::power) = {kEverything};
    decisions.replay(given);
    undone = disk().cut_power();
    settle();
    disk().restore_power();
  }
  Errc write(std::uint64_t first, std::uint64_t count, char letter, BioFlags flags = {}) {
    OneRequest request(Operation::write, first, count, static_cast<unsigned char>(letter));
    request.bio.flags = flags;
    return outcome(request);
  }

  std::uint64_t undone = 0;
};

// Method: one write for each promise that a device can make, and one without.
TEST(DiskPower, KeepsItsPromises) {
  PowerBench bench;
  ASSERT_EQ(bench.write(0, 1, 'a'), Errc::none);
  ASSERT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::none);
  ASSERT_EQ(bench.write(1, 1, 'b'), Errc::none);
  ASSERT_EQ(bench.write(2, 1, 'c', {.preflush = true}), Errc::none);
  ASSERT_EQ(bench.write(3, 1, 'd', {.fua = true}), Errc::none);
  ASSERT_EQ(bench.outcome(Operation::write_zeroes, 0, 1), Errc::none);
  bench.cut();
  EXPECT_EQ(bench.content(0, 4), "ab.d");
  EXPECT_EQ(bench.undone, 2u);
}

// Method: the same without a cache.
TEST(DiskPower, LosesNothingWithoutAVolatileCache) {
  PowerBench bench;
  bench.start({});
  ASSERT_EQ(bench.write(0, 2, 'a'), Errc::none);
  bench.cut();
  EXPECT_EQ(bench.content(0, 2), "aa");
  EXPECT_EQ(bench.undone, 0u);
}

// Method: a flush and a write with FUA fail by a fault: neither promises anything.
TEST(DiskPower, WhatFailedPromisesNothing) {
  PowerBench bench;
  bench.start({fault(kAnySite, model::RequestKind::flush, model::NthRequest{1}),
               fault(kAnySite, model::RequestKind::write, model::NthRequest{2})});
  bench.restart();
  ASSERT_EQ(bench.write(0, 1, 'a'), Errc::none);
  EXPECT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::io);
  bench.decide({1});  // the failed write has all of its effect
  EXPECT_EQ(bench.write(1, 1, 'b', {.fua = true}), Errc::io);
  bench.cut();
  EXPECT_EQ(bench.content(0, 2), "..");
}

// Method: requests on their way and a stalled one; a read that samples at its submission, too.
TEST(DiskPower, AnswersWhatIsOnItsWayInItsOrder) {
  PowerBench bench;
  bench.start({}, {stall(kAnySite, model::RequestKind::discard)});
  bench.restart();
  std::vector<std::uint64_t> answers;
  struct Noted : OneRequest {
    using OneRequest::OneRequest;
    std::vector<std::uint64_t>* answers = nullptr;
    std::uint64_t number = 0;
    void start(BlockDevice& device, std::vector<std::uint64_t>& to, std::uint64_t as) {
      answers = &to;
      number = as;
      (void)bio.push({[](Bio&, void* request) noexcept {
                        auto& self = *static_cast<Noted*>(request);
                        self.answers->push_back(self.number);
                      },
                      this});
      device.submit(bio);
    }
  };
  Noted read(Operation::read, 0, 1);
  Noted stalled(Operation::discard, 0, 1);
  Noted write(Operation::write, 0, 4, 'a');
  Noted misaligned(Operation::read, DiskBench::kSectors, 1);
  bench.decide({1, 0, 0, 3, 0});
  read.start(bench.device, answers, 0);
  stalled.start(bench.device, answers, 1);
  write.start(bench.device, answers, 2);
  misaligned.start(bench.device, answers, 3);
  bench.disk().cut_power();
  EXPECT_TRUE(answers.empty()) << "answers come through the clock";
  const Time before = bench.clock.now();
  bench.settle();
  EXPECT_EQ(bench.clock.now(), before);
  EXPECT_EQ(answers, (std::vector<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_EQ(read.bio.outcome(), Errc::no_device);
  EXPECT_EQ(stalled.bio.outcome(), Errc::no_device);
  EXPECT_EQ(write.bio.outcome(), Errc::no_device);
  EXPECT_EQ(misaligned.bio.outcome(), Errc::invalid);
  bench.disk().restore_power();
  EXPECT_EQ(bench.content(0, 4), "a...") << "the first block had taken effect";
}

// Method: requests while there is no power; they count for no fault.
TEST(DiskPower, AnswersEnodevUntilThePowerIsBack) {
  PowerBench bench;
  bench.start({fault(kAnySite, model::RequestKind::write, model::NthRequest{1})});
  bench.restart();
  bench.disk().cut_power();
  EXPECT_EQ(bench.write(0, 1, 'a'), Errc::no_device);
  EXPECT_EQ(bench.outcome(Operation::read, 0, 1), Errc::no_device);
  EXPECT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::no_device);
  bench.disk().restore_power();
  EXPECT_EQ(bench.write(0, 1, 'b'), Errc::io) << "the first write that reached it";
  EXPECT_EQ(bench.write(0, 1, 'c'), Errc::none);
  EXPECT_EQ(bench.content(0, 1), "c");
}

// Method: what a shrinking device has lost is not in its cache any more.
TEST(DiskPower, DoesNotBringBackWhatAResizeHasCutAway) {
  PowerBench bench;
  ASSERT_EQ(bench.write(6, 2, 'a', {.fua = true}), Errc::none);
  ASSERT_EQ(bench.write(6, 2, 'b'), Errc::none);
  bench.disk().resize({4});
  bench.disk().resize({8});
  bench.cut();
  EXPECT_EQ(bench.content(6, 2), "..");
}

}  // namespace
}  // namespace cowbell::sim
