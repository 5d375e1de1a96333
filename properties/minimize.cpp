// SPDX-License-Identifier: Apache-2.0
#include "properties/minimize.hpp"

#include <fmt/format.h>

#include "models/scenario_text.hpp"
#include "properties/judge.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

constexpr double kSecondsMaximum = 10;

}  // namespace

Shrunk minimize(const model::Scenario& scenario, const Outcome& outcome,
                const model::SubjectMaker& subject) {
  const Stopwatch stopwatch;
  ForkedJudge forked({.twice = outcome.breach->rule == Rule::S13, .subject = subject});
  const Judge judge = [&](const model::Scenario& candidate) { return forked(candidate); };
  const Outcome again = judge(scenario);
  if (again.held()) return {.scenario = scenario, .outcome = outcome, .runs = 1, .repeated = false};
  return shrink(scenario, again, judge,
                {.out_of_time = [&] { return stopwatch.seconds() > kSecondsMaximum; }});
}

std::string failure_name(const Outcome& outcome) {
  if (outcome.breach->rule) return std::string(rule_name(*outcome.breach->rule));
  return outcome.ending == Ending::returned ? "expectation" : "crash";
}

std::string describe(const Shrunk& minimal) {
  const model::Breach& breach = *minimal.outcome.breach;
  std::string text = fmt::format("{}: {}\n", failure_name(minimal.outcome), breach.what);
  if (!breach.history.empty()) text += fmt::format("\n{}\n", breach.history);
  const std::size_t statements = minimal.scenario.program.size();
  if (minimal.runs == 0)
    text += fmt::format("\nThe scenario as it was found ({} statements):\n\n", statements);
  else
    text += fmt::format("\nThe smallest scenario found ({} statements, {} runs){}:\n\n", statements,
                        minimal.runs,
                        minimal.repeated ? "" : ", which did not fail again from its decisions");
  return text + to_string(minimal.scenario);
}

}  // namespace cowbell::properties
