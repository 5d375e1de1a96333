// SPDX-License-Identifier: Apache-2.0
// One scenario, run in a child that may deadlock, break an invariant or crash.
#pragma once

#include <chrono>

#include "models/scenario.hpp"
#include "models/subject.hpp"
#include "properties/child_process.hpp"
#include "properties/outcome.hpp"
#include "properties/recording.hpp"
#include "properties/run_report.hpp"

namespace cowbell::properties {

struct JudgeOptions {
  /// Runs the scenario twice in one world; different event hashes break S13.
  bool twice = false;
  /// A child that takes longer has hung.
  std::chrono::milliseconds time_maximum{10'000};
  /// Makes what is under test; empty for the engine.
  model::SubjectMaker subject = {};
  /// Keeps the events of the run, of the first of two; borrowed, null for none.
  Recording* recording = nullptr;
};

/// Runs scenarios, a child for each. What it answers has the decisions of the run.
class ForkedJudge {
 public:
  explicit ForkedJudge(const JudgeOptions& options = {}) : options_(options) {}
  Outcome operator()(const model::Scenario& scenario) {
    return (*this)(scenario, options_.time_maximum);
  }
  /// A child that takes longer than `time_maximum` has hung.
  Outcome operator()(const model::Scenario& scenario, std::chrono::milliseconds time_maximum);

 private:
  JudgeOptions options_;
  RunReport report_;
};

/// For one scenario.
Outcome judge(const model::Scenario& scenario, const JudgeOptions& options = {});

/// What the end of a child says about the run that it was in: what the report holds if the run was
/// reported, or else a breach made from how it ended and what it wrote.
Outcome outcome_of(const ChildProcess& child, const RunReport& report, bool hung);

}  // namespace cowbell::properties
