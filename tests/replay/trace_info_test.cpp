// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_info.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "replay/read_trace.hpp"

namespace cowbell::replay {
namespace {

Trace two_devices() {
  return *read_trace(
      "fio version 3 iolog\n0 a add\n0 b add\n"
      "10 a write 4096 4096\n20 a write 4096 8192\n30 a read 1048576 512\n40 b trim 0 65536\n"
      "50 b sync 0 0\n60 b write 100 100\n70 b read 0 0\n",
      "t");
}

// Method: a trace of seven requests counted by hand.
TEST(TraceSummary, CountsRequestsBytesAndFootprints) {
  const TraceSummary summary = summarize(two_devices());
  EXPECT_EQ(summary.requests, 6u);
  EXPECT_EQ(summary.span, std::chrono::microseconds(50));
  const OperationSummary& write = summary.of(Operation::write);
  EXPECT_EQ(write.requests, 3u);
  EXPECT_EQ(write.bytes.value, 4096u + 8192 + 100);
  EXPECT_EQ(write.footprint.value, 8192u + 512);
  EXPECT_EQ(write.sizes.least.value, 100u);
  EXPECT_EQ(write.sizes.p50.value, 4096u);
  EXPECT_EQ(write.sizes.most.value, 8192u);
  EXPECT_EQ(summary.of(Operation::flush).requests, 1u);
  EXPECT_EQ(summary.footprint.value, 8192u + 512 + 65536);
  EXPECT_EQ(summary.rounded, 1u);
  EXPECT_EQ(summary.alignment.value, 512u);
  ASSERT_EQ(summary.devices.size(), 2u);
  EXPECT_EQ(summary.devices[0].lowest.value, 4096u);
  EXPECT_EQ(summary.devices[0].end.value, 1048576u + 512);
  EXPECT_EQ(summary.devices[1].requests, 3u);
  EXPECT_EQ(summary.size_histogram[12], 1u);
  EXPECT_EQ(summary.size_histogram[13], 1u);
}

// Method: a log of one entry that is no request.
TEST(TraceSummary, AnEmptyTraceHasNoSpanAndNoAlignment) {
  const TraceSummary summary = summarize(*read_trace("fio version 3 iolog\n0 a add\n", "t"));
  EXPECT_FALSE(summary.span.has_value());
  EXPECT_EQ(summary.alignment.value, 0u);
  EXPECT_EQ(summary.devices.at(0).end.value, 0u);
  EXPECT_NE(trace_info_text(summary, "t").find("requests        0\n"), std::string::npos);
}

// Method: the text of the same trace, read line by line.
TEST(TraceInfo, TheTableTellsWhatWasCounted) {
  const std::string text = trace_info_text(summarize(two_devices()), "a\x1b[2Jtrace");
  EXPECT_NE(text.find("trace           a\\x1b[2Jtrace\n"), std::string::npos) << text;
  EXPECT_NE(text.find("format          fio iolog version 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("mix             25.0 % reads, 75.0 % writes\n"), std::string::npos) << text;
  EXPECT_NE(text.find("odd sizes       1 not whole sectors"), std::string::npos) << text;
  EXPECT_NE(text.find("requests of length 0"), std::string::npos) << text;
}

// Method: keys that others may rely on, and null for what the format does not tell.
TEST(TraceInfo, TheMachineFormHasEveryKey) {
  const nlohmann::ordered_json json = trace_info_json(summarize(two_devices()), "t");
  EXPECT_EQ(json["format"], "fio iolog version 3");
  EXPECT_EQ(json["requests"], 6);
  EXPECT_DOUBLE_EQ(json["span_seconds"], 50e-6);
  EXPECT_EQ(json["operations"]["discard"]["bytes"], 65536);
  EXPECT_EQ(json["devices"][1]["name"], "b");
  EXPECT_TRUE(json["depth_maximum"].is_null());
  EXPECT_EQ(json["skipped"][0]["count"], 1);
}

}  // namespace
}  // namespace cowbell::replay
