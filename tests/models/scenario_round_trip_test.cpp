// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "models/scenario_text.hpp"
#include "tests/models/scenario_values.hpp"

namespace cowbell::model::testing {
namespace {

// RapidCheck grows numbers with the size of the case; a seed has its full range from the start.
rc::Gen<std::uint64_t> seeds() {
  return rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
}

rc::Gen<Scenario> scenarios() {
  return rc::gen::noShrink(rc::gen::map(seeds(), make_scenario));
}

std::size_t line_length(std::string_view text, std::uint32_t line) {
  for (; line > 1; --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return std::min(text.find('\n'), text.size());
}

void check_answer(const std::string& text) {
  const auto parsed = parse_scenario(text);
  if (parsed) {
    const std::string printed = to_string(*parsed);
    const auto again = parse_scenario(printed);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *parsed);
    RC_ASSERT(to_string(*again) == printed);
    RC_TAG("accepted");
  } else {
    const ParseError& error = parsed.error();
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    RC_ASSERT(error.line >= 1);
    RC_ASSERT(static_cast<std::ptrdiff_t>(error.line) <= lines);
    RC_ASSERT(error.column >= 1);
    RC_ASSERT(error.column <= line_length(text, error.line) + 1);
    RC_ASSERT(!error.expected.empty());
    RC_TAG("refused");
  }
}

// Method: random values of the whole language, made without the parser.
RC_GTEST_PROP(ScenarioRoundTrip, ParsingWhatWasPrintedGivesTheSameValue, ()) {
  const Scenario scenario = *scenarios();
  const auto parsed = parse_scenario(to_string(scenario));
  if (!parsed) RC_FAIL(format_error("printed", parsed.error()));
  RC_ASSERT(*parsed == scenario);
}

// Method: the negative test of the one above: a printer that loses any one word is noticed.
RC_GTEST_PROP(ScenarioRoundTrip, EveryWordOfAPrintedTextMatters, ()) {
  const Scenario scenario = *scenarios();
  const std::string text = without_word(to_string(scenario), *seeds());
  const auto parsed = parse_scenario(text);
  RC_ASSERT(!parsed || *parsed != scenario);
}

// Method: printed texts with words, bytes and lines replaced, dropped, doubled or moved.
RC_GTEST_PROP(ScenarioRoundTrip, SpoiledTextIsRefusedInPlaceOrRoundTrips, ()) {
  const Scenario scenario = *scenarios();
  check_answer(spoil(to_string(scenario), *seeds()));
}

// Method: bytes of any value, with and without a good first line.
RC_GTEST_PROP(ScenarioRoundTrip, AnyBytesAreRefusedInPlaceOrRoundTrip, ()) {
  const auto bytes = *rc::gen::noShrink(rc::gen::arbitrary<std::string>());
  check_answer(bytes);
  check_answer("cowbell-scenario 1\n" + bytes);
}

// Method: snapshots put in another order, with one that nothing mentions, and trailing zeroes.
RC_GTEST_PROP(ScenarioRoundTrip, NormalizingGivesTheFormThatParsingGives, ()) {
  const Scenario scenario = *scenarios();
  Scenario shuffled = scenario;
  const auto last = static_cast<SnapshotIndex>(scenario.snapshots.size());
  shuffled.snapshots.push_back("nobody_mentions_this_one");
  std::reverse(shuffled.snapshots.begin(), shuffled.snapshots.end());
  for (Statement& statement : shuffled.program) {
    if (statement.device.snapshot) statement.device.snapshot = last - *statement.device.snapshot;
    if (statement.kind == StatementKind::take || statement.kind == StatementKind::release ||
        statement.of_snapshot)
      statement.snapshot = last - statement.snapshot;
    if (statement.kind == StatementKind::expect_changed) {
      statement.changed_from = last - statement.changed_from;
      statement.changed_to = last - statement.changed_to;
    }
  }
  shuffled.schedule.recorded.of(Concern::schedule).resize(1000);
  normalize(shuffled);
  RC_ASSERT(shuffled == scenario);
}

}  // namespace
}  // namespace cowbell::model::testing
