// SPDX-License-Identifier: Apache-2.0
#include "properties/judge.hpp"

#include "properties/crash_report.hpp"
#include "properties/repeat.hpp"
#include "properties/simulate.hpp"

namespace cowbell::properties {
namespace {

constexpr std::string_view kInvariantLine = "cowbell: invariant ";

// The line that `invariant_broken` wrote, without its end; empty if there is none.
std::string_view invariant_line(std::string_view text) {
  const std::size_t begin = text.find(kInvariantLine);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::optional<Rule> rule_of(std::string_view invariant_line) {
  if (invariant_line.empty()) return std::nullopt;
  const std::string_view rest = invariant_line.substr(kInvariantLine.size());
  return rule_from_name(rest.substr(0, rest.find(' ')));
}

struct LastWords {
  const Simulator* simulator;
  RunReport* report;

  static void speak(void* context) noexcept {
    const auto* const self = static_cast<const LastWords*>(context);
    self->report->write_decisions(self->simulator->recorded());
  }
};

}  // namespace

Outcome outcome_of(const ChildProcess& child, const RunReport& report, bool hung) {
  Outcome outcome = report.read();
  if (report.written()) return outcome;
  const std::string text = child.error_text();
  const std::string_view line = invariant_line(text);
  const std::optional<Rule> rule = rule_of(line);
  model::Breach& breach = outcome.breach.emplace();
  breach.rule = rule;
  if (hung) {
    outcome.ending = Ending::hung;
    breach.rule = Rule::S8;
    breach.what = "the run did not come to an end";
  } else if (rule) {
    outcome.ending = Ending::aborted;
    breach.what = line;
  } else {
    outcome.ending = Ending::crashed;
    breach.what = "the process of the run ended by " + child.describe_end();
    breach.history = text;
  }
  return outcome;
}

Outcome ForkedJudge::operator()(const model::Scenario& scenario,
                                std::chrono::milliseconds time_maximum) {
  report_.clear();
  ChildProcess child([&] {
    // Never destroyed: after a breach its fibers may be stuck.
    auto* const simulator = new Simulator(Simulator::Detail::all, options_.subject);
    LastWords last_words{simulator, &report_};
    speak_before_end(LastWords::speak, &last_words);
    simulator->keep_events(options_.recording);
    Outcome outcome = simulator->run(scenario);
    simulator->keep_events(nullptr);
    if (options_.twice && outcome.held()) demand_repeats(*simulator, scenario, outcome);
    outcome.decisions = simulator->recorded();
    report_.write(outcome);
  });
  const bool hung = !child.wait(time_maximum);
  if (hung) child.stop();
  return outcome_of(child, report_, hung);
}

Outcome judge(const model::Scenario& scenario, const JudgeOptions& options) {
  return ForkedJudge(options)(scenario);
}

}  // namespace cowbell::properties
