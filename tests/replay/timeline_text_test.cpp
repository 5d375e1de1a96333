// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/replay/timeline_bench.hpp"

namespace cowbell::replay {
namespace {

constexpr std::string_view kSmall =
    "origin A 64K\n"
    "storage file 64K\n"
    "latency A.write 70us\n"
    "latency A.read 30us\n"
    "write A 0 4K\n"
    "read A 0 4K = 0xaa\n";

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t letters(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

// Method: one write and one read of other data, to the letter.
TEST(TimelineText, ShowsASmallRunInColumns) {
  const Recorded run = record(std::string(kSmall));
  const std::string text = to_columns(run.timeline, {.width = 80});
  EXPECT_EQ(text,
            "              client 0                         origin A\n"
            "\n"
            "        0 ns  write A 0 4K → origin A          #0 write 0 4K\n"
            "       70 µs  OK                               #0 OK\n"
            "              read A 0 4K = 0xaa → origin A    #1 read 0 4K\n"
            "      100 µs  not met: stamped contents ←      #1 OK\n"
            "              breaks\n"
            "\n"
            "              * all faults and stalls are lifted\n");
}

// Method: a run with more fibers than fit; no line is wider than asked for, and lanes of one kind
// share a column where they do not fit, with their names in front of what they say.
TEST(TimelineText, KeepsWithinTheWidthOfTheTerminal) {
  const Timeline timeline = record(kBusyScenario).timeline;
  for (const std::size_t width : {62u, 80u, 120u, 180u, 240u, 400u})
    for (const std::string& line : lines_of(to_columns(timeline, {.width = width})))
      EXPECT_LE(letters(line), width) << line;
  EXPECT_NE(to_columns(timeline, {.width = 400}).find("image I/O "), std::string::npos);
  EXPECT_EQ(lines_of(to_columns(timeline, {.width = 180}))[0].find("copy-on-write 1"),
            std::string::npos);
  const std::string narrow = to_columns(timeline, {.width = 100});
  EXPECT_EQ(
      lines_of(narrow)[0],
      "              clients              engine               origins              storage of s");
  for (const char* said : {"1: OK", "A: #0 read", "B: #0 read", "store: "})
    EXPECT_NE(narrow.find(said), std::string::npos) << said;
}

// Method: escape sequences taken out of what a terminal gets leave the plain text.
TEST(TimelineText, ColoursOnlyWhatATerminalGets) {
  const Timeline timeline = record(kBusyScenario).timeline;
  const std::string plain = to_columns(timeline, {.width = 200});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  std::string coloured = to_columns(timeline, {.width = 200, .colour = true});
  ASSERT_NE(coloured.find('\x1b'), std::string::npos);
  for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;)
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  // Blanks at the end of a line may be left in front of a sequence.
  std::vector<std::string> lines = lines_of(coloured);
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  EXPECT_EQ(lines, lines_of(plain));
}

}  // namespace
}  // namespace cowbell::replay
