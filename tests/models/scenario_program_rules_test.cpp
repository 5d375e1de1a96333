// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/models/scenario_refusals.hpp"

namespace cowbell::model::testing {
namespace {

const std::string kDemand = "`! ERR`, `?` or the end of the line";
const std::string kWriteOptions =
    "expected `= BYTE`, `fua`, `preflush`, `nowait`, `segments N`, in this order, " + kDemand;
const std::string kNotTaken = "expected a snapshot that a line above takes";
const std::string kNotTakenOfThis = "expected a snapshot that a line above takes of this origin";

// Method: clients of every form.
TEST(ScenarioProgramRules, AClientIsANumberAndAColon) {
  EXPECT_EQ(program("0: flush A\n1023: flush A\n007: flush A\n"), "accepted");
  EXPECT_EQ(program("1024: flush A\n"), "5:1: expected a number from 0 to 1023");
  EXPECT_EQ(program("3 flush A\n"),
            "5:1: expected a statement, or a client such as `3:` in front of it");
  EXPECT_EQ(program("3:\n"), "5:3: expected a statement");
  EXPECT_EQ(program("3:flush A\n"),
            "5:1: expected a statement, or a client such as `3:` in front of it");
  EXPECT_EQ(program("x: flush A\n"), "5:1: expected a statement");
  EXPECT_EQ(program("-1: flush A\n"), "5:1: expected a statement");
}

// Method: words that are no statement.
TEST(ScenarioProgramRules, AStatementIsKnown) {
  EXPECT_EQ(program("sync A\n"), "5:1: expected a statement");
  EXPECT_EQ(program("WRITE A 0 4K\n"), "5:1: expected a statement");
  EXPECT_EQ(program("heal A\n"), "5:6: expected the end of the line");
  EXPECT_EQ(program("power_cut 1\n"), "5:11: expected the end of the line");
  EXPECT_EQ(program("wait ?\n"), "5:6: expected the end of the line");
}

// Method: `barrier` with a client.
TEST(ScenarioProgramRules, ABarrierBelongsToNoClient) {
  EXPECT_EQ(program("barrier\n"), "accepted");
  EXPECT_EQ(program("  0: barrier\n"),
            "5:3: expected `barrier` without a client: it is for all of them");
}

// Method: `background` before everything that may follow it, before what may not, and misplaced.
TEST(ScenarioProgramRules, OnlyRequestsTakeAndReleaseGoInTheBackground) {
  EXPECT_EQ(program("2: background write A 0 4K\nbackground flush A\nbackground take t\n"
                    "background release t\n"),
            "accepted");
  for (const char* const statement : {"barrier", "wait", "sleep 1s", "heal", "power_cut",
                                      "resize A 0", "dirty A 0 4K", "expect event overflow"})
    EXPECT_EQ(program("background " + std::string(statement) + "\n"),
              "5:12: expected a request, `take` or `release` after `background`");
  EXPECT_EQ(program("background 2: flush A\n"), "5:12: expected a statement");
  EXPECT_EQ(program("background background flush A\n"), "5:12: expected a statement");
}

// Method: requests that carry nothing, for each kind.
TEST(ScenarioProgramRules, ALengthIsAboveZero) {
  EXPECT_EQ(program("write A 0 0 ! EINVAL\n"), "5:11: expected a length above 0");
  EXPECT_EQ(program("read A 0 0\n"), "5:10: expected a length above 0");
  EXPECT_EQ(program("discard A 0 0\n"), "5:13: expected a length above 0");
  EXPECT_EQ(program("dirty A 0 0\n"), "5:11: expected a length above 0");
}

// Method: offsets and lengths that are whole sectors and not whole blocks.
TEST(ScenarioProgramRules, AMisalignedRequestSaysThatItIsRefused) {
  EXPECT_EQ(program("read A 512 4K ! EINVAL\nread A@s 4K 512 ! EINVAL\nread B 512 512\n"),
            "accepted");
  EXPECT_EQ(program("read A 512 4K\n"), "5:8: expected a multiple of 4096 bytes");
  EXPECT_EQ(program("write A 4K 512 ?\n"), "5:12: expected a multiple of 4096 bytes");
  EXPECT_EQ(program("zero A@s 512 4K ! EIO\n"), "5:10: expected a multiple of 4096 bytes");
  EXPECT_EQ(program("dirty A 512 4K\n"), "5:9: expected a multiple of 4096 bytes");
  EXPECT_EQ(program("resize A 512\n"), "5:10: expected a multiple of 4096 bytes");
}

// Method: a request past the end: the engine answers it.
TEST(ScenarioProgramRules, ARequestPastTheEndIsForTheEngine) {
  EXPECT_EQ(program("read A 1M 4K ! EINVAL\nread A 1T 4K\n"), "accepted");
}

// Method: segments outside what a request can have, and where there is no memory.
TEST(ScenarioProgramRules, SegmentsAreOneToTheNumberOfSectors) {
  EXPECT_EQ(program("write A 0 4K segments 8\nread A 0 4K segments 1\n"), "accepted");
  EXPECT_EQ(program("write A 0 4K segments 0\n"), "5:23: expected a number from 1 to 8");
  EXPECT_EQ(program("read A@s 0 4K segments 9\n"), "5:24: expected a number from 1 to 8");
  EXPECT_EQ(program("read B 0 4T segments 4294967296\n"),
            "5:22: expected a number from 1 to 4294967295");
  EXPECT_EQ(program("zero A 0 4K segments 1\n"),
            "5:13: expected `fua`, `preflush`, `nowait`, in this order, " + kDemand);
}

// Method: options that are out of order, doubled, or belong to another request.
TEST(ScenarioProgramRules, OptionsHaveAnOrderAndComeOnce) {
  EXPECT_EQ(program("write A 0 4K = 0x00 fua preflush nowait segments 2 ! EIO\n"
                    "read A 0 4K = 0x00 nowait segments 2 ?\n"
                    "zero A 0 4K fua preflush nowait ?\ndiscard A 0 4K fua preflush nowait\n"),
            "accepted");
  EXPECT_EQ(program("write A 0 4K fua = 0x00\n"), "5:18: " + kWriteOptions);
  EXPECT_EQ(program("write A 0 4K preflush fua\n"), "5:23: " + kWriteOptions);
  EXPECT_EQ(program("write A 0 4K fua fua\n"), "5:18: " + kWriteOptions);
  EXPECT_EQ(program("write A 0 4K segments 1 nowait\n"), "5:25: " + kWriteOptions);
  EXPECT_EQ(program("read A 0 4K fua\n"),
            "5:13: expected `= BYTE`, `nowait`, `segments N`, in this order, " + kDemand);
  EXPECT_EQ(program("discard A 0 4K = 0x00\n"),
            "5:16: expected `fua`, `preflush`, `nowait`, in this order, " + kDemand);
  EXPECT_EQ(program("flush A nowait\n"), "5:9: expected " + kDemand);
}

// Method: both ways to end, each twice, and where a statement cannot fail.
TEST(ScenarioProgramRules, AnErrorAndAQuestionMarkExcludeEachOther) {
  EXPECT_EQ(program("flush A ! EIO ?\n"), "5:15: expected the end of the line");
  EXPECT_EQ(program("flush A ? ! EIO\n"), "5:11: expected the end of the line");
  EXPECT_EQ(program("flush A ? ?\n"), "5:11: expected the end of the line");
  EXPECT_EQ(program("flush A !EIO\n"), "5:9: expected " + kDemand);
  EXPECT_EQ(program("release s ! EIO nowait\n"), "5:17: expected the end of the line");
  EXPECT_EQ(program("expect intact A@s ?\n"), "5:19: expected the end of the line");
}

// Method: images and names that no line above takes, then ones that a line does.
TEST(ScenarioProgramRules, ASnapshotIsTakenAboveUnlessTheLineSaysEnoent) {
  EXPECT_EQ(program("read A@s 0 4K\nrelease s\nread A@s 0 4K ! ENODEV\n"), "accepted");
  EXPECT_EQ(program("read A@t 0 4K ! ENOENT\nread B@s 0 4K ! ENOENT\nrelease t ! ENOENT\n"),
            "accepted");
  EXPECT_EQ(program("read A@t 0 4K\ntake t\n"), "5:8: " + kNotTakenOfThis);
  EXPECT_EQ(program("read A@t 0 4K ! EIO\n"), "5:8: " + kNotTakenOfThis);
  EXPECT_EQ(program("read A@t 0 4K ?\n"), "5:8: " + kNotTakenOfThis);
  EXPECT_EQ(program("release t\n"), "5:9: " + kNotTaken);
  EXPECT_EQ(program("expect storage of t filled 0\n"), "5:19: " + kNotTaken);
  EXPECT_EQ(program("expect intact A@t ! ENOENT\n"), "5:19: expected the end of the line");
}

// Method: an origin that is not in the take, is in a later one of that name, or in every one.
TEST(ScenarioProgramRules, AnImageIsOfAnOriginInItsTake) {
  EXPECT_EQ(program("read B@s 0 4K\n"), "5:8: " + kNotTakenOfThis);
  EXPECT_EQ(program("release s\ntake s of B\nread B@s 0 4K\nread A@s 0 4K ! ENOENT\n"), "accepted");
  EXPECT_EQ(program("take t\nread A@t 0 4K\nread B@t 0 4K\n"), "accepted");
}

// Method: takes that must fail, which take nothing, and one that may.
TEST(ScenarioProgramRules, ATakeThatMustFailTakesNothing) {
  EXPECT_EQ(program("take t ! ENOMEM\nread A@t 0 4K\n"), "6:8: " + kNotTakenOfThis);
  EXPECT_EQ(program("take t ! ENOMEM\nrelease t\n"), "6:9: " + kNotTaken);
  EXPECT_EQ(program("take t ?\nread A@t 0 4K ?\nrelease t ?\n"), "accepted");
}

// Method: devices that do not exist, and images where only an origin has a meaning.
TEST(ScenarioProgramRules, ADeviceIsAnOriginOrAnImage) {
  EXPECT_EQ(program("flush C\n"), "5:7: expected the name of an origin");
  EXPECT_EQ(program("flush C@s\n"), "5:7: expected the name of an origin");
  EXPECT_EQ(program("flush @s\n"), "5:7: expected the name of an origin");
  EXPECT_EQ(program("flush A@\n"), "5:9: expected the name of a snapshot");
  EXPECT_EQ(program("flush storage\n"), "5:7: expected the name of an origin");
  EXPECT_EQ(program("resize A@s 4K\n"), "5:8: expected an origin, not an image");
  EXPECT_EQ(program("expect changed A@s from s to s: none\n"),
            "5:16: expected an origin, not an image");
  EXPECT_EQ(program("expect corrupted A EIO\n"), "5:18: expected an image, such as A@s1");
  EXPECT_EQ(program("expect intact A\n"), "5:15: expected an image, such as A@s1");
}

// Method: takes of no origin, of unknown ones, of images, and of one twice.
TEST(ScenarioProgramRules, ATakeNamesOriginsOnce) {
  EXPECT_EQ(program("take of of A B\ntake t of B ! EBUSY\ntake u ?\n"), "accepted");
  EXPECT_EQ(program("take t of\n"), "5:10: expected the name of an origin");
  EXPECT_EQ(program("take t of ! EIO\n"), "5:11: expected the name of an origin");
  EXPECT_EQ(program("take t of A, B\n"), "5:11: expected the name of an origin");
  EXPECT_EQ(program("take t of A@s\n"), "5:11: expected the name of an origin");
  EXPECT_EQ(program("take t of A B A\n"), "5:15: expected each origin once");
  EXPECT_EQ(program("take t A\n"), "5:8: expected `of ORIGIN…`, " + kDemand);
}

// Method: expectations that are not finished, or finished wrongly.
TEST(ScenarioProgramRules, AnExpectationIsKnown) {
  EXPECT_EQ(program("expect corrupted A@s EIO\nexpect event low_space\nexpect event overflow\n"
                    "expect event corrupted\nexpect storage capacity 4K\nexpect memory 12345\n"
                    "7: expect storage of s filled 0\n"),
            "accepted");
  EXPECT_EQ(program("expect\n"),
            "5:7: expected `corrupted`, `intact`, `event`, `changed`, `storage` or `memory`");
  EXPECT_EQ(program("expect event full\n"),
            "5:14: expected `low_space`, `overflow` or `corrupted`");
  EXPECT_EQ(program("expect storage 4K\n"), "5:16: expected `of NAME`, `filled N` or `capacity N`");
  EXPECT_EQ(program("expect storage of s 4K\n"), "5:21: expected `filled N` or `capacity N`");
  EXPECT_EQ(program("expect memory\n"), "5:14: expected bytes below 2^64, such as 4096 or 64K");
}

// Method: change maps of every form, then ranges that are not whole blocks, not ascending, not
// joined, or cut off elsewhere than at the end of the device (B ends at 100K).
TEST(ScenarioProgramRules, ChangedRangesAreWholeTrackingBlocks) {
  const std::string b = "take t\ntake u\nexpect changed B from t to u: ";
  EXPECT_EQ(program(b + "none\n"), "accepted");
  EXPECT_EQ(program(b + "unknown\n"), "accepted");
  EXPECT_EQ(program(b + "0 64K, 128K 128K\n"), "accepted");
  EXPECT_EQ(program(b + "64K 36K\n"), "accepted");
  EXPECT_EQ(program(b + "64K 35K\n"), "7:35: expected a multiple of 65536 bytes");
  EXPECT_EQ(program(b + "64K 36K, 128K 64K\n"), "7:35: expected a multiple of 65536 bytes");
  EXPECT_EQ(program("resize B 99K\n" + b + "64K 35K\n"), "accepted");
  EXPECT_EQ(program(b + "4K 64K\n"), "7:31: expected a multiple of 65536 bytes");
  EXPECT_EQ(program(b + "0 64K, 64K 64K\n"),
            "7:38: expected ascending ranges, with neighbours joined");
  EXPECT_EQ(program(b + "128K 64K, 0 64K\n"),
            "7:41: expected ascending ranges, with neighbours joined");
  EXPECT_EQ(program(b + "0 64K 128K 64K\n"),
            "7:37: expected `,` at the end of the word before, or the end of the line");
  EXPECT_EQ(program(b + "0 64K,\n"), "7:37: expected `OFFSET LENGTH, …`, `none` or `unknown`");
  EXPECT_EQ(program(b + "\n"), "7:30: expected `OFFSET LENGTH, …`, `none` or `unknown`");
  EXPECT_EQ(program(b + "none 0 64K\n"), "7:36: expected the end of the line");
}

// Method: the two snapshots of a change map: unknown, without this origin, or without the words.
TEST(ScenarioProgramRules, AChangeMapLiesBetweenTwoSnapshotsOfTheOrigin) {
  EXPECT_EQ(program("expect changed A from s to s: none\n"), "accepted");
  EXPECT_EQ(program("expect changed A from t to s: none\n"), "5:23: " + kNotTaken);
  EXPECT_EQ(program("take t\nexpect changed B from s to t: none\n"), "6:23: " + kNotTakenOfThis);
  EXPECT_EQ(program("expect changed A from s to s none\n"),
            "5:28: expected the name of a snapshot and `:`");
  EXPECT_EQ(program("expect changed A from s to :\n"), "5:28: expected the name of a snapshot");
  EXPECT_EQ(program("expect changed A s to s: none\n"), "5:18: expected `from`");
}

}  // namespace
}  // namespace cowbell::model::testing
