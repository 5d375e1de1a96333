// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/invariant.hpp"
#include "tests/models/lying_subjects.hpp"
#include "tests/replay/timeline_bench.hpp"

namespace cowbell::replay {
namespace {

using Lane = Timeline::Lane;
using Span = Timeline::Span;
namespace lies = model::testing;

const Span* deed(const Timeline& timeline, std::string_view text) {
  const auto found = std::find_if(
      timeline.spans.begin(), timeline.spans.end(),
      [&](const Span& span) { return span.kind == Span::Kind::deed && span.text == text; });
  return found == timeline.spans.end() ? nullptr : &*found;
}

std::size_t breaking(const Timeline& timeline) {
  return static_cast<std::size_t>(std::count_if(timeline.spans.begin(), timeline.spans.end(),
                                                [](const Span& span) { return span.breaking; }));
}

// Method: every request that a device was sent and answered is there, from who sent it to its
// answer, in rows whose time never falls.
TEST(Timeline, HoldsEveryRequestOfTheRun) {
  const Recorded run = record(kBusyScenario);
  ASSERT_TRUE(run.outcome.held()) << run.outcome.breach->what;
  const auto submitted = static_cast<std::size_t>(std::count_if(
      run.events.begin(), run.events.end(),
      [](const sim::Event& event) { return event.kind == sim::Event::Kind::submitted; }));
  EXPECT_GT(submitted, 10u);
  EXPECT_EQ(run.timeline.requests.size(), submitted);
  EXPECT_TRUE(std::is_sorted(run.timeline.rows.begin(), run.timeline.rows.end()));
  for (const auto& request : run.timeline.requests) {
    EXPECT_FALSE(request.open) << request.text;
    EXPECT_LT(request.from, request.to) << request.text;
    EXPECT_EQ(run.timeline.rows[request.first_row], request.from) << request.text;
    EXPECT_EQ(run.timeline.rows[request.last_row], request.to) << request.text;
    ASSERT_NE(request.sender, Timeline::kNoLane) << request.text;
  }
  EXPECT_EQ(std::count_if(run.timeline.requests.begin(), run.timeline.requests.end(),
                          [](const auto& request) { return request.fault == "EIO"; }),
            1);
}

// Method: the lanes of a run that needs each kind, in their order and by their names.
TEST(Timeline, HasALaneForEachFiberAndDeviceThatDidSomething) {
  const Timeline timeline = record(kBusyScenario).timeline;
  const auto lane = [&](std::string_view begin) {
    return std::find_if(timeline.lanes.begin(), timeline.lanes.end(),
                        [&](const Lane& of) { return of.name.starts_with(begin); }) -
           timeline.lanes.begin();
  };
  EXPECT_EQ(lane("client 0"), 0);
  EXPECT_LT(lane("client 3"), lane("copy-on-write "));
  EXPECT_LT(lane("copy-on-write "), lane("image I/O "));
  EXPECT_LT(lane("image I/O "), lane("store "));
  EXPECT_LT(lane("store "), lane("growth "));
  EXPECT_LT(lane("growth "), lane("origin A"));
  EXPECT_LT(lane("origin A"), lane("origin B"));
  EXPECT_LT(lane("origin B"), lane("storage of s"));
  EXPECT_EQ(lane("check at the end"), std::ssize(timeline.lanes) - 1);
  EXPECT_LT(with_engine_folded(timeline).lanes.size(), timeline.lanes.size());
}

// Method: spans of one fiber, those aside apart; each lies within, or outside of, every other.
TEST(Timeline, NestsWhatAFiberDoes) {
  const Timeline timeline = record(kBusyScenario).timeline;
  std::size_t waits_within = 0;
  for (const Span& inner : timeline.spans) {
    EXPECT_FALSE(inner.open) << inner.text;
    for (const Span& outer : timeline.spans) {
      if (&inner == &outer || inner.aside || outer.aside || inner.lane != outer.lane) continue;
      const bool apart = inner.first_row >= outer.last_row || outer.first_row >= inner.last_row;
      const bool within = outer.first_row <= inner.first_row && inner.last_row <= outer.last_row;
      const bool around = inner.first_row <= outer.first_row && outer.last_row <= inner.last_row;
      EXPECT_TRUE(apart || within || around) << inner.text << " and " << outer.text;
      waits_within += within && inner.kind == Span::Kind::wait ? 1 : 0;
    }
  }
  EXPECT_GT(waits_within, 0u);
}

// Method: a subject whose images show later data; the read that saw it is the only one marked.
TEST(Timeline, MarksTheReadThatBrokeARule) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "take s\n"
      "read A@s 4K 4K\n"
      "write A 0 4K\n"
      "read A@s 0 4K\n",
      lies::maker_of<lies::LiesAboutImages<lies::ReadsLaterData>>());
  ASSERT_FALSE(run.outcome.held());
  const Span* const read = deed(run.timeline, "read A@s 0 4K");
  ASSERT_NE(read, nullptr);
  EXPECT_TRUE(read->breaking);
  EXPECT_EQ(read->source_line, 7u);
  EXPECT_EQ(breaking(run.timeline), 1u);
}

// Method: a read of an image that overtakes the take, and so has nobody to ask; another statement
// ends later. The read is there, and it alone is marked.
TEST(Timeline, MarksTheStatementThatWasRefusedBeforeItBegan) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "1: take s\n"
      "2: write A 0 16K\n"
      "4: read A@s 0 4K\n");
  ASSERT_FALSE(run.outcome.held());
  ASSERT_EQ(run.outcome.breach->line.number, 6u);
  const Span* const read = deed(run.timeline, "4: read A@s 0 4K");
  ASSERT_NE(read, nullptr);
  EXPECT_TRUE(read->breaking);
  EXPECT_EQ(outcome_text(*read), "not met: there is no such image yet");
  EXPECT_EQ(breaking(run.timeline), 1u);
}

// Method: the release of a snapshot that is not there, which should fail otherwise than it does.
TEST(Timeline, ShowsAReleaseThatFindsNothing) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "take s\n"
      "release s\n"
      "release s ! EBUSY\n");
  const Span* const release = deed(run.timeline, "release s ! EBUSY");
  ASSERT_NE(release, nullptr);
  EXPECT_EQ(release->outcome, Errc::not_found);
  EXPECT_TRUE(release->breaking);
}

// Method: an expectation that does not hold, with another statement behind it.
TEST(Timeline, SaysWhatAFailedExpectationFound) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "take s\n"
      "expect corrupted A@s EIO\n"
      "write A 0 4K\n");
  const Span* const expects = deed(run.timeline, "expect corrupted A@s EIO");
  ASSERT_NE(expects, nullptr);
  EXPECT_TRUE(expects->breaking);
  EXPECT_EQ(outcome_text(*expects), "not met: it is intact");
  const Recorded read = record("origin A 64K\nwrite A 0 4K = 0xaa\nread A 0 4K = 0xab\n");
  EXPECT_EQ(outcome_text(*deed(read.timeline, "read A 0 4K = 0xab")), "not met: 0xaa");
  EXPECT_EQ(breaking(run.timeline), 1u);
}

// Method: extents are given twice, which the check at the end finds and no statement shows.
TEST(Timeline, MarksTheMomentWhereNoStatementShowsTheBreach) {
  const Recorded run = record(
      "param chunk_minimum_shift 12\n"
      "param chunk_maximum_in_queue 0\n"
      "origin A 64K\n"
      "storage file 64K\n"
      "take s\n"
      "write A 0 8K\n"
      "write A 16K 8K\n"
      "sleep 10ms\n",
      lies::maker_of<lies::GivesExtentsTwice>());
  ASSERT_FALSE(run.outcome.held());
  ASSERT_EQ(run.outcome.breach->rule, Rule::S10);
  EXPECT_EQ(breaking(run.timeline), 0u);
  const auto note = std::ranges::find_if(run.timeline.notes,
                                         [](const Timeline::Note& one) { return one.breaking; });
  ASSERT_NE(note, run.timeline.notes.end());
  EXPECT_EQ(note->text, "S10 is broken");
  const Span* const release = deed(run.timeline, "release s at the end");
  ASSERT_NE(release, nullptr);
  EXPECT_LT(note->row, release->first_row);
}

/// Breaks an invariant in the midst of a take, which ends the process of the run.
class AbortsInTake final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  TakeError take(model::TakeNumber, std::string_view, std::span<const model::OriginIndex>,
                 StorageBacking&, std::optional<SectorCount>) override {
    invariant_broken(Rule::S2, "planted", "timeline_test.cpp", 1);
  }
};

// Method: the process of the run ends within a take; what it did until then is there.
TEST(Timeline, KeepsWhatARunDidThatEndedItsProcess) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "write A 0 4K\n"
      "take s\n"
      "write A 0 4K\n",
      lies::maker_of<AbortsInTake>());
  EXPECT_EQ(run.outcome.ending, properties::Ending::aborted);
  const Span* const write = deed(run.timeline, "write A 0 4K");
  const Span* const take = deed(run.timeline, "take s");
  ASSERT_TRUE(write != nullptr && take != nullptr);
  EXPECT_FALSE(write->open);
  EXPECT_TRUE(take->open);
  EXPECT_TRUE(take->breaking);
  EXPECT_EQ(breaking(run.timeline), 1u);
}

/// Never answers a request to an origin.
class Swallows final : public lies::Over {
 public:
  using Over::Over;
  void submit(Bio&) override {}
};

// Method: a deadlock; the statement that waits for ever is open and marked, and named by its line.
TEST(Timeline, ShowsWhatADeadlockWaitsFor) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "write A 0 4K\n",
      lies::maker_of<lies::LiesAboutOrigins<Swallows>>());
  ASSERT_FALSE(run.outcome.held());
  EXPECT_EQ(run.outcome.breach->rule, Rule::S8);
  const Span* const write = deed(run.timeline, "write A 0 4K");
  ASSERT_NE(write, nullptr);
  EXPECT_TRUE(write->open && write->breaking);
  EXPECT_EQ(run.outcome.breach->line.number, 4u);
  EXPECT_TRUE(run.outcome.breach->what.ends_with("\n`write A 0 4K` has not ended"))
      << run.outcome.breach->what;
}

// Method: the same with a request in the background, which its client waits for; the wait is named
// last, because it is no more than a consequence. A take in the background that ends is not named.
TEST(Timeline, NamesAllStatementsOfADeadlock) {
  const Recorded run = record(
      "origin A 64K\n"
      "storage file 64K\n"
      "1: background write A 0 4K\n"
      "1: wait\n"
      "2: write A 4K 4K\n"
      "3: background take s\n",
      lies::maker_of<lies::LiesAboutOrigins<Swallows>>());
  ASSERT_FALSE(run.outcome.held());
  EXPECT_TRUE(
      run.outcome.breach->what.ends_with("\n`1: background write A 0 4K` has not ended"
                                         "\n`2: write A 4K 4K` has not ended"
                                         "\n`1: wait` has not ended"))
      << run.outcome.breach->what;
}

// Method: sizes and times at the borders of their units.
TEST(Timeline, PrintsSizesAndTimesExactly) {
  EXPECT_EQ(size_text({0}), "0");
  EXPECT_EQ(size_text({512}), "512");
  EXPECT_EQ(size_text({1536}), "1536");
  EXPECT_EQ(size_text({std::uint64_t{3} << 40}), "3T");
  EXPECT_EQ(moment_text(Time(999)), "999 ns");
  EXPECT_EQ(moment_text(Time(1'050)), "1.05 µs");
  EXPECT_EQ(moment_text(Time(2'000'000)), "2 ms");
  EXPECT_EQ(moment_text(Time(30'000'000'001)), "30.000000001 s");
}

}  // namespace
}  // namespace cowbell::replay
