// SPDX-License-Identifier: Apache-2.0
#include "replay/fio_iolog.hpp"

#include <gtest/gtest.h>

#include "replay/read_trace.hpp"

namespace cowbell::replay {
namespace {

constexpr std::string_view kVersion3 =
    "fio version 3 iolog\n"
    "21 f.dat add\n"
    "135 f.dat open\n"
    "139 f.dat write 1011712 4096\n"
    "185 f.dat read 12419072 16384\n"
    "7644 f.dat write 6582272 4096\n"
    "7661 f.dat sync 6582272 0\n"
    "74626 f.dat close\n";

Trace read(std::string_view text) {
  auto trace = read_trace(text, "t.iolog");
  EXPECT_TRUE(trace.has_value()) << (trace ? "" : trace.error().text);
  return trace ? *trace : Trace{};
}

std::string refusal(std::string_view text) {
  const auto trace = read_trace(text, "t.iolog");
  return trace ? "accepted" : trace.error().text;
}

// Method: lines of a log that fio 3.33 wrote, each kind of entry once.
TEST(FioIolog, Version3GivesRequestsWithTheirTimes) {
  const Trace trace = read(kVersion3);
  EXPECT_EQ(trace.format, TraceFormat::fio_iolog_3);
  EXPECT_EQ(trace.devices, std::vector<std::string>{"f.dat"});
  ASSERT_EQ(trace.requests.size(), 4u);
  EXPECT_EQ(trace.requests[0].operation, Operation::write);
  EXPECT_EQ(trace.requests[0].offset.value, 1011712u);
  EXPECT_EQ(trace.requests[0].length.value, 4096u);
  EXPECT_EQ(trace.requests[0].time, std::chrono::microseconds(139));
  EXPECT_EQ(trace.requests[1].operation, Operation::read);
  EXPECT_EQ(trace.requests[3].operation, Operation::flush);
  EXPECT_EQ(trace.requests[3].length.value, 0u);
  EXPECT_TRUE(trace.timed);
}

// Method: the same entries without times.
TEST(FioIolog, Version2HasNoTimesAndKeepsTheOrderOfTheFile) {
  const Trace trace = read(
      "fio version 2 iolog\n"
      "f.dat add\n"
      "f.dat open\n"
      "f.dat write 4096 4096\n"
      "f.dat datasync 0 0\n"
      "f.dat read 0 512\n"
      "f.dat trim 0 1073741824\n"
      "f.dat close\n");
  EXPECT_EQ(trace.format, TraceFormat::fio_iolog_2);
  EXPECT_FALSE(trace.timed);
  ASSERT_EQ(trace.requests.size(), 4u);
  EXPECT_EQ(trace.requests[1].operation, Operation::flush);
  EXPECT_EQ(trace.requests[2].operation, Operation::read);
  EXPECT_EQ(trace.requests[3].operation, Operation::discard);
  EXPECT_EQ(trace.requests[3].length.value, 1073741824u);
}

// Method: two waits, each relative to the one before.
TEST(FioIolog, WaitsOfVersion2MoveTheTimeOn) {
  const Trace trace = read(
      "fio version 2 iolog\nf add\nf write 0 512\nf wait 100 0\nf write 0 512\nf wait 50 0\n"
      "f write 0 512\n");
  ASSERT_EQ(trace.requests.size(), 3u);
  EXPECT_TRUE(trace.timed);
  EXPECT_EQ(trace.requests[1].time, std::chrono::microseconds(100));
  EXPECT_EQ(trace.requests[2].time, std::chrono::microseconds(150));
}

// Method: the second line is earlier than the first; the third has the time of the second.
TEST(FioIolog, RequestsComeInTheOrderOfTimeAndTiesKeepTheFilesOrder) {
  const Trace trace = read(
      "fio version 3 iolog\n0 f add\n9 f write 0 512\n5 f write 512 512\n5 f write 1024 512\n");
  ASSERT_EQ(trace.requests.size(), 3u);
  EXPECT_EQ(trace.requests[0].offset.value, 512u);
  EXPECT_EQ(trace.requests[1].offset.value, 1024u);
  EXPECT_EQ(trace.requests[2].offset.value, 0u);
}

// Method: two files, and requests to both.
TEST(FioIolog, EveryFileIsADevice) {
  const Trace trace =
      read("fio version 3 iolog\n0 a add\n0 b add\n1 b write 0 512\n2 a read 0 512\n");
  EXPECT_EQ(trace.devices, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(trace.requests.size(), 2u);
  EXPECT_EQ(trace.requests[0].device, 1u);
  EXPECT_EQ(trace.requests[1].device, 0u);
}

// Method: an offset within a sector.
TEST(FioIolog, OddSizesAreKeptAndCoverTheSectorsThatHoldThem) {
  const Trace trace = read("fio version 3 iolog\n0 f add\n1 f write 1000 100\n");
  ASSERT_EQ(trace.requests.size(), 1u);
  EXPECT_TRUE(trace.requests[0].rounded());
  EXPECT_EQ(trace.requests[0].sectors(), (SectorRange{{1}, {2}}));
}

// Method: a read of nothing, and carriage returns at the ends of lines.
TEST(FioIolog, RequestsOfLengthZeroAreCountedAndLeftOut) {
  const Trace trace = read("fio version 3 iolog\r\n0 f add\r\n1 f read 512 0\r\n");
  EXPECT_TRUE(trace.requests.empty());
  ASSERT_EQ(trace.skipped.size(), 1u);
  EXPECT_EQ(trace.skipped[0], (Skipped{"requests of length 0", 1}));
}

// Method: the header, with and without what follows it.
TEST(FioIolog, OtherVersionsAreRefusedByTheirLine) {
  EXPECT_EQ(refusal("fio version 1 iolog\n"),
            "t.iolog:1: expected 'fio version 2 iolog' or 'fio version 3 iolog', found 'fio "
            "version 1 iolog'");
  EXPECT_EQ(refusal("fio version 3"),
            "t.iolog:1: expected the line to end: the trace is cut off at 'fio version 3'");
}

// Method: one wrong line each; the message says the line and what belongs there.
TEST(FioIolog, WrongLinesAreRefusedByTheirNumber) {
  const auto third = [](std::string line) {
    return refusal("fio version 3 iolog\n0 f add\n" + line + "\n");
  };
  EXPECT_EQ(third("x f write 0 512"),
            "t.iolog:3: expected a time in microseconds, found 'x f write 0 512'");
  EXPECT_EQ(third("-5 f write 0 512"),
            "t.iolog:3: expected a time in microseconds, found '-5 f write 0 512'");
  EXPECT_EQ(third("1 f"), "t.iolog:3: expected a file and an action, found '1 f'");
  EXPECT_EQ(third(""), "t.iolog:3: expected a time in microseconds, found ''");
  EXPECT_EQ(third("1 f write 0"),
            "t.iolog:3: expected an action, an offset and a length, found '1 f write 0'");
  EXPECT_EQ(third("1 f write -1 512"),
            "t.iolog:3: expected an action, an offset and a length, found '1 f write -1 512'");
  EXPECT_EQ(third("1 f write 0 512 7"),
            "t.iolog:3: expected nothing after the length, found '1 f write 0 512 7'");
  EXPECT_EQ(third("1 f open now"),
            "t.iolog:3: expected nothing after the action, found '1 f open now'");
  EXPECT_EQ(third("1 g write 0 512"),
            "t.iolog:3: expected a file that was added before, found '1 g write 0 512'");
  EXPECT_EQ(third("1 g open"),
            "t.iolog:3: expected a file that was added before, found '1 g open'");
  EXPECT_EQ(third("1 f scribble 0 512"),
            "t.iolog:3: expected one of add, open, close, read, write, sync, datasync, trim, "
            "wait, found '1 f scribble 0 512'");
  EXPECT_EQ(third("1 f wait 100 0"),
            "t.iolog:3: expected no 'wait' in version 3, found '1 f wait 100 0'");
}

// Method: numbers at and past what a file offset, a request and a time can be.
TEST(FioIolog, HugeNumbersAreRefused) {
  const auto third = [](std::string line) {
    return refusal("fio version 3 iolog\n0 f add\n" + line + "\n");
  };
  EXPECT_EQ(third("1 f trim 0 9223372036854775807"), "accepted");
  EXPECT_EQ(third("1 f trim 1 9223372036854775807"),
            "t.iolog:3: expected offset + length below 2^63 bytes, found '1 f trim 1 "
            "9223372036854775807'");
  EXPECT_EQ(third("1 f read 18446744073709551615 512"),
            "t.iolog:3: expected offset + length below 2^63 bytes, found '1 f read "
            "18446744073709551615 512'");
  EXPECT_EQ(third("1 f read 18446744073709551616 512").substr(0, 38),
            "t.iolog:3: expected an action, an offs");
  EXPECT_EQ(third("1 f write 0 4294967296"), "accepted");
  EXPECT_EQ(third("1 f write 0 4294967297"),
            "t.iolog:3: expected a read or write of at most 4 GiB, found '1 f write 0 4294967297'");
  EXPECT_EQ(third("9223372036854776 f write 0 512").substr(0, 45),
            "t.iolog:3: expected a time below 292 years, f");
}

// Method: waits that add up past the largest time.
TEST(FioIolog, WaitsThatOverflowAreRefused) {
  EXPECT_EQ(refusal("fio version 2 iolog\nf add\nf wait 9223372036854775 0\nf wait 1 0\n"),
            "t.iolog:4: expected a time below 292 years, found 'f wait 1 0'");
  EXPECT_EQ(refusal("fio version 2 iolog\nf add\nf wait 100 0\nf wait 18446744073709551615 0\n"),
            "t.iolog:4: expected a time below 292 years, found 'f wait 18446744073709551615 0'");
}

// Method: every prefix of a true log that ends within a line; none may be taken for a whole one.
TEST(FioIolog, ALogThatIsCutOffWithinALineIsRefused) {
  for (std::size_t size = 1; size < kVersion3.size(); ++size) {
    const auto text = kVersion3.substr(0, size);
    const auto trace = read_trace(text, "t.iolog");
    EXPECT_EQ(trace.has_value(), text.ends_with('\n')) << text;
  }
}

// Method: 65 files, one more than a scenario has origins.
TEST(FioIolog, MoreFilesThanAScenarioHasOriginsAreRefused) {
  std::string text = "fio version 3 iolog\n";
  for (int i = 0; i < 65; ++i) text += "0 file" + std::to_string(i) + " add\n";
  EXPECT_EQ(refusal(text), "t.iolog:66: expected at most 64 files, found '0 file64 add'");
}

}  // namespace
}  // namespace cowbell::replay
