// SPDX-License-Identifier: Apache-2.0
#include "replay/read_trace.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace cowbell::replay {
namespace {

std::string refusal(std::string_view bytes) {
  const auto trace = read_trace(bytes, "t");
  return trace ? "accepted" : trace.error().text;
}

std::string refusal_of_file(const std::string& path) {
  const auto trace = read_trace_file(path);
  return trace ? "accepted" : trace.error().text;
}

// Method: no bytes at all.
TEST(ReadTrace, AnEmptyFileIsRefused) {
  EXPECT_EQ(refusal(""), "t: expected a trace, found an empty file");
}

// Method: text of no known format, and bytes that would upset a terminal.
TEST(ReadTrace, AnUnknownFormatIsRefusedAndShownWithoutItsControlBytes) {
  EXPECT_EQ(refusal("hello\nworld\n"),
            "t:1: expected a fio iolog ('fio version 2 iolog', 'fio version 3 iolog') or "
            "blkparse's default text, found 'hello'");
  EXPECT_TRUE(refusal("\x1b[2J\xff\n").ends_with("found '\\x1b[2J\\xff'"));
  EXPECT_TRUE(refusal(std::string(100, 'x')).ends_with("found '" + std::string(60, 'x') + "…'"));
}

// Method: the first bytes of a record of blktrace, in both byte orders.
TEST(ReadTrace, ABinaryBlktraceIsNamed) {
  for (const std::string_view magic : {"\x07\x74\x61\x65", "\x65\x61\x74\x07"}) {
    EXPECT_EQ(
        refusal(std::string(magic) + std::string(44, '\1')),
        "t: expected text, found a binary blktrace: 'blkparse -i - < FILE' prints it as text");
  }
}

// Method: a byte of zero in the middle of an otherwise good line, in both formats.
TEST(ReadTrace, BytesOfZeroAreRefused) {
  using namespace std::literals;
  EXPECT_EQ(refusal("fio version 3 iolog\n0 f\0 add\n"s),
            "t:2: expected text, not a byte of zero, in '0 f\\x00 add'");
  EXPECT_EQ(refusal("254,0 1 1 0.000000000 1 Q WS 0 + 8 [a\0]\n"s),
            "t:1: expected text, not a byte of zero, in '254,0 1 1 0.000000000 1 Q WS 0 + 8 "
            "[a\\x00]'");
}

// Method: lines of exactly the maximum and of one byte more.
TEST(ReadTrace, LinesWithoutMeasureAreRefused) {
  const std::string header = "fio version 3 iolog\n";
  const auto line = [](std::size_t size) { return "0 " + std::string(size - 6, 'f') + " add"; };
  EXPECT_EQ(refusal(header + line(65'536) + "\n"), "accepted");
  EXPECT_EQ(refusal(header + line(65'537) + "\n"), "t:2: expected a line of at most 65,536 bytes");
  EXPECT_EQ(refusal(header + std::string(1'000'000, ' ')),
            "t:2: expected a line of at most 65,536 bytes");
}

// Method: paths that lead to no trace.
TEST(ReadTrace, PathsThatAreNoFileAreRefusedByTheirName) {
  EXPECT_EQ(refusal_of_file("/nonexistent/trace"),
            "/nonexistent/trace: cannot be opened: No such file or directory");
  EXPECT_EQ(refusal_of_file("/"), "/: expected a file, found a directory");
}

// Method: a file without end, and a limit far below.
TEST(ReadTrace, FilesWithoutMeasureAreRefused) {
  const auto contents = read_input_file("/dev/zero", 100'000);
  ASSERT_FALSE(contents.has_value());
  EXPECT_EQ(contents.error().text, "/dev/zero: expected at most 100000 bytes");
}

// Method: bytes of a fixed linear congruence, behind every header that a reader would accept.
TEST(ReadTrace, NoBytesCrashTheReaders) {
  std::uint64_t state = 1;
  const auto next = [&state] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<unsigned>(state >> 33);
  };
  const std::string_view letters = "0123456789 +,.[]QCDFWRSfadwriteync\n\t\r\0\xff";
  unsigned refused = 0;
  for (int run = 0; run < 3'000; ++run) {
    std::string text(run % 3 == 0   ? "fio version 3 iolog\n0 f add\n"
                     : run % 3 == 1 ? "fio version 2 iolog\nf add\n"
                                    : "254,0 1 1 0.000000000 1 Q WS 0 + 8 [a]\n");
    const unsigned size = next() % 200;
    for (unsigned i = 0; i < size; ++i) text += letters[next() % letters.size()];
    refused += !read_trace(text, "t").has_value();
  }
  EXPECT_GT(refused, 2'000u);
}

}  // namespace
}  // namespace cowbell::replay
