// SPDX-License-Identifier: Apache-2.0
#include "properties/explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "models/scenario_names.hpp"
#include "properties/scenario_workers.hpp"
#include "properties/stopwatch.hpp"

namespace cowbell::properties {

namespace {

nlohmann::ordered_json shape_json(const Shape& shape) {
  const auto scheduler = model::kSchedulerNames[static_cast<std::size_t>(shape.scheduler)];
  const auto profile = model::kProfileNames[static_cast<std::size_t>(shape.profile)];
  return {{"clients_maximum", shape.clients_maximum},
          {"origins_minimum", shape.origins_minimum},
          {"origins_maximum", shape.origins_maximum},
          {"statements_maximum", shape.statements_maximum},
          {"image_writes", shape.image_writes},
          {"storage_faults", shape.storage_faults},
          {"origin_faults", shape.origin_faults},
          {"memory_faults", shape.memory_faults},
          {"power_cuts", shape.power_cuts},
          {"tight_limits", shape.tight_limits},
          {"always_faults", shape.always_faults},
          {"scheduler", shape.any_scheduler ? "any" : scheduler},
          {"profile", shape.profile == model::Profile::none ? "any" : profile}};
}

}  // namespace

double Summary::scenarios_per_second() const {
  return seconds > 0 ? static_cast<double>(scenarios) / seconds / jobs : 0;
}

double Summary::bios_per_second() const {
  return seconds > 0 ? static_cast<double>(counts.bios) / seconds / jobs : 0;
}

std::uint64_t scenarios_of(const ExploreOptions& options) {
  constexpr auto kLastSeed = std::numeric_limits<std::uint64_t>::max();
  // Half of all seeds are more than anyone explores, and no sum of positions wraps.
  const std::uint64_t seeds = std::min(kLastSeed - options.seed, kLastSeed / 2) + 1;
  const std::uint64_t count = std::min(seeds, options.count.value_or(seeds));
  const std::uint64_t first = options.shard - 1;
  return first < count ? (count - first - 1) / options.shards + 1 : 0;
}

Summary explore(const ExploreOptions& options) {
  Summary summary;
  summary.seed = options.seed;
  summary.shard = options.shard;
  summary.shards = options.shards;
  summary.jobs = std::max(options.jobs, 1u);
  summary.shape = options.shape;
  const Stopwatch stopwatch;
  const auto seed = [&](std::uint64_t position) {
    return options.seed + position * options.shards + options.shard - 1;
  };
  const auto scenario = [&](std::uint64_t position) {
    return generate(seed(position), options.shape);
  };
  ScenarioWorkers workers({.scenario = scenario,
                           .count = scenarios_of(options),
                           .repeat_one_in = options.repeat_one_in,
                           .subject = options.subject},
                          summary.jobs);
  const auto failed = [&](std::uint64_t position, const Outcome& outcome) {
    if (summary.failures.size() < options.failures_maximum) {
      Failure& failure = summary.failures.emplace_back();
      failure.seed = seed(position);
      failure.name = fmt::format("{}", failure.seed);
      failure.outcome = outcome;
      failure.program = options.program;
    }
    if (summary.failures.size() >= options.failures_maximum) workers.enough();
  };
  while (workers.turn(failed)) {
    const WorkDone done = workers.done();
    options.progress({.scenarios = done.scenarios,
                      .bios = done.counts.bios,
                      .seconds = stopwatch.seconds(),
                      .failures = summary.failures.size()});
    if (options.seconds && stopwatch.seconds() >= *options.seconds) workers.enough();
    if (!options.interrupted()) continue;
    summary.interrupted = true;
    workers.enough();
  }
  summary.seconds = stopwatch.seconds();
  const WorkDone done = workers.done();
  summary.scenarios = done.scenarios;
  summary.places = done.end;
  summary.repeated = done.repeated;
  summary.counts = done.counts;
  summary.processor_seconds = done.processor_seconds;
  summary.marks = done.marks;
  for (Failure& failure : summary.failures) {
    failure.found = fmt::format("with seed {}", failure.seed);
    failure.command = fmt::format("{} explore --seed {} --count 1", failure.program, failure.seed);
    const model::Scenario found = generate(failure.seed, options.shape);
    if (options.shrink)
      reduce(failure, found, options.directory, options.subject, options.interrupted);
    else
      failure.minimal = {.scenario = found, .outcome = failure.outcome};
  }
  return summary;
}

nlohmann::ordered_json to_json(const Summary& summary) {
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  for (const Failure& failure : summary.failures) failures.push_back(to_json(failure));
  nlohmann::ordered_json marks = nlohmann::ordered_json::object();
  nlohmann::ordered_json marks_within = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    const auto mark = static_cast<Mark>(i);
    const std::string name(mark_name(mark));
    marks[name] = summary.marks[mark];
    marks_within[name] = mark_within(mark);
  }
  nlohmann::ordered_json silent = nlohmann::ordered_json::array();
  for (const Mark mark : silent_marks(summary.marks, summary.scenarios))
    silent.push_back(mark_name(mark));
  return {{"seed", summary.seed},
          {"shard", summary.shard},
          {"shards", summary.shards},
          {"places", summary.places},
          {"shape", shape_json(summary.shape)},
          {"jobs", summary.jobs},
          {"seconds", summary.seconds},
          {"processor_seconds", summary.processor_seconds},
          {"interrupted", summary.interrupted},
          {"scenarios", summary.scenarios},
          {"repeated", summary.repeated},
          {"bios", summary.counts.bios},
          {"bytes", summary.counts.bytes},
          {"blocks_verified", summary.counts.blocks_verified},
          {"chunks_copied", summary.counts.chunks_copied},
          {"scenarios_per_second", summary.scenarios_per_second()},
          {"bios_per_second", summary.bios_per_second()},
          {"failures", std::move(failures)},
          {"marks", std::move(marks)},
          {"marks_within", std::move(marks_within)},
          {"silent_marks", std::move(silent)}};
}

}  // namespace cowbell::properties
