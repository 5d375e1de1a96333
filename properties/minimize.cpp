// SPDX-License-Identifier: Apache-2.0
#include "properties/minimize.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/scenario_text.hpp"
#include "properties/judge.hpp"
#include "properties/plural.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShrinking{8'000};
constexpr milliseconds kRecording{2'000};  // after that

/// Far longer than a run takes that ends.
milliseconds time_maximum(const model::Scenario& scenario) {
  constexpr milliseconds kAtLeast{1'000};
  constexpr milliseconds kStatement{10};
  return kAtLeast + kStatement * scenario.program.size();
}

}  // namespace

Shrunk minimize(const model::Scenario& scenario, const Outcome& outcome,
                const model::SubjectMaker& subject, const std::function<bool()>& stopped) {
  const Stopwatch stopwatch;
  ForkedJudge forked({.twice = outcome.breach->rule == Rule::S13, .subject = subject});
  const auto elapsed = [&] { return duration_cast<milliseconds>(stopwatch.elapsed()); };
  const bool hung = outcome.ending == Ending::hung;
  const Outcome again = forked(scenario, hung ? time_maximum(scenario) : kShrinking);
  if (again.held() || (again.ending == Ending::hung && !hung))
    return {.scenario = scenario, .outcome = outcome, .runs = 1, .repeated = false};
  const milliseconds slack = hung ? milliseconds{0} : 2 * elapsed();
  const auto judge_until = [&](milliseconds end) -> Judge {
    return [&, end](const model::Scenario& candidate) {
      const milliseconds whole = time_maximum(candidate) + slack;
      const milliseconds left = std::max(end - elapsed(), milliseconds{0});
      Outcome candidate_outcome = forked(candidate, std::min(whole, left));
      const bool cut_short = candidate_outcome.ending == Ending::hung && left < whole;
      return cut_short ? Outcome{} : candidate_outcome;
    };
  };
  return shrink(scenario, again, judge_until(kShrinking),
                {.out_of_time = [&] { return elapsed() > kShrinking || stopped(); },
                 .record = judge_until(kShrinking + kRecording)});
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
    text += fmt::format("\nThe scenario as it was found ({} statement{}):\n\n", statements,
                        plural(statements));
  else
    text += fmt::format("\nThe smallest scenario found ({} statement{}, {} run{}){}:\n\n",
                        statements, plural(statements), minimal.runs, plural(minimal.runs),
                        minimal.repeated ? "" : ", which did not fail again from its decisions");
  return text + to_string(minimal.scenario);
}

}  // namespace cowbell::properties
