// SPDX-License-Identifier: Apache-2.0
#include "replay/blkparse_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "replay/read_trace.hpp"

namespace cowbell::replay {
namespace {

// From a trace of mkfs.ext4, mount and SQLite on a loop device.
constexpr std::string_view kExt4 =
    "  7,3    1        0     0.000000000  3199  Q FWS [(null)]\n"
    "  7,3    1        0     0.000033199    54  D  FN [(null)]\n"
    "  7,3    1        0     0.000192477    22  C  FN 0 [0]\n"
    "  7,3    1        0     0.000207259    22  C  WS 0 [0]\n"
    "  7,3    1        0     0.000225606  3199  Q  RA 0 + 32 [(null)]\n"
    "  7,3    1        0     0.000239507  3199  P   N [(null)]\n"
    "  7,3    1        0     0.000240068  3199  U   N [(null)] 1\n"
    "  7,3    1        0     0.000240839  3199  D  RA 0 + 32 [(null)]\n"
    "  7,3    1        0     0.000255160    22  C  RA 0 + 32 [0]\n"
    "  7,3    1        0     0.000492184  3199  Q  DS 0 + 393216 [(null)]\n"
    "  7,3    1        0     0.000493807  3199 UT   N [(null)] 1\n"
    "  7,3    1        0     0.101569962  3225  Q WFSM 163842 + 2 [(null)]\n"
    "  7,3    1        0     0.101736821  3225  Q FWFSM 163842 + 2 [(null)]\n";

constexpr std::string_view kSummary =
    "CPU0 (trace):\n"
    " Reads Queued:           0,        0KiB\t Writes Queued:          73,      292KiB\n"
    " Read depth:             0        \t Write depth:             4\n"
    " IO unplugs:             0        \t Timer unplugs:           0\n"
    "\n"
    "Total (trace):\n"
    " Reads Queued:           0,        0KiB\t Writes Queued:         100,      400KiB\n"
    "\n"
    "Throughput (R/W): 0KiB/s / 18181KiB/s\n"
    "Events (trace): 500 entries\n"
    "Skips: 0 forward (0 -   0.0%)\n";

std::string queued(std::string_view rest) {
  return fmt::format("254,0    1        1     0.000000000   120  Q  {}\n", rest);
}

Trace read(std::string_view text) {
  auto trace = read_trace(text, "t.txt");
  EXPECT_TRUE(trace.has_value()) << (trace ? "" : trace.error().text);
  return trace ? *trace : Trace{};
}

std::string refusal(std::string_view text) {
  const auto trace = read_trace(text, "t.txt");
  return trace ? "accepted" : trace.error().text;
}

std::uint64_t skipped(const Trace& trace, std::string_view why) {
  for (const auto& skipped : trace.skipped) {
    if (skipped.why == why) return skipped.count;
  }
  return 0;
}

// Method: lines of a true trace of ext4.
TEST(BlkparseText, QueuedRequestsAreTakenWithTheirFlags) {
  const Trace trace = read(kExt4);
  EXPECT_EQ(trace.format, TraceFormat::blkparse_text);
  EXPECT_EQ(trace.devices, std::vector<std::string>{"7,3"});
  ASSERT_EQ(trace.requests.size(), 5u);
  const TraceRequest& flush = trace.requests[0];
  const TraceRequest& readahead = trace.requests[1];
  const TraceRequest& discard = trace.requests[2];
  const TraceRequest& fua = trace.requests[3];
  const TraceRequest& commit = trace.requests[4];
  EXPECT_EQ(flush.operation, Operation::flush);
  EXPECT_EQ(flush.length.value, 0u);
  EXPECT_EQ(readahead.operation, Operation::read);
  EXPECT_EQ(readahead.length.value, 32u * 512);
  EXPECT_EQ(readahead.time, std::chrono::nanoseconds(225606));
  EXPECT_EQ(discard.operation, Operation::discard);
  EXPECT_EQ(discard.length.value, 393216u * 512);
  EXPECT_EQ(fua.operation, Operation::write);
  EXPECT_EQ(fua.flags, (BioFlags{.fua = true}));
  EXPECT_EQ(commit.flags, (BioFlags{.fua = true, .preflush = true}));
  EXPECT_EQ(commit.offset.value, 163842u * 512);
}

// Method: the same lines; everything that is no request is counted by its kind.
TEST(BlkparseText, OtherEventsAreCounted) {
  const Trace trace = read(kExt4);
  EXPECT_EQ(skipped(trace, "C: completed"), 3u);
  EXPECT_EQ(skipped(trace, "D: issued to the driver"), 2u);
  EXPECT_EQ(skipped(trace, "U: unplugged"), 1u);
  EXPECT_EQ(skipped(trace, "UT: unplugged by timer"), 1u);
  EXPECT_EQ(trace.depth_maximum, 1u);
}

// Method: requests issued before others have come back, two of them alike, and lines out of the
// order of time; a completion that nobody issued changes nothing.
TEST(BlkparseText, TheGreatestDepthFollowsTimeNotTheOrderOfLines) {
  const auto line = [](int time, std::string_view action, int sector) {
    return fmt::format("254,0    0        1     0.{:09}   120  {}  WS {} + 8 [fio]\n", time, action,
                       sector);
  };
  EXPECT_EQ(read(line(10, "D", 0) + line(30, "C", 0) + line(20, "D", 8) + line(25, "D", 8) +
                 line(40, "C", 8) + line(41, "C", 8) + line(50, "D", 16) + line(60, "C", 999))
                .depth_maximum,
            3u);
  EXPECT_FALSE(read(queued("WS 0 + 8 [fio]")).depth_maximum.has_value());
}

// Method: a later line with an earlier time, as `blkparse -d` writes them.
TEST(BlkparseText, RequestsComeInTheOrderOfTime) {
  const Trace trace = read(
      "254,0    1        2     0.000000200   120  Q  WS 8 + 8 [fio]\n"
      "254,0    1        1     0.000000100   120  Q  WS 0 + 8 [fio]\n");
  ASSERT_EQ(trace.requests.size(), 2u);
  EXPECT_EQ(trace.requests[0].offset.value, 0u);
}

// Method: the summary of a run on two processors.
TEST(BlkparseText, TheSummaryAtTheEndIsPassedOver) {
  const Trace trace = read(queued("WS 7904 + 8 [fio]") + std::string(kSummary));
  EXPECT_EQ(trace.requests.size(), 1u);
  EXPECT_TRUE(trace.skipped.empty());
}

// Method: two outputs of blkparse in one file; what follows the first summary must not be lost.
TEST(BlkparseText, EventsAfterTheSummaryAreRefused) {
  const std::string one = queued("WS 7904 + 8 [fio]");
  EXPECT_EQ(refusal(one + std::string(kSummary) + one).substr(0, 49),
            "t.txt:13: expected nothing after the summary, fou");
}

// Method: two devices, commands with blanks and brackets in their names.
TEST(BlkparseText, DevicesAreKeptApartAndCommandNamesMayHoldAnything) {
  const Trace trace = read(
      "  8,16   1        1     0.000000000   120  Q   W 0 + 8 [my [odd] name]\n"
      "253,1    1        1     0.000000010   120  Q   R 0 + 8 [kworker/1:1H]\n");
  EXPECT_EQ(trace.devices, (std::vector<std::string>{"8,16", "253,1"}));
  EXPECT_EQ(trace.requests[1].device, 1u);
}

// Method: every kind of RWBS that a queued request may have.
TEST(BlkparseText, OperationsFollowTheLetters) {
  const auto only = [](std::string_view rest) {
    const Trace trace = read(queued(rest));
    return trace.requests.empty() ? std::string("skipped")
                                  : std::string(operation_name(trace.requests[0].operation));
  };
  EXPECT_EQ(only("R 0 + 8 [a]"), "read");
  EXPECT_EQ(only("RAM 0 + 8 [a]"), "read");
  EXPECT_EQ(only("WSM 0 + 8 [a]"), "write");
  EXPECT_EQ(only("FWFS 0 + 8 [a]"), "write");
  EXPECT_EQ(only("WZS 0 + 8 [a]"), "zero");
  EXPECT_EQ(only("D 0 + 8 [a]"), "discard");
  EXPECT_EQ(only("FWS [a]"), "flush");
  EXPECT_EQ(only("FN [a]"), "flush");
  EXPECT_EQ(only("FF [a]"), "flush");
  EXPECT_EQ(only("F [a]"), "flush");
  EXPECT_EQ(only("FWS 0 + 0 [a]"), "flush");
  EXPECT_EQ(only("WS [a]"), "skipped");
  EXPECT_EQ(only("WS 64 + 0 [a]"), "skipped");
  EXPECT_EQ(only("DE 0 + 8 [a]"), "skipped");
  EXPECT_EQ(only("N 0 + 8 [a]"), "skipped");
  EXPECT_EQ(only("N 36 (12 00 00 00 24 00 ..) [a]"), "skipped");
}

// Method: a flag that only writes have, on a read.
TEST(BlkparseText, ReadsCarryNoWriteFlags) {
  EXPECT_EQ(read(queued("FRF 0 + 8 [a]")).requests.at(0).flags, BioFlags{});
}

// Method: one wrong line each, behind a good one.
TEST(BlkparseText, WrongLinesAreRefusedByTheirNumber) {
  const auto second = [](std::string line) {
    return refusal(queued("WS 7904 + 8 [fio]") + line + "\n");
  };
  EXPECT_EQ(second("garbage"),
            "t.txt:2: expected an event 'MAJOR,MINOR CPU SEQUENCE TIME PID ACTION RWBS …', found "
            "'garbage'");
  EXPECT_EQ(second("254,0 1 1 0.5 120 Q WS 0 + 8 [fio]").substr(0, 26),
            "t.txt:2: expected an event");
  EXPECT_EQ(second("254,0 1 1 99999999999.000000000 120 Q WS 0 + 8 [fio]").substr(0, 26),
            "t.txt:2: expected an event");
  EXPECT_EQ(second("254,0 1 1 0.000000000 120 Q XYZ 0 + 8 [fio]"),
            "t.txt:2: expected RWBS letters such as WS or FWFSM, found '254,0 1 1 0.000000000 120 "
            "Q XYZ 0 + 8 [fio]'");
  EXPECT_EQ(second("254,0 1 1 0.000000000 120 Q WS 0 + 8"),
            "t.txt:2: expected the line to end in '[COMMAND]', found '254,0 1 1 0.000000000 120 Q "
            "WS 0 + 8'");
  EXPECT_EQ(second("254,0 1 1 0.000000000 120 Q WS 0 8 [fio]"),
            "t.txt:2: expected 'SECTOR + COUNT [COMMAND]', found '254,0 1 1 0.000000000 120 Q WS 0 "
            "8 [fio]'");
  EXPECT_EQ(second("254,0 1 1 0.000000000 120 Q WS -8 + 8 [fio]").substr(0, 42),
            "t.txt:2: expected 'SECTOR + COUNT [COMMAND");
}

// Method: a summary, and then a line that belongs to none.
TEST(BlkparseText, GarbageInTheSummaryIsRefused) {
  EXPECT_EQ(refusal(queued("WS 7904 + 8 [fio]") + "CPU0 (trace):\nhello\n"),
            "t.txt:3: expected a line of blkparse's summary, found 'hello'");
}

// Method: sectors at and past what a file offset can be, and a write past what a request can be.
TEST(BlkparseText, HugeNumbersAreRefused) {
  EXPECT_EQ(refusal(queued("D 18014398509481983 + 1 [a]")).substr(0, 57),
            "t.txt:1: expected offset + length below 2^63 bytes, found");
  EXPECT_EQ(refusal(queued("D 18014398509481982 + 1 [a]")), "accepted");
  EXPECT_EQ(refusal(queued("D 18446744073709551615 + 8 [a]")).substr(0, 44),
            "t.txt:1: expected sectors below 2^54, found ");
  EXPECT_EQ(refusal(queued("W 0 + 8388609 [a]")).substr(0, 53),
            "t.txt:1: expected a read or write of at most 4 GiB, f");
}

// Method: every prefix of a true trace that ends within a line; none may be taken for a whole one.
TEST(BlkparseText, ATraceThatIsCutOffWithinALineIsRefused) {
  for (std::size_t size = 1; size < kExt4.size(); ++size) {
    const auto text = kExt4.substr(0, size);
    EXPECT_EQ(read_trace(text, "t.txt").has_value(), text.ends_with('\n')) << text;
  }
}

}  // namespace
}  // namespace cowbell::replay
