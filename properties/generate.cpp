// SPDX-License-Identifier: Apache-2.0
#include "properties/generate.hpp"

#include "properties/draw.hpp"
#include "properties/generate_program.hpp"
#include "properties/generate_world.hpp"

namespace cowbell::properties {
namespace {

using model::Concern;

// Concerns take turns in the bytes of a fuzzer's schedule.
constexpr std::array kTurns{Concern::schedule, Concern::effect_order, Concern::schedule,
                            Concern::latency, Concern::power};
// Bounds of choices are small and a choice past its bound is 0, so bytes are folded.
constexpr std::uint32_t kChoicesOfByte = 8;

}  // namespace

model::Scenario generate(sim::Decisions& decisions, const Shape& shape) {
  Draw draw(decisions);
  model::Scenario scenario;
  generate_origins(draw, shape, scenario);
  generate_limits(draw, shape, scenario);
  generate_storage(draw, shape, scenario);
  generate_latencies(draw, shape, scenario);
  generate_faults(draw, shape, scenario);
  generate_schedule(draw, shape, scenario);
  generate_program(draw, shape, scenario);
  return scenario;
}

model::Scenario generate(std::uint64_t seed, const Shape& shape) {
  sim::Decisions decisions;
  decisions.seed(seed);
  return generate(decisions, shape);
}

model::Scenario from_bytes(std::span<const std::uint8_t> bytes) {
  sim::Decisions decisions;
  decisions.bytes(bytes);
  model::Scenario scenario = generate(decisions);
  scenario.schedule = {.kind = model::SchedulerKind::recorded, .recorded = {}, .line = {}};
  const std::size_t turns = bytes.size() / 2;
  for (std::size_t i = 0; i < turns; ++i) {
    const std::uint8_t byte = bytes[bytes.size() - 1 - i];
    scenario.schedule.recorded.of(kTurns[i % kTurns.size()]).push_back(byte % kChoicesOfByte);
  }
  scenario.schedule.recorded.normalize();
  return scenario;
}

}  // namespace cowbell::properties
