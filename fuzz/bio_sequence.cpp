// SPDX-License-Identifier: Apache-2.0
// Bytes are decisions: one input is one scenario, run in the simulator and judged by the golden
// copy. Nothing may break, whatever the bytes.
#include "fuzz/target.hpp"
#include "models/scenario_text.hpp"
#include "properties/generate.hpp"
#include "properties/simulate.hpp"

using namespace cowbell;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Never destroyed: after a breach its fibers may be stuck.
  static auto& simulator = *new properties::Simulator;
  const model::Scenario scenario = properties::from_bytes({data, size});
  const properties::Outcome outcome = simulator.run(scenario);
  if (!outcome.held()) fuzz::stop(outcome.breach->what + "\n\n" + model::to_string(scenario));
  return 0;
}
