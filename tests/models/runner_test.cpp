// SPDX-License-Identifier: Apache-2.0
#include "models/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"
#include "sim/world.hpp"
#include "tests/models/simulated.hpp"

namespace cowbell::model::testing {
namespace {

constexpr std::string_view kWorld = R"(
  param chunk_minimum_shift 12
  param chunk_maximum_in_queue 0
  param copy_fibers_maximum 2
  origin A 64K
  origin B 64K
  storage file 1M
)";

std::string in_world(std::string_view program) {
  return std::string(kWorld) + std::string(program);
}

/// What a breach that is no rule's says, or how the run came out otherwise.
std::string expectation_of(std::string_view program) {
  const RunResult result = simulate(in_world(program));
  if (result.verdict.held()) return "held";
  const Breach& breach = *result.verdict.breach;
  return breach.rule ? std::string(rule_name(*breach.rule)) : breach.what;
}

// Method: the example of the language, as it stands in its description.
TEST(Runner, PlaysTheExampleOfTheLanguage) {
  EXPECT_EQ(outcome(R"(
    param chunk_minimum_shift 12
    origin A 1M io_min 4K
    origin B 512K
    storage file 64K limit 256K minimum 32K
    fault storage.write nth 3 EIO
    schedule pct 3 seed 42
    write A 0 64K = 0x5d
    take s1
    barrier
    1: write A 4K 8K segments 3
    2: read A@s1 0 64K = 0x5d
    2: write A@s1 12K 4K = 0xee
    barrier
    read A@s1 12K 4K = 0xee
    read A 12K 4K = 0x5d
    release s1
  )"),
            "held");
}

TEST(Runner, CountsWhatClientsDid) {
  const RunResult result = simulate(in_world(R"(
    write A 0 8K
    take s
    write A 0 4K
    read A@s 0 8K
    flush A
  )"));
  ASSERT_TRUE(result.verdict.held());
  EXPECT_EQ(result.verdict.counts.bios, 4u);
  EXPECT_EQ(result.verdict.counts.bytes, 20u * 1024);
  EXPECT_EQ(result.verdict.counts.chunks_copied, 1u);
  // The read of the program, and at the end 8 KiB of the origin and of the image.
  EXPECT_EQ(result.verdict.counts.blocks_verified, 3u * 16);
}

TEST(Runner, FindsThatAReadDoesNotHoldWhatWasExpected) {
  EXPECT_EQ(expectation_of("write A 0 4K = 0x11\nread A 0 4K = 0x12"),
            "`read A 0 4K = 0x12` holds 0x11 at byte 0, not 0x12");
  EXPECT_EQ(expectation_of("read A 0 4K = 0x00"), "held");
}

// Method: each form of a demand, met and not met.
TEST(Runner, HoldsStatementsToTheirDemands) {
  EXPECT_EQ(expectation_of("read A 0 4K ! EIO"), "`read A 0 4K ! EIO` was answered OK");
  EXPECT_EQ(expectation_of("read A 60K 8K ! EINVAL"), "held");
  EXPECT_EQ(expectation_of("write A 512 1M ?"), "held");
  EXPECT_EQ(expectation_of("take s\ntake s ! EEXIST"), "held");
  EXPECT_EQ(expectation_of("take s\ntake s"), "held") << "a name in use excuses";
  EXPECT_EQ(expectation_of("take s ! EEXIST"), "take s ! EEXIST was answered OK");
  EXPECT_EQ(expectation_of("release s ! ENOENT"), "held");
  EXPECT_EQ(expectation_of("read A@s 0 4K ! ENOENT"), "held");
  EXPECT_EQ(expectation_of("take s\nrelease s\nread A@s 0 4K ! ENODEV"), "held");
  EXPECT_EQ(expectation_of("take s\nrelease s\nread A@s 0 4K"), "held") << "a release excuses";
}

// Method: a read in front of the take of its image, by another client and in the background; then
// with a mark, with a `wait`, behind a take that failed, and behind one that left the origin out.
TEST(Runner, FindsThatAProgramAsksForAnImageTooEarly) {
  const std::string slow = "origin A 4K\norigin B 4K\nlatency storage.grow 1ms\n";
  EXPECT_EQ(outcome(slow + "1: take s\n2: read A@s 0 4K"), "expectation");
  EXPECT_EQ(outcome(slow + "background take s\nread A@s 0 4K = 0x00"), "expectation");
  EXPECT_EQ(outcome(slow + "background take s\nread A@s 0 4K ?"), "held");
  EXPECT_EQ(outcome(slow + "background take s\nread A@s 0 4K ! ENOENT"), "held");
  EXPECT_EQ(outcome(slow + "background take s\nwait\nread A@s 0 4K"), "held");
  EXPECT_EQ(outcome(slow + "fault storage.grow nth 1 EIO\ntake s ?\nread A@s 0 4K"), "held");
  EXPECT_EQ(outcome(slow + "take s\nrelease s\ntake s of B\nread A@s 0 4K"), "held");
}

// Method: a fault on the origin excuses that request and no other.
TEST(Runner, ExcusesARequestToAnOriginByItsOwnFault) {
  EXPECT_EQ(outcome(in_world("fault A.write nth 2 EIO\nwrite A 0 4K\nwrite A 0 4K\nread A 0 4K")),
            "held");
  EXPECT_EQ(outcome(in_world("fault A.read range 0 4K EIO\nread A 0 4K ! EIO\nread B 0 4K")),
            "held");
}

TEST(Runner, JudgesExpectationsOfAreasAndEvents) {
  constexpr std::string_view kFailedStore =
      "fault storage.write nth 1 EIO\nwrite A 0 4K\ntake s\nwrite A 0 4K\nsleep 10ms\n";
  const auto expect = [&](std::string_view more) {
    return expectation_of(std::string(kFailedStore) + std::string(more));
  };
  EXPECT_EQ(expect("expect corrupted A@s EIO\nexpect intact B@s\nexpect event corrupted\n"
                   "read A@s 0 4K ! EIO\nread A 0 4K"),
            "held");
  EXPECT_EQ(expect("expect corrupted A@s ENOSPC"),
            "`expect corrupted A@s ENOSPC` is not met: it is corrupted by EIO");
  EXPECT_EQ(expect("expect intact A@s"), "`expect intact A@s` is not met: it is corrupted by EIO");
  EXPECT_EQ(expect("expect event overflow"),
            "`expect event overflow` is not met: no such event was reported");
}

TEST(Runner, JudgesExpectationsOfStorageAndMemory) {
  EXPECT_EQ(expectation_of("take s\nexpect storage filled 0\nwrite A 0 8K\nsleep 10ms\n"
                           "expect storage filled 8K\nexpect storage of s filled 8K"),
            "held");
  EXPECT_EQ(expectation_of("take s\nwrite A 0 8K\nsleep 10ms\nexpect storage filled 4K"),
            "`expect storage filled 4K` is not met: it is 8192");
  EXPECT_EQ(expectation_of("expect memory 1M"), "held");
  EXPECT_NE(expectation_of("take s\nexpect memory 1"), "held");
}

// Method: three clients write byte by byte in turn, kept apart by barriers alone.
TEST(Runner, KeepsPhasesApart) {
  EXPECT_EQ(expectation_of(R"(
    1: write A 0 4K = 0x01
    barrier
    2: write A 0 4K = 0x02
    barrier
    3: read A 0 4K = 0x02
    barrier
    1: background write A 0 4K = 0x03
    barrier
    2: read A 0 4K = 0x03
  )"),
            "held");
}

TEST(Runner, WaitsForTheBackgroundOfAClient) {
  EXPECT_EQ(expectation_of(R"(
    background write A 0 4K = 0x01
    background write A 4K 4K = 0x02
    wait
    read A 0 4K = 0x01
    read A 4K 4K = 0x02
    background take s
    wait
    read A@s 0 4K = 0x01
    background release s
    wait
    read A@s 0 4K ! ENODEV
  )"),
            "held");
}

// Method: a stall that no statement heals; virtual time costs nothing.
TEST(Runner, HealsAStallThatKeepsAProgramFromEnding) {
  EXPECT_EQ(outcome(in_world("latency A.write stall\nwrite A 0 4K\nread A 0 4K")), "held");
  EXPECT_EQ(outcome(in_world("latency A.write stall\nbackground write A 0 4K\nheal\nwait\n"
                             "read A 0 4K")),
            "held");
}

TEST(Runner, PlaysRequestsInManySegments) {
  EXPECT_EQ(outcome(in_world(R"(
    write A 0 16K segments 32
    take s
    write A 2K 8K segments 5
    read A@s 0 16K segments 7
    write A@s 1K 6K segments 3
    read A@s 0 16K segments 31
    read A 0 16K segments 2
  )")),
            "held");
}

// Method: reads without a mark must succeed; `= 0x00` says what is new.
TEST(Runner, ResizesAnOriginUnderItsImage) {
  EXPECT_EQ(expectation_of(R"(
    write A 60K 4K = 0x01
    take s
    resize A 128K
    read A 64K 64K = 0x00
    write A 60K 8K = 0x02
    read A@s 60K 4K = 0x01
    read A@s 60K 8K ! EINVAL
    read A 124K 8K ! EINVAL
    take t
    write A 124K 4K = 0x03
    read A@t 120K 8K = 0x00
    expect intact A@s
    expect intact A@t
  )"),
            "held");
}

// Method: one chunk preserved before the origin shrinks, one not.
TEST(Runner, ExcusesWhatAShrunkOriginHasLost) {
  EXPECT_EQ(expectation_of(R"(
    write A 32K 32K = 0x01
    take s
    write A 60K 4K = 0x02
    resize A 32K
    resize A 64K
    read A@s 56K 4K = 0x00
    read A 32K 32K = 0x00
    write A 56K 4K = 0x03
    read A@s 56K 4K = 0x00
    read A@s 60K 4K = 0x01
    expect intact A@s
  )"),
            "held");
  // The engine sees it by a request that comes meanwhile.
  EXPECT_EQ(expectation_of(R"(
    write A 32K 32K = 0x01
    take s
    write A 60K 4K = 0x02
    resize A 32K
    write A 60K 4K ! EINVAL
    expect corrupted A@s EIO
    resize A 64K
    read A@s 60K 4K ! EIO
    read A 32K 32K = 0x00
  )"),
            "held");
}

// Method: a write is held by a take in progress while the device below it shrinks.
TEST(Runner, AnswersWhatShrankAwayUnderARequestThatWaited) {
  EXPECT_EQ(outcome(in_world(R"(
    latency A.read 5ms
    take s
    background write A 60K 4K
    sleep 1ms
    resize A 32K
    wait
    expect corrupted A@s EIO
    read A 0 32K
  )")),
            "held");
}

// Method: three chunks overwritten, room for two: by the size, by the limit, and none at all.
TEST(Runner, FillsABlockDeviceAndNoMore) {
  const auto with_storage = [](std::string_view storage, std::string_view program) {
    return outcome(
        "param chunk_minimum_shift 12\nparam chunk_maximum_in_queue 0\n"
        "param copy_fibers_maximum 2\norigin A 64K\n" +
        std::string(storage) + "\n" + std::string(program));
  };
  constexpr std::string_view kTwoFit = R"(
    take s
    write A 0 4K
    write A 8K 4K
    sleep 10ms
    expect intact A@s
    expect storage filled 8K
    write A 16K 4K
    sleep 10ms
    expect corrupted A@s ENOSPC
    expect event overflow
    expect storage capacity )";
  EXPECT_EQ(with_storage("storage device 8K", std::string(kTwoFit) + "8K"), "held");
  EXPECT_EQ(with_storage("storage device 11K", std::string(kTwoFit) + "11K"), "held");
  EXPECT_EQ(with_storage("storage device 64K limit 10K", std::string(kTwoFit) + "10K"), "held");
  EXPECT_EQ(with_storage("storage device 512",
                         "take s\nwrite A 0 4K\nsleep 10ms\nexpect corrupted A@s ENOSPC"),
            "held");
}

TEST(Runner, RefusesWhatNoWorldCanBeAskedFor) {
  Scenario scenario;
  scenario.origins = {{.name = "A", .size = {std::uint64_t{1} << 30}, .line = {}}};
  Statement huge;
  huge.kind = StatementKind::zero;
  huge.range = {{}, {std::uint64_t{1} << 22}};
  huge.line = {7};
  scenario.program = {huge};
  sim::World world;
  Runner runner;
  const auto result = runner.run(scenario, world);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().line.number, 7u);
}

TEST(Runner, RefusesParametersThatContradictEachOther) {
  Scenario scenario;
  scenario.params.chunk_minimum_shift = 20;
  scenario.params.chunk_maximum_shift = 12;
  EXPECT_TRUE(refused_by_runner(scenario));
}

// Method: the listener of a run with one read of an image and one write.
TEST(Runner, TellsOfEachAnswerAndOfTheFinalCheck) {
  class Listener final : public RequestListener {
   public:
    void answered(const AnsweredRequest& request) override { requests.push_back(request); }
    void checking(ByteCount done, ByteCount total) override {
      checked = done;
      to_check = total;
    }
    std::vector<AnsweredRequest> requests;
    ByteCount checked, to_check;
  } listener;
  const RunResult result =
      simulate(in_world("write A 0 8K\ntake s\nread A@s 0 4K"), {.listener = &listener});
  ASSERT_TRUE(result.verdict.held());
  ASSERT_EQ(listener.requests.size(), 2u);
  EXPECT_EQ(listener.requests[0].operation, Operation::write);
  EXPECT_FALSE(listener.requests[0].image);
  EXPECT_LT(listener.requests[0].invoked, listener.requests[0].answered);
  EXPECT_TRUE(listener.requests[1].image);
  EXPECT_EQ(listener.requests[1].size, ByteCount{4096});
  EXPECT_EQ(listener.requests[1].statement, 2u);
  EXPECT_EQ(listener.checked, ByteCount{16 * 1024});
  EXPECT_EQ(listener.to_check, listener.checked);
}

/// Counts the requests to an origin that are on their way.
class CountingDevice final : public BlockDevice {
 public:
  Geometry geometry() const override { return honest->geometry(); }
  void submit(Bio& bio) override {
    most = std::max(most, ++open_);
    const bool pushed = bio.push({[](Bio& answered, void* device) noexcept {
                                    --static_cast<CountingDevice*>(device)->open_;
                                    answered.complete();
                                  },
                                  this});
    ASSERT_TRUE(pushed);
    honest->submit(bio);
  }
  BlockDevice* honest = nullptr;
  int most = 0;

 private:
  int open_ = 0;
};

class CountedSubject final : public EngineSubject {
 public:
  CountedSubject(const Environment& environment, const Params& params, CountingDevice& device)
      : EngineSubject(environment, params), device_(device) {}
  BlockDevice& origin(OriginIndex origin) override {
    device_.honest = &EngineSubject::origin(origin);
    return device_;
  }

 private:
  CountingDevice& device_;
};

// Method: 64 background writes, of which 4 may be on their way.
TEST(Runner, KeepsBackgroundRequestsWithinTheirMaximum) {
  std::string program;
  for (int i = 0; i < 64; ++i) program += "background write A " + std::to_string(i) + "K 1K\n";
  RunOptions options;
  options.background_maximum = 4;
  CountingDevice device;
  options.subject = [&device](const Environment& environment, const Params& params) {
    return std::make_unique<CountedSubject>(environment, params, device);
  };
  EXPECT_TRUE(simulate(in_world(program), options).verdict.held());
  EXPECT_EQ(device.most, 4);
}

// Method: two scenarios in one runner and world, in turn; what one leaves must not touch the other.
TEST(Runner, ForgetsARunBeforeTheNext) {
  const auto first = parse_scenario(
      "cowbell-scenario 1\n" + in_world("write A 0 16K\ntake s\nwrite A 0 8K\nread A@s 0 16K"));
  const auto second = parse_scenario(
      "cowbell-scenario 1\n" + in_world("read A 0 16K = 0x00\ntake s\nread A@s 0 16K = 0x00"));
  ASSERT_TRUE(first && second);
  sim::World world;
  Runner runner;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(runner.run(*first, world)->verdict.held());
    EXPECT_TRUE(runner.run(*second, world)->verdict.held());
  }
}

// Method: a lie is explained only where history is kept; the rule is found either way.
TEST(Runner, KeepsAHistoryOnlyWhenAsked) {
  const std::string scenario = in_world("write A 0 4K = 0x11\nread A 0 4K = 0x12");
  EXPECT_FALSE(simulate(scenario).verdict.held());
  EXPECT_TRUE(simulate(scenario).verdict.breach->history.empty());
}

}  // namespace
}  // namespace cowbell::model::testing
