// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "properties/command_line.hpp"
#include "replay/param_arguments.hpp"
#include "replay/read_trace.hpp"
#include "replay/replay_report.hpp"
#include "replay/trace_target.hpp"
#include "replay/verdict_text.hpp"

namespace cowbell::replay {
namespace {

model::AnsweredRequest answer(std::uint32_t statement, Operation operation, int from, int to,
                              Errc outcome = Errc::none) {
  return {.operation = operation,
          .image = false,
          .size = {operation == Operation::flush ? 0u : 4096u},
          .outcome = outcome,
          .invoked = std::chrono::milliseconds(from),
          .answered = std::chrono::milliseconds(to),
          .statement = statement,
          .request = nullptr};
}

model::Breach wrong_read() {
  return {.rule = Rule::S3, .what = "the image changed", .history = "write 1\nwrite 2", .line = {}};
}

// Method: answers before, within and behind the traffic, one of them a failure.
TEST(TrafficRecorder, CountsOnlyTheTraffic) {
  TrafficRecorder recorder({.begin = 10, .end = 20}, 30, false);
  recorder.answered(answer(9, Operation::write, 0, 50));
  recorder.answered(answer(10, Operation::write, 100, 110));
  recorder.answered(answer(12, Operation::read, 110, 400));
  recorder.answered(answer(13, Operation::flush, 120, 150));
  recorder.answered(answer(19, Operation::write, 200, 300, Errc::io));
  recorder.answered(answer(20, Operation::read, 500, 900));
  const TrafficFigures& figures = recorder.figures();
  EXPECT_EQ(figures.requests, 4u);
  EXPECT_DOUBLE_EQ(figures.seconds(), 0.3);
  EXPECT_NEAR(figures.requests_per_second(), 13.33, 0.01);
  EXPECT_NEAR(figures.bytes_per_second(), 8192 / 0.3, 1);
  EXPECT_EQ(figures.of(Operation::write).latencies.count(), 1u);
  EXPECT_EQ(figures.of(Operation::write).failed, 1u);
  EXPECT_EQ(figures.of(Operation::read).latencies.maximum(), std::chrono::milliseconds(290));
}

// Method: no answers at all.
TEST(TrafficRecorder, NothingPlayedHasNoSpeed) {
  const TrafficRecorder recorder({.begin = 0, .end = 0}, 0, false);
  EXPECT_EQ(recorder.figures().seconds(), 0);
  EXPECT_EQ(recorder.figures().requests_per_second(), 0);
}

// Method: breaches of a rule, of an expectation, and none.
TEST(ReplayReport, TellsABrokenRuleFromASnapshotThatWasNotKept) {
  ReplayReport report;
  EXPECT_EQ(report.verdict(), "held");
  EXPECT_EQ(report.code(), ExitCode::held);
  report.environment_error = "the storage is full";
  EXPECT_EQ(report.code(), ExitCode::environment);
  report.breach = wrong_read();
  EXPECT_EQ(report.verdict(), "broke");
  EXPECT_EQ(report.code(), ExitCode::broke);
  report.breach->rule.reset();
  EXPECT_EQ(report.verdict(), "not kept");
  EXPECT_EQ(report.code(), ExitCode::environment);
  report.ended_by_itself = false;
  EXPECT_EQ(report.verdict(), "broke");
  EXPECT_EQ(report.code(), ExitCode::broke);
}

// Method: a report of a breach, whose parts must all be there.
TEST(ReplayReport, ABreachIsToldWithHistoryAndTheLineThatRepeatsIt) {
  ReplayReport report;
  report.trace = "t.iolog";
  report.breach = wrong_read();
  report.command = "cowbell replay t.iolog";
  const std::string text = replay_report_text(report);
  EXPECT_NE(text.find("1 mismatch\n"), std::string::npos) << text;
  EXPECT_TRUE(
      text.ends_with("t.iolog: S3 broken: the image changed\n\nwrite 1\nwrite 2\n\n"
                     "Run it again: cowbell replay t.iolog\n"))
      << text;
  const nlohmann::ordered_json json = replay_report_json(report);
  EXPECT_EQ(json["verdict"], "broke");
  EXPECT_EQ(json["rule"], "S3");
  EXPECT_EQ(json["mismatches"], 1);
  EXPECT_EQ(json["history"], "write 1\nwrite 2");
}

// Method: arguments plain and with everything that a shell takes apart.
TEST(CommandLine, IsOneThatAShellTakesBack) {
  const char* const arguments[] = {"./cowbell", "run", "a b", "it's", "", "$HOME", "A=/dev/loop0"};
  EXPECT_EQ(properties::command_line(arguments),
            "./cowbell run 'a b' 'it'\\''s' '' '$HOME' A=/dev/loop0");
}

// Method: parameters by name, at and past their bounds.
TEST(ParamArguments, SetTheNamedParameters) {
  const auto params =
      apply_param_arguments({}, {"chunk_minimum_shift=12", "memory_maximum=1000000"});
  ASSERT_TRUE(params.has_value());
  EXPECT_EQ(params->chunk_minimum_shift, 12u);
  EXPECT_EQ(params->memory_maximum, 1'000'000u);
  const auto refusal = [](const std::string& argument) {
    const auto refused = apply_param_arguments({}, {argument});
    return refused ? "accepted" : refused.error();
  };
  EXPECT_EQ(refusal("chunk_minimum_shift"), "--param chunk_minimum_shift: expected NAME=VALUE");
  EXPECT_TRUE(
      refusal("speed=9").starts_with("--param speed=9: expected the name of a parameter: "));
  EXPECT_EQ(refusal("copy_fibers_maximum=0"),
            "--param copy_fibers_maximum=0: expected a number from 1 to 4096");
  EXPECT_EQ(refusal("copy_fibers_maximum=1K"),
            "--param copy_fibers_maximum=1K: expected a number from 1 to 4096");
  EXPECT_EQ(refusal("chunk_minimum_shift=27"), "--param: the parameters contradict each other");
}

// Method: names, paths with an equals sign, and neither.
TEST(ParamArguments, OriginsAreSplitAtTheirName) {
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(split_origin_argument("A=/dev/loop0"), Pair("A", "/dev/loop0"));
  EXPECT_EQ(split_origin_argument("disk_1=a=b"), Pair("disk_1", "a=b"));
  EXPECT_EQ(split_origin_argument("/dev/loop0"), Pair("", "/dev/loop0"));
  EXPECT_EQ(split_origin_argument("/a=b"), Pair("", "/a=b"));
}

// Method: traces of one device and of two.
TEST(TraceTarget, EveryDeviceOfATraceGetsItsPath) {
  const Trace one = *read_trace("fio version 3 iolog\n0 f add\n", "t");
  const Trace two = *read_trace("fio version 3 iolog\n0 a add\n0 b add\n", "t");
  using Paths = std::vector<std::string>;
  EXPECT_EQ(paths_of_devices(one, {"/dev/loop0"}).value(), Paths{"/dev/loop0"});
  EXPECT_EQ(paths_of_devices(one, {"f=/dev/loop0"}).value(), Paths{"/dev/loop0"});
  EXPECT_EQ(paths_of_devices(two, {"b=x", "a=y=z"}).value(), (Paths{"y=z", "x"}));
  EXPECT_EQ(paths_of_devices(two, {"/dev/loop0"}).error(),
            "--origin /dev/loop0: expected DEVICE=PATH, of the devices of the trace: 'a' 'b'");
  EXPECT_EQ(paths_of_devices(two, {"a=x"}).error(),
            "expected --origin 'b=PATH': the trace has the devices 'a' 'b'");
  EXPECT_EQ(paths_of_devices(two, {"a=x", "a=y"}).error(),
            "--origin a=y: expected each device once");
}

}  // namespace
}  // namespace cowbell::replay
