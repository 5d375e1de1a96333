// SPDX-License-Identifier: Apache-2.0
#include "properties/sweep.hpp"

#include <gtest/gtest.h>

#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"

namespace cowbell::properties {
namespace {

// An engine that keeps the name of a take that failed.
class KeepsTheNameOfAFailedTake final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    if (failed_) return Errc::exists;
    const Errc error = EngineSubject::take(take, name, origins, storage, limit);
    failed_ = error != Errc::none;
    return error;
  }

 private:
  bool failed_ = false;
};

// Hands each request on and looks at its answer. Answers EIO to everything once it is `broken_`.
class WatchedOrigin : public BlockDevice {
 public:
  explicit WatchedOrigin(BlockDevice& below) : below_(below) {}
  Geometry geometry() const override { return below_.geometry(); }
  void submit(Bio& bio) override {
    if (broken_) return bio.complete(Errc::io);
    (void)bio.push({[](Bio& answered, void* self) noexcept {
                      static_cast<WatchedOrigin*>(self)->answered(answered);
                    },
                    this});
    below_.submit(bio);
  }

 protected:
  virtual void answered(Bio& bio) = 0;
  bool broken_ = false;

 private:
  BlockDevice& below_;
};

// Has such a device for its origin.
template <class Device>
class WatchesItsOrigin final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  BlockDevice& origin(model::OriginIndex origin) override {
    if (!device_) device_.emplace(EngineSubject::origin(origin));
    return *device_;
  }

 private:
  std::optional<Device> device_;
};

// Breaks once a write and a read have failed, and not because the device has gone: that is one
// fault.
class GivesUpWhenBothHaveFailed final : public WatchedOrigin {
 public:
  using WatchedOrigin::WatchedOrigin;

 private:
  void answered(Bio& bio) override {
    const bool failed = bio.outcome() == Errc::io;
    (bio.operation == Operation::write ? write_failed_ : read_failed_) |= failed;
    broken_ = write_failed_ && read_failed_;
    bio.complete();
  }

  bool write_failed_ = false;
  bool read_failed_ = false;
};

// Reads again what failed, and once more to be sure. Breaks if that third read fails: neither one
// fault shows it, nor one that stays, nor two of the first read.
class WearsOut final : public WatchedOrigin {
 public:
  using WatchedOrigin::WatchedOrigin;

 private:
  void answered(Bio& bio) override {
    if (bio.operation == Operation::read) {
      const bool failed = bio.outcome() != Errc::none;
      if (reads_again_ == 0 ? failed : reads_again_ == 1 && !failed) {
        ++reads_again_;
        bio.status = Errc::none;
        bio.transferred = {};
        return submit(bio);
      }
      broken_ = reads_again_ == 2 && failed;
    }
    bio.complete();
  }

  int reads_again_ = 0;
};

std::vector<SweepScenario> scenarios(std::string_view text) {
  return {{"a test", *model::parse_scenario("cowbell-scenario 1\n" + std::string(text))}};
}

constexpr std::string_view kTakenTwice = R"(
  param chunk_minimum_shift 12
  origin A 16K
  storage file 64K
  write A 0 4K
  take s
  write A 0 4K
  release s
  take s
  read A@s 0 4K = 0x11 ?
)";

std::size_t count_of(const std::vector<SweepFault>& faults, auto matches) {
  return static_cast<std::size_t>(std::ranges::count_if(faults, matches));
}

// Method: counts that a run might have had; each request and allocation has its faults.
TEST(SweepFaults, NameEveryRequestAndAllocation) {
  Marks marks;
  marks.add(Mark::origin_reads, 2);
  marks.add(Mark::storage_reads, 1);
  marks.add(Mark::origin_writes, 4);
  marks.add(Mark::growths, 5);
  marks.add(Mark::allocations, 7);
  const SweepFaults faults = faults_to_try(marks);
  const auto on_memory = [](const SweepFault& fault) {
    return std::holds_alternative<model::MemoryFault>(fault);
  };
  EXPECT_EQ(count_of(faults.once, on_memory), 7u);
  EXPECT_EQ(count_of(faults.sticky, on_memory), 7u);
  // An error, a short transfer and none at all for reads and writes; errors for growth.
  EXPECT_EQ(faults.once.size(), 3 * (3 + 4) + 5 + 7u);
  // Errors anywhere and on the storage alone, a device that goes with a request, memory.
  EXPECT_EQ(faults.sticky.size(), (3 + 4) + 1 + 5 + (3 + 4 + 5) + 7u);
}

// Method: expectations go, and with them what would be wrong only because of an added fault.
TEST(SweepFaults, LeaveNothingThatTheyWouldRightlyBreak) {
  const model::Scenario opened = open_to_faults(scenarios(R"(
    origin A 16K
    storage file 1M
    take s
    read A 0 4K = 0x00
    take s ! EEXIST
    expect intact A@s
    expect memory 1M
  )")[0]
                                                    .scenario);
  ASSERT_EQ(opened.program.size(), 4u);
  EXPECT_FALSE(opened.program[1].fill.has_value());
  EXPECT_EQ(opened.program[2].demand.kind, model::Demand::Kind::may_fail);
  EXPECT_EQ(opened.program[3].kind, model::StatementKind::expect_memory);
}

// Method: the engine as it is; every fault that was counted strikes.
TEST(Sweep, TriesEveryFault) {
  SweepOptions options;
  options.pairs_maximum = 0;
  const SweepSummary summary = sweep(scenarios(kTakenTwice), options);
  ASSERT_TRUE(summary.failures.empty()) << summary.failures[0].describe();
  EXPECT_EQ(summary.runs, summary.once + summary.sticky);
  EXPECT_EQ(summary.pairs, 0u);
  EXPECT_GE(summary.marks[Mark::faults_injected] + summary.marks[Mark::allocations_refused],
            summary.runs)
      << "a run in which nothing failed";
}

// Method: with n faults that strike once there are n (n - 1) / 2 pairs.
TEST(Sweep, TriesPairsOnSmallScenarios) {
  const auto small = scenarios("origin A 4K\nwrite A 0 4K\nread A 0 4K\n");
  const SweepSummary summary = sweep(small, {});
  ASSERT_TRUE(summary.failures.empty()) << summary.failures[0].describe();
  EXPECT_EQ(summary.pairs, summary.once * (summary.once - 1) / 2);
  EXPECT_EQ(summary.runs, summary.once + summary.sticky + summary.pairs);
}

// Method: a defect that no one fault shows, with the pairs and without them.
TEST(Sweep, FindsADefectBehindTwoFaults) {
  const auto small = scenarios("origin A 4K\nwrite A 0 4K\nread A 0 4K\nread A 0 4K\n");
  SweepOptions options;
  options.subject = [](const Environment& environment, const Params& params) {
    return std::make_unique<WatchesItsOrigin<GivesUpWhenBothHaveFailed>>(environment, params);
  };
  const SweepSummary summary = sweep(small, options);
  ASSERT_EQ(summary.failures.size(), 1u);
  EXPECT_EQ(summary.failures[0].minimal.scenario.faults.size(), 2u);
  options.pairs_maximum = 0;
  EXPECT_TRUE(sweep(small, options).failures.empty());
}

// Method: one read and a write; the other read that must fail is there only behind a first fault.
TEST(Sweep, FindsADefectBehindAFaultOfARetry) {
  const auto small = scenarios("origin A 4K\nread A 0 4K\nwrite A 0 4K\n");
  SweepOptions options;
  options.subject = [](const Environment& environment, const Params& params) {
    return std::make_unique<WatchesItsOrigin<WearsOut>>(environment, params);
  };
  const SweepSummary summary = sweep(small, options);
  ASSERT_EQ(summary.failures.size(), 1u);
  EXPECT_EQ(summary.failures[0].minimal.scenario.faults.size(), 2u)
      << summary.failures[0].describe();
}

// Method: a defect that shows only after a take has failed, in a scenario whose takes succeed.
TEST(Sweep, FindsADefectBehindAFault) {
  SweepOptions options;
  options.subject = [](const Environment& environment, const Params& params) {
    return std::make_unique<KeepsTheNameOfAFailedTake>(environment, params);
  };
  const SweepSummary summary = sweep(scenarios(kTakenTwice), options);
  ASSERT_EQ(summary.failures.size(), 1u);
  const Failure& failure = summary.failures[0];
  EXPECT_NE(failure.describe().find("EEXIST"), std::string::npos) << failure.describe();
  EXPECT_NE(failure.describe().find("fault"), std::string::npos) << failure.describe();
  EXPECT_LE(failure.minimal.scenario.program.size(), 2u);
  EXPECT_EQ(failure.name, "sweep-" + std::to_string(failure.seed));
}

// Method: a sweep that ends at the first fault that breaks something, and the whole of it.
TEST(Sweep, CountsWhatItHasTried) {
  SweepOptions options;
  options.pairs_maximum = 1'000;
  const SweepSummary whole = sweep(scenarios(kTakenTwice), options);
  options.subject = [](const Environment& environment, const Params& params) {
    return std::make_unique<KeepsTheNameOfAFailedTake>(environment, params);
  };
  const SweepSummary early = sweep(scenarios(kTakenTwice), options);
  EXPECT_GT(early.once, 0u);
  EXPECT_LT(early.once, whole.once);
  EXPECT_EQ(early.sticky, 0u);
  EXPECT_EQ(early.pairs, 0u);
  EXPECT_EQ(early.runs, early.once);
}

// Method: interrupted among the faults; the kinds of them that were not reached are not tried.
TEST(Sweep, TellsWhatItHasDoneWhenItIsInterrupted) {
  const SweepSummary whole = sweep(scenarios(kTakenTwice), {});
  SweepOptions options;
  options.interrupted = [] { return true; };
  const SweepSummary summary = sweep(scenarios(kTakenTwice), options);
  EXPECT_TRUE(summary.interrupted);
  EXPECT_TRUE(summary.failures.empty());
  EXPECT_LT(summary.runs, whole.runs);
  EXPECT_EQ(to_json(summary)["interrupted"], true);
}

// Method: what fails without any fault is told, and not swept: by a rule of its own, and by what a
// fault would rightly break.
TEST(Sweep, TellsOfAScenarioThatFailsByItself) {
  for (const char* text : {"origin A 4K\ntake s\nexpect memory 1\n",
                           "origin A 4K\nwrite A 0 4K = 0xaa\nread A 0 4K = 0xbb\n",
                           "origin A 4K\ntake s\nexpect corrupted A@s EIO\n"}) {
    SweepOptions options;
    options.failures_maximum = 5;
    const SweepSummary summary = sweep(scenarios(text), options);
    ASSERT_EQ(summary.failures.size(), 1u) << text;
    EXPECT_EQ(summary.failures[0].found, "in the sweep of a test, before any fault was added");
    EXPECT_EQ(summary.runs, 0u);
  }
}

}  // namespace
}  // namespace cowbell::properties
