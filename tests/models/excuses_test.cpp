// SPDX-License-Identifier: Apache-2.0
#include "models/excuses.hpp"

#include <gtest/gtest.h>

namespace cowbell::model {
namespace {

constexpr DeviceId kOrigin{DeviceId::Kind::origin, 0};
constexpr DeviceId kOtherOrigin{DeviceId::Kind::origin, 1};
constexpr DeviceId kStorage{DeviceId::Kind::storage, 0};
constexpr DeviceId kOtherStorage{DeviceId::Kind::storage, 1};
constexpr SectorRange kRange{{8}, {8}};
constexpr Moment kBefore = 10;
constexpr Moment kFault = 20;
constexpr Moment kAfter = 30;
constexpr std::uint64_t kOriginSet = 1;

class ExcusesTest : public testing::Test {
 protected:
  void SetUp() override {
    scenario.origins = {{.name = "A", .size = {2048}, .line = {}},
                        {.name = "B", .size = {2048}, .line = {}}};
    excuses.begin(scenario);
    ghost.begin(scenario.storage);
  }
  /// A fault that strikes a request of the engine's own.
  void strike(DeviceId device, RequestKind kind) {
    excuses.injected({device, kind, kRange, FaultEffect::error, Errc::io}, kFault);
    if (kind != RequestKind::grow) excuses.struck(device, kind, kFault);
  }
  bool corruption(Errc cause, Moment take_invoked = kBefore, Time now = {}, Time wait = kForever) {
    return excuses.corruption({.cause = cause,
                               .origin = 0,
                               .storage = 0,
                               .take_invoked = take_invoked,
                               .capacity = {2048},
                               .chunk = {8},
                               .chunks_preserved = 1,
                               .now = now,
                               .longest_wait = wait},
                              ghost);
  }

  Scenario scenario;
  Excuses excuses;
  GhostStorage ghost;
};

// Method: one injected fault, claimed by like and unlike requests.
TEST_F(ExcusesTest, AFaultStandsForOneAnswerOfItsKindRangeAndDevice) {
  excuses.injected({kOrigin, RequestKind::write, kRange, FaultEffect::error, Errc::io}, kFault);
  const auto claim = [&](DeviceId device, Operation operation, SectorRange range) {
    Bio bio;
    bio.operation = operation;
    bio.range = range;
    return excuses.claim(device, bio);
  };
  EXPECT_FALSE(claim(kOtherOrigin, Operation::write, kRange));
  EXPECT_FALSE(claim(kOrigin, Operation::read, kRange));
  EXPECT_FALSE(claim(kOrigin, Operation::write, {{8}, {9}}));
  EXPECT_TRUE(claim(kOrigin, Operation::write_zeroes, kRange)) << "zeroes count as writes";
  EXPECT_FALSE(claim(kOrigin, Operation::write, kRange)) << "it was claimed before";
}

TEST_F(ExcusesTest, ADeviceThatHasGoneExcusesEveryLaterAnswer) {
  excuses.injected({kOrigin, RequestKind::read, kRange, FaultEffect::gone, Errc::no_device},
                   kFault);
  Bio bio;
  bio.operation = Operation::write;
  EXPECT_TRUE(excuses.claim(kOrigin, bio));
  EXPECT_TRUE(excuses.claim(kOrigin, bio));
}

// Method: each device and kind, before and after the request was invoked.
TEST_F(ExcusesTest, AnImageRequestIsExcusedByFaultsOfItsStorageAndLoads) {
  EXPECT_FALSE(excuses.image_request(Errc::io, 0, 0, kBefore));
  strike(kOtherStorage, RequestKind::read);
  strike(kOtherOrigin, RequestKind::read);
  strike(kOrigin, RequestKind::write);
  EXPECT_FALSE(excuses.image_request(Errc::io, 0, 0, kBefore));
  strike(kStorage, RequestKind::read);
  EXPECT_TRUE(excuses.image_request(Errc::io, 0, 0, kBefore));
  EXPECT_FALSE(excuses.image_request(Errc::io, 0, 0, kAfter)) << "the fault was before";
  EXPECT_FALSE(excuses.image_request(Errc::no_memory, 0, 0, kBefore));
  excuses.allocation_refused(kFault);
  EXPECT_TRUE(excuses.image_request(Errc::no_memory, 0, 0, kBefore));
}

TEST_F(ExcusesTest, EioIsExcusedByAFailedLoadOrStoreAndNotByAFailedStorageRead) {
  EXPECT_FALSE(corruption(Errc::io));
  strike(kStorage, RequestKind::read);
  strike(kOtherOrigin, RequestKind::read);
  EXPECT_FALSE(corruption(Errc::io)) << "a failed storage read fails only its request (S6)";
  strike(kOrigin, RequestKind::read);
  EXPECT_TRUE(corruption(Errc::io));
  EXPECT_FALSE(corruption(Errc::io, kAfter)) << "the fault was before the take";
}

TEST_F(ExcusesTest, EioIsExcusedByAFailedStore) {
  strike(kStorage, RequestKind::write);
  EXPECT_FALSE(corruption(Errc::no_space));
  EXPECT_FALSE(corruption(Errc::no_memory));
  EXPECT_TRUE(corruption(Errc::io));
  EXPECT_FALSE(corruption(Errc::io)) << "one failed store costs one area";
}

// Method: an origin of 2048 sectors that grows, shrinks to half and grows again.
TEST_F(ExcusesTest, EioIsExcusedByAnOriginThatShrankAndNotByOneThatGrew) {
  excuses.resized(0, {4096}, kFault);
  EXPECT_FALSE(corruption(Errc::io));
  excuses.resized(1, {8}, kFault);
  EXPECT_FALSE(corruption(Errc::io)) << "another origin";
  excuses.resized(0, {1024}, kFault + 1);
  excuses.resized(0, {2048}, kFault + 2);
  EXPECT_TRUE(corruption(Errc::io));
  EXPECT_FALSE(corruption(Errc::no_memory));
  EXPECT_FALSE(corruption(Errc::io, kAfter)) << "it had all that the take saw";
}

TEST_F(ExcusesTest, ADeviceIsShorterFromTheMomentItShrinks) {
  EXPECT_FALSE(excuses.shrunk_below(0, {2048}, 0));
  excuses.resized(0, {1024}, kFault);
  EXPECT_TRUE(excuses.shrunk_below(0, {1025}, kBefore));
  EXPECT_FALSE(excuses.shrunk_below(0, {1024}, kBefore));
  excuses.resized(0, {2048}, kAfter);
  EXPECT_TRUE(excuses.shrunk_below(0, {2048}, kFault + 1)) << "short until it grew";
  EXPECT_FALSE(excuses.shrunk_below(0, {2048}, kAfter));
}

// Method: a limit that the size at take keeps to, and the size that the origin had before does not.
TEST_F(ExcusesTest, ATakeIsRefusedByTheSizesThatTheOriginHasHadSinceItsInvocation) {
  scenario.params.chunk_minimum_shift = scenario.params.chunk_maximum_shift = 12;
  scenario.params.chunk_maximum_count_shift = 8;
  EXPECT_FALSE(excuses.take(Errc::too_large, kOriginSet, 0, kBefore));
  excuses.resized(0, {2056}, kFault);
  EXPECT_TRUE(excuses.take(Errc::too_large, kOriginSet, 0, kBefore));
  excuses.resized(0, {2048}, kAfter);
  EXPECT_TRUE(excuses.take(Errc::too_large, kOriginSet, 0, kFault));
  EXPECT_FALSE(excuses.take(Errc::too_large, kOriginSet, 0, kAfter));
}

TEST_F(ExcusesTest, ATakeIsRefusedByAStorageWhoseBlocksAreLargerThanAnyChunk) {
  scenario.params.chunk_minimum_shift = scenario.params.chunk_maximum_shift = 11;
  EXPECT_FALSE(excuses.take(Errc::too_large, kOriginSet, 0, kBefore));
  excuses.storage_made({4096});
  EXPECT_TRUE(excuses.take(Errc::too_large, kOriginSet, 0, kBefore));
}

TEST_F(ExcusesTest, EnomemIsExcusedByARefusalOrTheLimit) {
  EXPECT_FALSE(corruption(Errc::no_memory));
  scenario.params.metadata_maximum = 100;
  EXPECT_TRUE(corruption(Errc::no_memory));
  scenario.params.metadata_maximum = 1 << 20;
  excuses.allocation_refused(kFault);
  EXPECT_TRUE(corruption(Errc::no_memory));
  EXPECT_FALSE(corruption(Errc::no_memory, kAfter));
}

TEST_F(ExcusesTest, EnospcIsExcusedByAFullStorageOrAFailedGrowth) {
  EXPECT_FALSE(corruption(Errc::no_space));
  scenario.storage.limit = SectorCount{4};
  ghost.begin(scenario.storage);
  EXPECT_TRUE(corruption(Errc::no_space)) << "a chunk of 8 sectors never fits into 4";
  scenario.storage.limit.reset();
  EXPECT_FALSE(corruption(Errc::no_space));
  strike(kStorage, RequestKind::grow);
  EXPECT_TRUE(corruption(Errc::no_space));
}

// Method: half of the bounded wait, since a write may have waited for two requests in turn.
TEST_F(ExcusesTest, EtimedoutIsExcusedByAStorageRequestThatTookTooLong) {
  Bio slow;
  slow.operation = Operation::write;
  slow.range = kRange;
  ghost.submitted(slow, Time{});
  const Time maximum = std::chrono::milliseconds(scenario.params.storage_wait_maximum);
  const Time enough = maximum - maximum / 64;
  EXPECT_FALSE(corruption(Errc::timed_out, kBefore, enough - Time(1)));
  EXPECT_TRUE(corruption(Errc::timed_out, kBefore, enough));
  EXPECT_FALSE(corruption(Errc::timed_out, kBefore, enough, enough - Time(1)))
      << "nobody waited as long";
}

TEST_F(ExcusesTest, EtimedoutIsExcusedByAGrowthThatTookTooLong) {
  const Time maximum = std::chrono::milliseconds(scenario.params.storage_wait_maximum);
  ghost.growth_began(Time{});
  EXPECT_TRUE(corruption(Errc::timed_out, kBefore, maximum));
  ghost.begin(scenario.storage);
  ghost.growth_began(Time{});
  ghost.growth_ended(Time(1));
  EXPECT_FALSE(corruption(Errc::timed_out, kBefore, maximum));
}

TEST_F(ExcusesTest, EnodevIsExcusedByStorageThatHasGone) {
  EXPECT_FALSE(corruption(Errc::no_device));
  excuses.injected({kStorage, RequestKind::write, kRange, FaultEffect::gone, Errc::no_device},
                   kFault);
  EXPECT_TRUE(corruption(Errc::no_device));
  EXPECT_FALSE(corruption(Errc::no_device, kAfter));
}

// Method: reads, stores and growths that are answered ENODEV once, by a device that is still there.
TEST_F(ExcusesTest, EnodevIsExcusedByAStoreOrAGrowthThatIsAnsweredSo) {
  const auto answer = [&](RequestKind kind) {
    excuses.begin(scenario);
    excuses.injected({kStorage, kind, kRange, FaultEffect::error, Errc::no_device}, kFault);
  };
  answer(RequestKind::read);
  EXPECT_FALSE(corruption(Errc::no_device)) << "a failed storage read fails only its request (S6)";
  answer(RequestKind::write);
  EXPECT_TRUE(corruption(Errc::no_device));
  answer(RequestKind::grow);
  EXPECT_TRUE(corruption(Errc::no_device));
  EXPECT_FALSE(corruption(Errc::no_space)) << "who has gone was not full";
  EXPECT_TRUE(excuses.take(Errc::no_device, kOriginSet, 0, kBefore));
}

TEST_F(ExcusesTest, ATakeIsExcusedByMemoryStorageOrALimit) {
  for (const Errc error :
       {Errc::no_memory, Errc::io, Errc::no_space, Errc::invalid, Errc::too_large, Errc::busy})
    EXPECT_FALSE(excuses.take(error, kOriginSet, 0, kBefore)) << errno_name(error);
  strike(kStorage, RequestKind::grow);
  EXPECT_TRUE(excuses.take(Errc::io, kOriginSet, 0, kBefore));
  EXPECT_FALSE(excuses.take(Errc::io, kOriginSet, 1, kBefore)) << "another take's storage";
  excuses.allocation_refused(kFault);
  EXPECT_TRUE(excuses.take(Errc::no_memory, kOriginSet, 1, kBefore));
}

TEST_F(ExcusesTest, ATakeIsExcusedByLimitsThatNothingFits) {
  scenario.params.memory_maximum = 2 * (std::uint64_t{1} << scenario.params.chunk_minimum_shift);
  EXPECT_TRUE(excuses.take(Errc::invalid, kOriginSet, 0, kBefore));
  scenario.params.chunk_maximum_count_shift = 0;
  scenario.params.chunk_maximum_shift = scenario.params.chunk_minimum_shift;
  EXPECT_TRUE(excuses.take(Errc::too_large, kOriginSet, 0, kBefore));
  scenario.storage.size = {64};
  scenario.storage.limit = SectorCount{32};
  EXPECT_TRUE(excuses.take(Errc::no_space, kOriginSet, 0, kBefore));
}

// Method: two origins of 1 MiB with tracking blocks of 64 KiB: 34 bytes of maps, and 130 for the
// marks on a cut.
TEST_F(ExcusesTest, ATakeMayLackMetadataForItsChangeMaps) {
  scenario.params.metadata_maximum = 2 * (8192 + 512) + 24 + 34;
  EXPECT_FALSE(excuses.take(Errc::no_memory, kOriginSet, 0, kBefore));
  --scenario.params.metadata_maximum;
  EXPECT_TRUE(excuses.take(Errc::no_memory, kOriginSet, 0, kBefore));
}

TEST_F(ExcusesTest, MarksMayBeFullOnlyByTheirNumber) {
  scenario.params.metadata_maximum = 1299;
  EXPECT_FALSE(excuses.marks_may_be_full(0, 9));
  EXPECT_TRUE(excuses.marks_may_be_full(0, 10));
}

TEST_F(ExcusesTest, AnOriginIsKnownToHaveChangedItsSize) {
  EXPECT_FALSE(excuses.resized_since(0, kBefore));
  excuses.resized(0, {4096}, kFault);
  EXPECT_TRUE(excuses.resized_since(0, kBefore));
  EXPECT_FALSE(excuses.resized_since(0, kAfter));
  EXPECT_FALSE(excuses.resized_since(1, kBefore));
}

}  // namespace
}  // namespace cowbell::model
