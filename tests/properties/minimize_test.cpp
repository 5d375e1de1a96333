// SPDX-License-Identifier: Apache-2.0
#include "properties/minimize.hpp"

#include <gtest/gtest.h>

#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"
#include "properties/judge.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

// An engine that never comes back from the second take of a run.
class SecondTakeNeverEnds final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    for (volatile bool forever = take == 1; forever;) {
    }
    return EngineSubject::take(take, name, origins, storage, limit);
  }
};

model::SubjectMaker maker() {
  return [](const Environment& environment, const Params& params) {
    return std::make_unique<SecondTakeNeverEnds>(environment, params);
  };
}

// Method: a failure that takes all the time that a run is given, among statements that do not
// matter. The time is kept, allowing two seconds for a machine that is busy, and what is left
// fails again from its decisions.
TEST(Minimize, KeepsItsTimeWhereRunsHang) {
  const model::Scenario scenario = *model::parse_scenario(
      "cowbell-scenario 1\norigin A 64K\nstorage file 1M\n"
      "write A 0 4K\ntake s\nwrite A 0 4K\nread A@s 0 4K\nwrite A 4K 4K\nread A@s 4K 4K\n"
      "read A 0 4K\nread A 8K 4K\nflush A\nwrite A 8K 4K\nread A@s 8K 4K\ntake t\nread A 0 4K\n");
  Outcome hung;
  hung.ending = Ending::hung;
  hung.breach = {.rule = Rule::S8, .what = "hung", .history = {}, .line = {}};
  const Stopwatch stopwatch;
  const Shrunk shrunk = minimize(scenario, hung, maker());
  EXPECT_LT(stopwatch.seconds(), 12);
  EXPECT_EQ(shrunk.outcome.ending, Ending::hung);
  EXPECT_TRUE(shrunk.repeated);
  EXPECT_EQ(shrunk.scenario.schedule.kind, model::SchedulerKind::recorded);
  EXPECT_LE(shrunk.scenario.program.size(), scenario.program.size() / 2);
}

// Method: an expectation of an image that a read of the origin, of the same statement without the
// snapshot, or of what nobody has written, would not meet either.
TEST(Minimize, KeepsWhereAnExpectationIsNotMetAndWhatWasThere) {
  const model::Scenario scenario = *model::parse_scenario(
      "cowbell-scenario 1\norigin A 64K\nstorage file 1M\n"
      "write A 0 4K = 0xaa\ntake s\nwrite A 0 4K = 0xbb\nread A@s 0 4K = 0xab\n");
  const Shrunk shrunk = minimize(scenario, judge(scenario));
  EXPECT_EQ(shrunk.outcome.breach->found, "0xaa");
  EXPECT_TRUE(shrunk.scenario.program.back().device.is_image()) << to_string(shrunk.scenario);
  EXPECT_EQ(shrunk.scenario.program.size(), 3u) << to_string(shrunk.scenario);
}

}  // namespace
}  // namespace cowbell::properties
