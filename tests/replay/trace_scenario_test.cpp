// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_scenario.hpp"

#include <gtest/gtest.h>

#include <map>

#include "models/scenario_text.hpp"
#include "replay/range_union.hpp"
#include "replay/read_trace.hpp"

namespace cowbell::replay {
namespace {

using model::Statement;
using model::StatementKind;

Trace trace_of(std::string_view lines) {
  return *read_trace("fio version 3 iolog\n0 f add\n" + std::string(lines), "t");
}

TraceTarget target_of(const Trace& trace) {
  TraceTarget target;
  target.devices.resize(trace.devices.size());
  return target;
}

std::string refusal(const Trace& trace, const TraceTarget& target, const TracePlan& plan = {}) {
  const auto made = make_trace_scenario(trace, target, plan);
  return made ? "accepted" : made.error();
}

std::vector<Statement> traffic(const TraceScenario& made) {
  return {made.scenario.program.begin() + static_cast<std::ptrdiff_t>(made.traffic_begin),
          made.scenario.program.begin() + static_cast<std::ptrdiff_t>(made.traffic_end)};
}

/// What the statements of one kind on origins, or on images, cover.
std::vector<SectorRange> covered(std::span<const Statement> statements, StatementKind kind,
                                 bool image) {
  std::vector<SectorRange> ranges;
  for (const Statement& statement : statements) {
    if (statement.kind == kind && statement.device.is_image() == image) {
      ranges.push_back(statement.range);
    }
  }
  return range_union(std::move(ranges));
}

// Method: the smallest trace that has everything, its scenario compared as text.
TEST(TraceScenario, PrefillsPlaysTakesVerifiesAndReleases) {
  const Trace trace = trace_of("1 f write 0 4096\n2 f read 8192 4096\n3 f sync 0 0\n");
  TraceTarget target = target_of(trace);
  target.devices[0].size = {2048};
  const auto made =
      make_trace_scenario(trace, target, {.snapshot = {std::uint64_t{1}}, .clients = 2});
  ASSERT_TRUE(made.has_value()) << made.error();
  EXPECT_EQ(model::to_string(made->scenario),
            "cowbell-scenario 1\n\n"
            "origin A 1M\n\n"
            "write A 0 4K\n"
            "1: write A 8K 4K\n"
            "barrier\n"
            "write A 0 4K\n"
            "1: take s\n"
            "read A 8K 4K\n"
            "1: flush A\n"
            "barrier\n"
            "read A@s 0 1M\n"
            "1: read A 0 4K\n"
            "read A 8K 4K\n"
            "barrier\n"
            "expect intact A@s\n"
            "release s\n");
  EXPECT_EQ(made->snapshot_after, 1u);
  EXPECT_EQ(traffic(*made).size(), 4u);
}

// Method: overlapping requests of all kinds; the prefill and the last reads cover their union.
TEST(TraceScenario, ThePrefillAndTheVerificationCoverWhatTheTraceTouches) {
  const Trace trace = trace_of(
      "1 f write 4096 8192\n2 f trim 8192 4194304\n3 f read 16777216 512\n4 f write 0 512\n");
  const auto made = make_trace_scenario(trace, target_of(trace), {});
  ASSERT_TRUE(made.has_value());
  const std::vector<SectorRange> touched = {{{0}, {1}}, {{8}, {8 + 8192}}, {{32768}, {1}}};
  const std::span<const Statement> program = made->scenario.program;
  EXPECT_EQ(covered(program.first(made->traffic_begin), StatementKind::write, false), touched);
  const auto end = program.subspan(made->traffic_end);
  EXPECT_EQ(covered(end, StatementKind::read, false), touched);
  EXPECT_EQ(covered(end, StatementKind::read, true),
            (std::vector<SectorRange>{{{0}, made->scenario.origins[0].size}}));
  EXPECT_EQ(made->scenario.origins[0].size.value, 17u << 11);
}

// Method: verification narrowed to what was touched.
TEST(TraceScenario, TheImageCanBeVerifiedOnlyWhereTheTraceTouchesIt) {
  const Trace trace = trace_of("1 f write 1048576 4096\n");
  const auto made = make_trace_scenario(trace, target_of(trace), {.verify_whole_image = false});
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(covered(made->scenario.program, StatementKind::read, true),
            (std::vector<SectorRange>{{{2048}, {8}}}));
}

// Method: a discard of three and a half times the maximum that begins off its grid.
TEST(TraceScenario, LargeRequestsAreSplitOnTheGridAndStayWithTheirClient) {
  Trace trace = trace_of("1 f trim 524288 3670016\n2 f write 0 512\n");
  trace.requests[0].flags = {.fua = true, .preflush = true};
  const auto made = make_trace_scenario(trace, target_of(trace), {.snapshot = {std::uint64_t{2}}});
  ASSERT_TRUE(made.has_value());
  const auto played = traffic(*made);
  ASSERT_EQ(played.size(), 6u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(played[i].kind, StatementKind::discard);
    EXPECT_EQ(played[i].client, played[0].client);
    EXPECT_TRUE(played[i].flags.fua);
    EXPECT_EQ(played[i].flags.preflush, i == 0);
  }
  EXPECT_EQ(played[0].range, (SectorRange{{1024}, {1024}}));
  EXPECT_EQ(played[1].range, (SectorRange{{2048}, {2048}}));
  EXPECT_NE(played[4].client, played[0].client);
}

// Method: flags of every combination, as the journal of a file system writes them.
TEST(TraceScenario, FlushFuaAndPreflushAreNeverDropped) {
  Trace trace = trace_of("1 f write 0 512\n2 f write 0 512\n3 f sync 0 0\n");
  trace.requests[0].flags = {.fua = true, .preflush = true};
  const auto made = make_trace_scenario(trace, target_of(trace), {.snapshot = {std::uint64_t{0}}});
  ASSERT_TRUE(made.has_value());
  const auto played = traffic(*made);
  EXPECT_EQ(played[0].kind, StatementKind::take);
  EXPECT_EQ(played[1].flags, (BioFlags{.fua = true, .preflush = true}));
  EXPECT_EQ(played[2].flags, BioFlags{});
  EXPECT_EQ(played[3].kind, StatementKind::flush);
}

// Method: a hundred requests, points by percent and by number, the ends included.
TEST(TraceScenario, TheSnapshotIsTakenWhereItWasAsked) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += std::to_string(i) + " f write 0 512\n";
  const Trace trace = trace_of(lines);
  const auto place = [&](std::string_view point) {
    const auto made =
        make_trace_scenario(trace, target_of(trace), {.snapshot = *parse_snapshot_point(point)});
    const auto played = traffic(*made);
    const auto take = std::ranges::find(played, StatementKind::take, &Statement::kind);
    return take - played.begin();
  };
  EXPECT_EQ(place("0%"), 0);
  EXPECT_EQ(place("50%"), 50);
  EXPECT_EQ(place("12.5%"), 12);
  EXPECT_EQ(place("100%"), 100);
  EXPECT_EQ(place("7"), 7);
  EXPECT_EQ(place("100"), 100);
  EXPECT_EQ(refusal(trace, target_of(trace), {.snapshot = {std::uint64_t{101}}}),
            "the snapshot is to be taken after 101 requests, the trace holds 100");
}

// Method: a hundred requests of four clients; without the barrier the rest could be over before the
// take has returned.
TEST(TraceScenario, TheRestWaitsForTheTake) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += std::to_string(i) + " f write 0 512\n";
  const Trace trace = trace_of(lines);
  const auto place = [&](std::uint32_t clients) {
    const auto made = make_trace_scenario(trace, target_of(trace),
                                          {.snapshot = {std::uint64_t{50}}, .clients = clients});
    EXPECT_EQ(made->requests, 100u);
    const auto played = traffic(*made);
    const auto barrier = std::ranges::find(played, StatementKind::barrier, &Statement::kind);
    return barrier - played.begin();
  };
  EXPECT_EQ(place(4), 50 + 1 + 6);
  EXPECT_EQ(place(32), 50 + 1 + 32);
  EXPECT_EQ(place(64), 101);
}

// Method: texts that are no point.
TEST(TraceScenario, WrongSnapshotPointsAreRefused) {
  for (const std::string_view text : {"", "%", "101%", "-5", "5 %", "1e3", "half", "1.5", "50%%",
                                      "nan%", "99999999999999999999"}) {
    EXPECT_FALSE(parse_snapshot_point(text).has_value()) << text;
  }
}

// Method: requests in turn over five clients.
TEST(TraceScenario, RequestsGoToTheClientsInTurn) {
  std::string lines;
  for (int i = 0; i < 50; ++i) lines += std::to_string(i) + " f write 0 512\n";
  const Trace trace = trace_of(lines);
  const auto made = make_trace_scenario(trace, target_of(trace), {.clients = 5});
  ASSERT_TRUE(made.has_value());
  std::map<std::uint32_t, int> shares;
  for (const Statement& statement : traffic(*made)) ++shares[statement.client];
  ASSERT_EQ(shares.size(), 5u);
  for (const auto& [client, share] : shares) EXPECT_NEAR(share, 10, 1) << client;
}

// Method: two devices; both are origins of one snapshot.
TEST(TraceScenario, EveryDeviceOfATraceIsAnOrigin) {
  const Trace trace =
      *read_trace("fio version 3 iolog\n0 a add\n0 b add\n1 a write 0 512\n2 b write 0 512\n", "t");
  const auto made = make_trace_scenario(trace, target_of(trace), {});
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->scenario.origins.size(), 2u);
  EXPECT_EQ(made->scenario.origins[1].name, "B");
  for (const Statement& statement : traffic(*made)) {
    if (statement.kind == StatementKind::take) {
      EXPECT_EQ(statement.taken_origins, 0u);
    }
  }
}

// Method: what each sample of the language must survive: its text parses back to the same value.
TEST(TraceScenario, TheScenarioParsesBackFromItsText) {
  const Trace trace =
      trace_of("1 f write 4096 8192\n2 f trim 8192 4194304\n3 f read 65536 512\n4 f sync 0 0\n");
  const auto made = make_trace_scenario(trace, target_of(trace), {});
  ASSERT_TRUE(made.has_value());
  const auto parsed = model::parse_scenario(model::to_string(made->scenario));
  ASSERT_TRUE(parsed.has_value()) << parsed.error().expected;
  EXPECT_EQ(*parsed, made->scenario);
}

// Method: targets that do not fit the trace.
TEST(TraceScenario, DevicesThatDoNotFitTheTraceAreRefused) {
  const Trace trace = trace_of("1 f write 1024 1024\n2 f write 1048576 4096\n");
  TraceTarget target = target_of(trace);
  target.devices[0].size = {2048};
  EXPECT_EQ(refusal(trace, target),
            "device f of the trace reaches to byte 1052672, the origin has 1048576 bytes");
  target.devices[0] = {.size = {4096}, .logical_block = {4096}};
  EXPECT_EQ(refusal(trace, target),
            "request 1 of the trace (write of 1 KiB at byte 1024) is not whole logical blocks of "
            "the origin, which are 4 KiB");
  target.devices[0] = {.size = {4096}, .logical_block = {1024}};
  EXPECT_EQ(refusal(trace, target), "accepted");
}

// Method: a log without requests, and discards that would make statements without measure.
TEST(TraceScenario, TracesThatCannotBePlayedAreRefused) {
  const Trace empty = trace_of("");
  EXPECT_EQ(refusal(empty, target_of(empty)), "the trace holds no request to play");
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "1 f trim 0 9223372036854775807\n";
  const Trace hostile = trace_of(lines);
  EXPECT_EQ(refusal(hostile, target_of(hostile)),
            "the trace would make more than the 16777216 statements that are played");
}

}  // namespace
}  // namespace cowbell::replay
