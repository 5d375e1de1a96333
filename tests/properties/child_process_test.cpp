// SPDX-License-Identifier: Apache-2.0
#include "properties/child_process.hpp"

#include <gtest/gtest.h>
#include <sys/time.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "core/invariant.hpp"
#include "properties/crash_report.hpp"
#include "properties/judge.hpp"

namespace cowbell::properties {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 30s;

// Method: a child that does nothing.
TEST(ChildProcess, EndsWell) {
  ChildProcess child([] {});
  ASSERT_TRUE(child.wait(kLong));
  EXPECT_TRUE(child.ended_well());
  EXPECT_EQ(child.error_text(), "");
}

// Method: a child that says something and exits with a code.
TEST(ChildProcess, KeepsWhatTheChildWroteToStandardError) {
  ChildProcess child([] {
    std::fputs("out of luck\n", stderr);
    std::_Exit(7);
  });
  ASSERT_TRUE(child.wait(kLong));
  EXPECT_FALSE(child.ended_well());
  EXPECT_EQ(child.describe_end(), "exit code 7");
  EXPECT_EQ(child.error_text(), "out of luck\n");
}

// Method: a child that waits for ever; it must not outlive the object.
TEST(ChildProcess, IsKilledWithItsOwner) {
  ChildProcess child([] { std::this_thread::sleep_for(1h); });
  EXPECT_FALSE(child.wait(20ms));
}

// Method: a child that interrupts itself as a terminal does, twice each, and goes on.
TEST(ChildProcess, LeavesInterruptionsToItsParent) {
  ChildProcess child([] {
    for (const int number : {SIGINT, SIGTERM, SIGINT, SIGTERM}) std::raise(number);
  });
  ASSERT_TRUE(child.wait(kLong));
  EXPECT_TRUE(child.ended_well()) << child.describe_end();
}

// Method: a timer that goes off again and again while a child takes its time.
TEST(ChildProcess, IsWaitedForThroughSignals) {
  const auto before = std::signal(SIGALRM, [](int) {});
  const timeval often{.tv_sec = 0, .tv_usec = 5'000};
  const itimerval timer{.it_interval = often, .it_value = often};
  ChildProcess child([] { std::this_thread::sleep_for(100ms); });
  setitimer(ITIMER_REAL, &timer, nullptr);
  EXPECT_TRUE(child.wait(kLong));
  const itimerval none{};
  setitimer(ITIMER_REAL, &none, nullptr);
  std::signal(SIGALRM, before);
}

// Method: the outcome of a child whose invariant breaks, after it has made two decisions.
TEST(Outcome, OfABrokenInvariantNamesItsRuleAndHasTheDecisions) {
  RunReport report;
  report.clear();
  ChildProcess child([&] {
    struct Context {
      RunReport* report;
      model::RecordedDecisions decisions;
    } context{&report, {}};
    context.decisions.of(model::Concern::schedule) = {3, 1};
    speak_before_end(
        [](void* given) noexcept {
          const auto* const self = static_cast<Context*>(given);
          self->report->write_decisions(self->decisions);
        },
        &context);
    COWBELL_INVARIANT(S10, report.written());
  });
  ASSERT_TRUE(child.wait(kLong));
  const Outcome outcome = outcome_of(child, report, false);
  EXPECT_EQ(outcome.ending, Ending::aborted);
  ASSERT_TRUE(outcome.breach);
  EXPECT_EQ(outcome.breach->rule, Rule::S10);
  EXPECT_NE(outcome.breach->what.find("report.written()"), std::string::npos);
  EXPECT_EQ(outcome.decisions.of(model::Concern::schedule), (std::vector<std::uint32_t>{3, 1}));
}

// Method: a child that ends without a word of the engine.
TEST(Outcome, OfACrashIsABreachOfNoRule) {
  RunReport report;
  report.clear();
  ChildProcess child([] {
    std::fputs("something odd\n", stderr);
    std::abort();
  });
  ASSERT_TRUE(child.wait(kLong));
  const Outcome outcome = outcome_of(child, report, false);
  EXPECT_EQ(outcome.ending, Ending::crashed);
  ASSERT_TRUE(outcome.breach);
  EXPECT_FALSE(outcome.breach->rule);
  EXPECT_NE(outcome.breach->what.find("signal 6"), std::string::npos);
  EXPECT_EQ(outcome.breach->history, "something odd\n");
}

// Method: a child that spins and is asked to end; it reports before it does.
TEST(Outcome, OfAChildThatHangsHasTheDecisions) {
  RunReport report;
  report.clear();
  ChildProcess child([&] {
    struct Context {
      RunReport* report;
      model::RecordedDecisions decisions;
    } context{&report, {}};
    context.decisions.of(model::Concern::latency) = {5};
    speak_before_end(
        [](void* given) noexcept {
          const auto* const self = static_cast<Context*>(given);
          self->report->write_decisions(self->decisions);
        },
        &context);
    std::fputs("ready\n", stderr);
    for (volatile bool forever = true; forever;) {
    }
  });
  while (child.error_text().empty()) child.wait(5ms);
  child.stop();
  const Outcome outcome = outcome_of(child, report, true);
  EXPECT_EQ(outcome.ending, Ending::hung);
  EXPECT_EQ(outcome.breach->rule, Rule::S8);
  EXPECT_EQ(outcome.decisions.of(model::Concern::latency), (std::vector<std::uint32_t>{5}));
}

// Method: everything a report carries, there and back.
TEST(RunReport, BringsAnOutcomeOver) {
  Outcome outcome;
  outcome.breach = {.rule = Rule::S3, .what = "what", .history = "a\nb\n", .line = {12}};
  outcome.counts = {.bios = 1, .bytes = 2, .blocks_verified = 3, .chunks_copied = 4};
  outcome.event_hash = 0x123456789abcdef0;
  outcome.decisions.of(model::Concern::fault) = {1, 0, 7};
  RunReport report;
  report.clear();
  EXPECT_FALSE(report.written());
  report.write(outcome);
  ASSERT_TRUE(report.written());
  const Outcome read = report.read();
  EXPECT_EQ(read.breach, outcome.breach);
  EXPECT_EQ(read.breach->line.number, 12u);
  EXPECT_EQ(read.counts.chunks_copied, 4u);
  EXPECT_EQ(read.event_hash, outcome.event_hash);
  EXPECT_EQ(read.decisions, outcome.decisions);
}

}  // namespace
}  // namespace cowbell::properties
