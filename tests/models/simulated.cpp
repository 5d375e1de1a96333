// SPDX-License-Identifier: Apache-2.0
#include "tests/models/simulated.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "models/scenario_text.hpp"
#include "sim/world.hpp"

namespace cowbell::model::testing {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

/// A world that is stuck can never be destroyed; it stays where a leak checker sees it.
void abandon(std::unique_ptr<sim::World> world, std::unique_ptr<Runner> runner) {
  using Abandoned = std::vector<std::pair<std::unique_ptr<sim::World>, std::unique_ptr<Runner>>>;
  static Abandoned& abandoned = *new Abandoned;
  abandoned.emplace_back(std::move(world), std::move(runner));
}

}  // namespace

RunResult simulate(std::string_view text, const RunOptions& options) {
  const auto scenario = parse_scenario("cowbell-scenario 1\n" + std::string(text));
  if (!scenario) give_up(format_error("the scenario of this test", scenario.error()));
  auto world = std::make_unique<sim::World>();
  auto runner = std::make_unique<Runner>();
  auto result = runner->run(*scenario, *world, options);
  if (!result) give_up(result.error().why);
  if (result->stuck) abandon(std::move(world), std::move(runner));
  return *std::move(result);
}

std::string outcome(std::string_view text, const SubjectMaker& subject) {
  const RunResult result = simulate(text, {.subject = subject, .record_history = true});
  if (result.verdict.held()) return "held";
  const Breach& breach = *result.verdict.breach;
  std::printf("%s\n%s", breach.what.c_str(), breach.history.c_str());
  return breach.rule ? std::string(rule_name(*breach.rule)) : "expectation";
}

}  // namespace cowbell::model::testing
