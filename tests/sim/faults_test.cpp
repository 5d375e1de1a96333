// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.hpp"

#include <gtest/gtest.h>

#include "tests/sim/disk_bench.hpp"
#include "tests/sim/world_lines.hpp"

namespace cowbell::sim {
namespace {

using Kind = Announcement::Kind;
using model::DeviceFault;
using model::DeviceId;
using model::FaultEffect;
using model::NthRequest;
using model::OneIn;
using model::RequestKind;
using model::TouchesRange;

/// The outcomes of `count` reads of one sector, as letters: `.` held, `E` EIO, `x` another.
std::string reads(DiskBench& bench, int count) {
  std::string seen;
  for (int i = 0; i < count; ++i) {
    const Errc outcome = bench.outcome(Operation::read, 0, 1);
    seen += outcome == Errc::none ? '.' : outcome == Errc::io ? 'E' : 'x';
  }
  return seen;
}

// Method: the third read fails, once and from then on.
TEST(Faults, FailTheNthRequestOnceOrFromThenOn) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::read, NthRequest{3})});
  EXPECT_EQ(reads(bench, 5), "..E..");
  bench.start({sticky(fault(kFirstOrigin, RequestKind::read, NthRequest{3}))});
  EXPECT_EQ(reads(bench, 5), "..EEE");
}

// Method: what is announced of a fault, and that a fault of another kind is none of ours.
TEST(Faults, AreAnnouncedAsInjected) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::read, NthRequest{1}, Errc::no_space)});
  EXPECT_EQ(bench.outcome(Operation::write, 0, 1), Errc::none);
  EXPECT_TRUE(bench.listener.faults.empty());
  EXPECT_EQ(bench.outcome(Operation::read, 4, 2), Errc::no_space);
  ASSERT_EQ(bench.listener.faults.size(), 1U);
  const model::InjectedFault& fault = bench.listener.faults.front();
  EXPECT_EQ(fault.device, DiskBench::kOrigin);
  EXPECT_EQ(fault.kind, RequestKind::read);
  EXPECT_EQ(fault.range, (SectorRange{{4}, {2}}));
  EXPECT_EQ(fault.error, Errc::no_space);
}

// Method: a bad range, requests beside it, over its border, and inside.
TEST(Faults, FailRequestsThatTouchARange) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, TouchesRange{{{8}, {8}}})});
  EXPECT_EQ(bench.outcome(Operation::write, 0, 8), Errc::none);
  EXPECT_EQ(bench.outcome(Operation::write, 0, 9), Errc::io);
  EXPECT_EQ(bench.outcome(Operation::write_zeroes, 15, 4), Errc::io);
  EXPECT_EQ(bench.outcome(Operation::write, 16, 8), Errc::none);
}

// Method: one read in five over 5,000 reads; a rate of one fails all.
TEST(Faults, FailAtARate) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::read, OneIn{5})});
  bench.decisions.seed(1);
  const std::string seen = reads(bench, 5000);
  EXPECT_NEAR(std::count(seen.begin(), seen.end(), 'E'), 1000, 120);
  bench.start({fault(kFirstOrigin, RequestKind::read, OneIn{1})});
  EXPECT_EQ(reads(bench, 3), "EEE");
}

// Method: two lines that match one request; the first one's errno is answered.
TEST(Faults, ObeyTheFirstLineThatMatches) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::read, NthRequest{2}, Errc::busy),
               fault(kFirstOrigin, RequestKind::read, OneIn{1})});
  EXPECT_EQ(reads(bench, 3), "ExE");
}

// Method: one overlay, requests that arrive at two origins and two storages in turn.
TEST(Faults, CountPerSiteAndOverAllForTheStar) {
  const std::vector<DeviceFault> lines{
      fault(kSecondOrigin, RequestKind::write, NthRequest{2}, Errc::busy),
      fault(kStorage, RequestKind::write, NthRequest{2}, Errc::no_space),
      fault(kAnySite, RequestKind::write, NthRequest{7}, Errc::io)};
  FaultOverlay faults;
  faults.restart(lines, 2);
  Decisions decisions;
  std::string seen;
  for (int round = 0; round < 2; ++round)
    for (const DeviceId device :
         {DeviceId{DeviceId::Kind::origin, 0}, DeviceId{DeviceId::Kind::origin, 1},
          DeviceId{DeviceId::Kind::storage, 0}, DeviceId{DeviceId::Kind::storage, 1}}) {
      const auto hit = faults.arrive(device, RequestKind::write, {{0}, {1}}, decisions);
      seen += hit ? std::string(errno_name(hit->error)) : "-";
      seen += ' ';
    }
  EXPECT_EQ(seen, "- - - ENOSPC - EBUSY EIO - ");
}

// Method: writes of four blocks, torn at each place; of one block, which is not divided.
TEST(Faults, TearAWriteBetweenItsBlocks) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, OneIn{1}, FaultEffect::torn)});
  for (const std::uint32_t choice : {0U, 1U, 2U}) {
    bench.decide({choice});
    OneRequest write(Operation::write, 100 * choice, 4, 'a');
    EXPECT_EQ(bench.outcome(write), Errc::io);
    EXPECT_EQ(bench.content(100 * choice, 4), std::string(choice + 1, 'a').append(3 - choice, '.'));
  }
  OneRequest single(Operation::write, 900, 1, 'a');
  EXPECT_EQ(bench.outcome(single), Errc::io);
  EXPECT_EQ(bench.content(900, 1), ".");
}

// Method: a write that is acknowledged and has done nothing.
TEST(Faults, LoseAWrite) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, NthRequest{2}, FaultEffect::lost)});
  for (const char fill : {'a', 'b'}) {
    OneRequest write(Operation::write, 8, 4, fill);
    EXPECT_EQ(bench.outcome(write), Errc::none);
  }
  EXPECT_EQ(bench.content(7, 6), ".aaaa.");
}

// Method: a write that is acknowledged and lands elsewhere, both places announced; and one that
// covers the whole device, for which there is no other place.
TEST(Faults, MisdirectAWrite) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, OneIn{1}, FaultEffect::misdirected)});
  bench.decide({}, {4});
  OneRequest write(Operation::write, 8, 4, 'a');
  EXPECT_EQ(bench.outcome(write), Errc::none);
  EXPECT_EQ(bench.content(6, 16), ".......aaaa.....");
  ASSERT_EQ(bench.listener.faults.size(), 2U);
  EXPECT_EQ(bench.listener.faults[0].range, (SectorRange{{8}, {4}}));
  EXPECT_EQ(bench.listener.faults[1].range, (SectorRange{{13}, {4}}));
  OneRequest all(Operation::write, 0, DiskBench::kSectors, 'b');
  EXPECT_EQ(bench.outcome(all), Errc::none);
  EXPECT_EQ(bench.content(12, 3), ".aa");
}

// Method: a bit turns over as it is written, and another as it is read; it stays so.
TEST(Faults, LetBitsRot) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, NthRequest{1}, FaultEffect::rot),
               fault(kFirstOrigin, RequestKind::read, NthRequest{1}, FaultEffect::rot)});
  bench.decide({}, {1});
  OneRequest write(Operation::write, 8, 2, 'b');
  EXPECT_EQ(bench.outcome(write), Errc::none);
  EXPECT_EQ(bench.content(8, 2), "cc") << "the second sector by the write, the first by the read";
  EXPECT_EQ(bench.content(8, 2), "cc");
}

// Method: short transfers of four blocks, by decision; of one block none.
TEST(Faults, CutATransferShort) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, OneIn{1}, FaultEffect::short_transfer)});
  for (const std::uint32_t choice : {0U, 2U, 3U}) {
    bench.decide({}, {choice});
    OneRequest write(Operation::write, 100 * choice, 4, 'a');
    EXPECT_EQ(bench.outcome(write), Errc::io);
    EXPECT_EQ(write.bio.status, Errc::none);
    EXPECT_EQ(write.bio.transferred, to_bytes({3 - choice}));
  }
  OneRequest one(Operation::write, 500, 1, 'a');
  EXPECT_EQ(bench.outcome(one), Errc::io);
  EXPECT_EQ(one.bio.transferred, ByteCount{});
  EXPECT_EQ(bench.content(0, 4) + bench.content(200, 4) + bench.content(300, 4), "aaa.a.......");
}

// Method: a read cut short, and one that transfers nothing; the rest of the memory is garbage.
TEST(Faults, LeaveGarbageWhereNothingWasTransferred) {
  DiskBench bench;
  OneRequest write(Operation::write, 0, 4, 'a');
  ASSERT_EQ(bench.outcome(write), Errc::none);
  bench.start({fault(kFirstOrigin, RequestKind::read, NthRequest{1}, FaultEffect::short_transfer),
               fault(kFirstOrigin, RequestKind::read, NthRequest{2}, FaultEffect::zero_transfer),
               fault(kFirstOrigin, RequestKind::read, NthRequest{3})});
  const auto garbage = std::to_integer<unsigned char>(Disk::kGarbage);
  OneRequest cut(Operation::read, 0, 4, '?');
  EXPECT_EQ(bench.outcome(cut), Errc::io);
  EXPECT_EQ(cut.byte_of(2), 0);
  EXPECT_EQ(cut.byte_of(3), garbage);
  OneRequest nothing(Operation::read, 0, 4, '?');
  EXPECT_EQ(bench.outcome(nothing), Errc::io);
  EXPECT_EQ(nothing.bio.status, Errc::none);
  EXPECT_EQ(nothing.byte_of(0), garbage);
  OneRequest failed(Operation::read, 0, 4, '?');
  EXPECT_EQ(bench.outcome(failed), Errc::io);
  EXPECT_EQ(failed.bio.status, Errc::io);
  EXPECT_EQ(failed.byte_of(0), garbage);
}

// Method: `short` on requests that carry no data; success there would be a lie.
TEST(Faults, FailWhatCannotComeUpShort) {
  DiskBench bench;
  bench.start({fault(kFirstOrigin, RequestKind::write, OneIn{1}, FaultEffect::short_transfer),
               fault(kFirstOrigin, RequestKind::discard, OneIn{1}, FaultEffect::zero_transfer),
               fault(kFirstOrigin, RequestKind::flush, OneIn{1}, FaultEffect::zero_transfer)});
  EXPECT_EQ(bench.outcome(Operation::write_zeroes, 0, 8), Errc::io);
  EXPECT_EQ(bench.outcome(Operation::discard, 0, 8), Errc::io);
  EXPECT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::io);
  for (const model::InjectedFault& fault : bench.listener.faults)
    EXPECT_EQ(fault.effect, FaultEffect::error);
}

// Method: a failed write under each decision; EAGAIN under the one that would write all.
TEST(Faults, LeaveEachBlockOfAFailedWriteOldOrNew) {
  const auto content_after = [](Errc error, std::vector<std::uint32_t> effect) {
    DiskBench bench;
    bench.start({fault(kFirstOrigin, RequestKind::write, OneIn{1}, error)});
    bench.decide(std::move(effect));
    OneRequest write(Operation::write, 0, 4, 'a');
    EXPECT_EQ(bench.outcome(write), error);
    return bench.content(0, 4);
  };
  EXPECT_EQ(content_after(Errc::io, {0}), "....");
  EXPECT_EQ(content_after(Errc::io, {1}), "aaaa");
  EXPECT_EQ(content_after(Errc::io, {2, 0}), "a...");
  EXPECT_EQ(content_after(Errc::again, {1}), "....");
}

// Method: sticky faults of both shapes, then heal.
TEST(Faults, AreLiftedByAHeal) {
  DiskBench bench;
  bench.start({sticky(fault(kFirstOrigin, RequestKind::read, NthRequest{2}))});
  EXPECT_EQ(reads(bench, 3), ".EE");
  bench.faults.heal();
  EXPECT_EQ(reads(bench, 3), "...");
}

// Method: the second write makes the device go; heal does not bring it back.
TEST(Faults, TakeADeviceAwayForGood) {
  DiskBench bench;
  OneRequest write(Operation::write, 0, 1, 'a');
  bench.start({fault(kFirstOrigin, RequestKind::write, NthRequest{2}, FaultEffect::gone)});
  EXPECT_EQ(bench.outcome(write), Errc::none);
  EXPECT_EQ(bench.outcome(Operation::write, 1, 1), Errc::no_device);
  bench.faults.heal();
  EXPECT_EQ(bench.outcome(Operation::read, 0, 1), Errc::no_device);
  EXPECT_EQ(bench.outcome(Operation::flush, 0, 0), Errc::no_device);
  ASSERT_EQ(bench.listener.faults.size(), 3U);
  EXPECT_EQ(bench.listener.faults.back().effect, FaultEffect::gone);
  EXPECT_EQ(bench.listener.faults.back().error, Errc::no_device);
}

}  // namespace
}  // namespace cowbell::sim
