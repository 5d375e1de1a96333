// SPDX-License-Identifier: Apache-2.0
// Scenarios played in the world of real devices, in a line.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "models/runner.hpp"
#include "models/scenario_text.hpp"
#include "models/world.hpp"
#include "tests/uring/need_io_uring.hpp"

namespace cowbell::replay {

inline constexpr ByteCount kMegabyte{1024 * 1024};

inline model::Scenario parsed(const std::string& text) {
  auto scenario = model::parse_scenario("cowbell-scenario 1\n" + text);
  EXPECT_TRUE(scenario.has_value()) << scenario.error().expected;
  return scenario ? *scenario : model::Scenario{};
}

/// "held", the breach, or "refused: …".
inline std::string played(const model::Scenario& scenario, model::World& world) {
  test::need_io_uring();
  model::Runner runner;
  const auto result = runner.run(scenario, world);
  if (!result)
    return "refused: line " + std::to_string(result.error().line.number) + ": " +
           result.error().why;
  return result->verdict.held() ? "held" : result->verdict.breach->what;
}

inline std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace cowbell::replay
