// SPDX-License-Identifier: Apache-2.0
// Method of all: a file that is wrong in one place, and the nearest one that is right.
#include <gtest/gtest.h>

#include "tests/models/scenario_refusals.hpp"

namespace cowbell::model::testing {
namespace {

constexpr auto kHeaderMissing = ": expected `cowbell-scenario 1` before any other statement";
constexpr auto kBytes = "expected bytes below 2^64, such as 4096 or 64K";

// Method: files without the first statement, with another version, and with two of them.
TEST(ScenarioTextRules, TheHeaderComesFirstAndOnce) {
  EXPECT_EQ(answer("cowbell-scenario 1"), "accepted");
  EXPECT_EQ(answer("# why\n\n  \t\n\tcowbell-scenario\t 1 # this\n"), "accepted");
  EXPECT_EQ(answer(""), std::string("1:1") + kHeaderMissing);
  EXPECT_EQ(answer("# only a comment\n"), std::string("2:1") + kHeaderMissing);
  EXPECT_EQ(answer("\n  origin A 1M\n"), std::string("2:3") + kHeaderMissing);
  EXPECT_EQ(answer("cowbell-scenario\n"), "1:17: expected version 1");
  EXPECT_EQ(answer("cowbell-scenario 2\n"), "1:18: expected version 1");
  EXPECT_EQ(answer("cowbell-scenario 1 1\n"), "1:20: expected the end of the line");
  EXPECT_EQ(world("cowbell-scenario 1\n"), "2:1: expected `cowbell-scenario` only once");
  EXPECT_EQ(program("cowbell-scenario 1\n"), "5:1: expected `cowbell-scenario` only once");
}

// Method: line ends of both kinds, a stray carriage return, and other characters between words.
TEST(ScenarioTextRules, LinesEndInLfOrCrLfAndWordsInTabsOrBlanks) {
  EXPECT_EQ(answer("cowbell-scenario 1\r\norigin\tA \t 1M\r\nflush A\r\n"), "accepted");
  EXPECT_EQ(answer("cowbell-scenario 1\rorigin A 1M\n"),
            "1:19: expected no carriage return except before a line feed");
  EXPECT_EQ(answer("cowbell-scenario 1 # the end\r"),
            "1:29: expected no carriage return except before a line feed");
  EXPECT_EQ(world("origin\vA 1M"), "2:1: expected a statement");
  EXPECT_EQ(program(std::string_view("\0flush A", 8)), "5:1: expected a statement");
}

// Method: `#` at the start, after a blank and inside a word.
TEST(ScenarioTextRules, ACommentBeginsAnywhere) {
  EXPECT_EQ(program("flush A# a comment\n#\n  # flush C\nflush A #!\n"), "accepted");
  EXPECT_EQ(program("flush #A\n"), "5:6: expected an origin such as A, or its image such as A@s1");
}

// Method: a byte order mark, bytes that are no UTF-8 in a comment and in a word, and some that are.
TEST(ScenarioTextRules, TextIsUtf8WithoutByteOrderMark) {
  EXPECT_EQ(program("# d\xc3\xa9j\xc3\xa0 vu \xe2\x82\xac \xf0\x9f\x94\x94\n"), "accepted");
  EXPECT_EQ(answer("\xef\xbb\xbf"
                   "cowbell-scenario 1\n"),
            "1:1: expected no byte order mark");
  for (const char* const broken :
       {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3("})
    EXPECT_EQ(program(std::string("# \xc3\xa9 ") + broken + "\n"), "5:6: expected UTF-8");
  EXPECT_EQ(program("flush \xe9\n"), "5:7: expected UTF-8");
  EXPECT_EQ(program("flush \xc3\xa9\n"), "5:7: expected the name of an origin");
}

// Method: the longest line and the longest file that are allowed, and one byte more.
TEST(ScenarioTextRules, LinesAndFilesAreLimited) {
  const std::string comment(kLineMaximum, '#');
  EXPECT_EQ(program(comment + "\r\n" + comment), "accepted");
  EXPECT_EQ(program(comment + "#\n"), "5:65537: expected the end of the line: 65536 bytes at most");
  std::string file = "cowbell-scenario 1\n";
  file.resize(kFileMaximum, '\n');
  EXPECT_EQ(answer(file), "accepted");
  EXPECT_EQ(answer(file + '\n'), "1:1: expected a file of at most 16 MiB");
}

// Method: as many statements as a program may have, and one more.
TEST(ScenarioTextRules, ProgramsAreLimited) {
  std::string file = "cowbell-scenario 1\n";
  for (std::size_t i = 0; i < kStatementMaximum; ++i) file += "wait\n";
  EXPECT_EQ(answer(file), "accepted");
  EXPECT_EQ(answer(file + " wait\n"),
            "1000002:2: expected the end of the program: 1000000 statements at most");
}

// Method: a statement of the world after one of the program, in every kind of disguise.
TEST(ScenarioTextRules, TheWorldComesBeforeTheProgram) {
  for (const char* const word : {"param", "origin", "storage", "fault", "latency", "schedule"})
    EXPECT_EQ(program(std::string(word) + " A 1M\n"),
              "5:1: expected a statement of the program: the world comes before it");
  EXPECT_EQ(world("0: origin A 1M\n"),
            "2:4: expected a statement of the program: the world comes before it");
}

// Method: names of every shape.
TEST(ScenarioTextRules, NamesBeginWithALetterOrUnderscore) {
  EXPECT_EQ(world("origin _ 1M\norigin a9_Z 1M\norigin a 1M\norigin write 1M\ntake a\n"),
            "accepted");
  for (const char* const name : {"9a", "a-b", "a.b", "a@b", "*", "\xc3\xa9", "a,"})
    EXPECT_EQ(world("origin " + std::string(name) + " 1M\n"),
              "2:8: expected the name of an origin");
  EXPECT_EQ(program("take 1\n"), "5:6: expected a name for the snapshot");
  EXPECT_EQ(program("release s-1\n"), "5:9: expected the name of a snapshot");
  EXPECT_EQ(program("flush A@s-1\n"), "5:9: expected the name of a snapshot");
  EXPECT_EQ(program("flush a\n"), "5:7: expected the name of an origin");
}

// Method: sizes with every suffix, in small letters, signed, in other bases, and past 64 bits.
TEST(ScenarioTextRules, SizesAreDecimalWithASuffixInCapitals) {
  EXPECT_EQ(world("origin A 0512\norigin B 1K\norigin C 1M\norigin D 1G\norigin E 1T\n"),
            "accepted");
  EXPECT_EQ(world("origin A 18446744073709551104\norigin B 16777215T\n"), "accepted");
  for (const char* const size :
       {"1k", "1KB", "-1", "+1", "0x200", "1.5K", "K", "", "18446744073709551616", "16777216T",
        "18014398509481984K", "99999999999999999999K", "1 K"})
    EXPECT_NE(world("origin A " + std::string(size) + "\n"), "accepted") << size;
  EXPECT_EQ(world("origin A 16777216T\n"), std::string("2:10: ") + kBytes);
  EXPECT_EQ(world("origin A\n"), std::string("2:9: ") + kBytes);
}

// Method: sizes and offsets that are not whole sectors, wherever they stand.
TEST(ScenarioTextRules, SizesAreWholeSectors) {
  EXPECT_EQ(world("origin A 1000\n"), "2:10: expected a multiple of 512 bytes");
  EXPECT_EQ(world("storage file 513\n"), "2:14: expected a multiple of 512 bytes");
  EXPECT_EQ(world("storage file 0 limit 1\n"), "2:22: expected a multiple of 512 bytes");
  EXPECT_EQ(program("read A 4K 1 ! EINVAL\n"), "5:11: expected a multiple of 512 bytes");
  EXPECT_EQ(program("expect storage filled 100\n"), "5:23: expected a multiple of 512 bytes");
}

// Method: an offset and a length whose sum is 2^64, and the largest below.
TEST(ScenarioTextRules, OffsetPlusLengthFits64Bits) {
  EXPECT_EQ(program("read B 18446744073709550592 512\n"), "accepted");
  EXPECT_EQ(program("read B 18446744073709551104 512\n"),
            "5:29: expected a length that ends below 2^64");
  EXPECT_EQ(world("fault *.read range 16777215T 1T EIO\n"),
            "2:30: expected a length that ends below 2^64");
}

// Method: a byte of too few and too many digits, in another base, and in capitals.
TEST(ScenarioTextRules, AByteIsTwoHexadecimalDigits) {
  EXPECT_EQ(program("write A 0 4K = 0xAf\n"), "accepted");
  for (const char* const byte : {"0x5", "0x5dd", "5d", "0X5d", "0xg0", "0x-1", "93"})
    EXPECT_EQ(program("write A 0 4K = " + std::string(byte) + "\n"),
              "5:16: expected a byte, such as 0x5d");
  EXPECT_EQ(program("write A 0 4K =\n"), "5:15: expected a byte, such as 0x5d");
}

// Method: times in every unit, without one, and past what a clock can hold.
TEST(ScenarioTextRules, ATimeIsANumberAndAUnit) {
  EXPECT_EQ(program("sleep 0ns\nsleep 7us\nsleep 10ms\nsleep 9223372036s\n"), "accepted");
  for (const char* const time : {"10", "1m", "1.5s", "-1s", "9223372037s", "9223372036854775807ns",
                                 "18446744073709551616ns", "s", "1S"})
    EXPECT_EQ(program("sleep " + std::string(time) + "\n"),
              "5:7: expected a time of at most 292 years, such as 250us, 10ms or 2s");
}

// Method: every error of the language, and some that it does not know.
TEST(ScenarioTextRules, ErrorsAreErrnoNames) {
  for (const char* const error : {"EIO", "ENOSPC", "ENOMEM", "EAGAIN", "ENODEV", "EEXIST", "ENOENT",
                                  "EBUSY", "EFBIG", "EINVAL", "EOPNOTSUPP", "ETIMEDOUT", "EROFS"})
    EXPECT_EQ(program("flush A ! " + std::string(error) + "\n"), "accepted");
  for (const char* const error : {"EPERM", "eio", "OK", "5"})
    EXPECT_EQ(program("flush A ! " + std::string(error) + "\n"),
              "5:11: expected an error: EIO ENOSPC ENOMEM EAGAIN ENODEV EEXIST ENOENT EBUSY EFBIG "
              "EINVAL EOPNOTSUPP ETIMEDOUT EROFS");
}

// Method: the form in which a person sees a refusal.
TEST(ScenarioTextRules, ARefusalNamesFileLineAndColumn) {
  EXPECT_EQ(format_error("dir/a.cowbell", {7, 12, "a byte"}),
            "dir/a.cowbell:7:12: expected a byte");
}

}  // namespace
}  // namespace cowbell::model::testing
