// SPDX-License-Identifier: Apache-2.0
// A scenario fixes its event log (S13).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "models/scenario_text.hpp"
#include "properties/property.hpp"

namespace cowbell::properties {
namespace {

// Method: twice in one world, which carries over what the first run left behind.
RC_GTEST_PROP(Scenario, GivesTheSameEventLogEveryTime, ()) {
  demand_holds(any_seed(), {}, {.twice = true});
}

// Method: two processes, one with the seed and one with the decisions that it made.
RC_GTEST_PROP(Scenario, GivesTheSameEventLogFromItsRecordedDecisions, ()) {
  model::Scenario scenario = generate(any_seed());
  const Outcome seeded = judge(scenario);
  scenario.schedule = {
      .kind = model::SchedulerKind::recorded, .recorded = seeded.decisions, .line = {}};
  const Outcome recorded = judge(scenario);
  RC_ASSERT(seeded.event_hash == recorded.event_hash);
}

// Method: the text is parsed and the copy is run.
RC_GTEST_PROP(Scenario, RunsTheSameAfterPrintingAndParsing, ()) {
  const model::Scenario scenario = generate(any_seed());
  const auto parsed = model::parse_scenario(to_string(scenario));
  RC_ASSERT(parsed.has_value());
  const Outcome first = judge(scenario);
  const Outcome second = judge(*parsed);
  RC_ASSERT(first.event_hash == second.event_hash);
}

}  // namespace
}  // namespace cowbell::properties
