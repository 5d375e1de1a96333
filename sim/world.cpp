// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell::sim {
namespace {

using model::Refusal;
using model::Scenario;
using model::SchedulerKind;
using model::SourceLine;
using model::Statement;
using model::StatementKind;

// One seed decides several unrelated things; each mixes it with a number of its own.
constexpr std::uint64_t kWholeBodiesSalt = 0x626f64696573;
constexpr std::uint64_t kMemoryForRealSalt = 0x6d656d6f7279;
constexpr std::uint64_t kRareShare = 16;

bool one_seed_in_sixteen(std::uint64_t seed, std::uint64_t salt) {
  return mix(seed ^ mix(salt)) % kRareShare == 0;
}

bool cuts_power(const Scenario& scenario) {
  return std::ranges::count(scenario.program, StatementKind::power_cut, &Statement::kind) != 0;
}

/// Keeps the refusal that stands first in the file; of those without a line, the one found first.
void offer(std::optional<Refusal>& first, SourceLine line, std::optional<std::string> why) {
  if (why && (!first || line.number < first->line.number)) first = Refusal{line, *std::move(why)};
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options), scheduler_(Scheduler::of_this_thread()) {}

World::~World() {
  if (scenario_ != nullptr) close();
}

std::optional<Refusal> World::refuses(const Scenario& scenario) const {
  std::optional<Refusal> first;
  for (const model::DeviceFault& fault : scenario.faults)
    offer(first, fault.line, sim::unsupported(fault));
  return first;
}

std::optional<Refusal> World::open(const Scenario& scenario, model::EffectListener& listener) {
  COWBELL_INVARIANT(S13, scenario_ == nullptr);
  if (auto refusal = refuses(scenario)) return refusal;
  scenario_ = &scenario;
  clock_.restart(enumerator_);
  log_.restart(enumerator_ != nullptr ? enumerator_ : keep_events_);

  const model::ScheduleSpec& schedule = scenario.schedule;
  const bool repeated = schedule.kind == SchedulerKind::recorded;
  decisions_.record(record_);
  if (enumerator_ != nullptr)
    decisions_.enumerate(*enumerator_);
  else if (repeated)
    decisions_.replay(schedule.recorded);
  else
    decisions_.seed(schedule.seed);
  whole_bodies_ = repeated || one_seed_in_sixteen(schedule.seed, kWholeBodiesSalt);
  memory_.restart(scenario.memory_faults, listener,
                  repeated || one_seed_in_sixteen(schedule.seed, kMemoryForRealSalt));
  faults_.restart(scenario.faults, scenario.origins.size());
  latencies_.restart(scenario.latencies);

  surroundings_.listener = &listener;
  if (enumerator_ != nullptr) {
    enumerator_->begin({clock_, decisions_, log_, listener});
    surroundings_.listener = enumerator_;
  }
  storages_made_ = 0;
  const bool volatile_caches = cuts_power(scenario);
  while (origins_.size() < scenario.origins.size())
    origins_.push_back(std::make_unique<OriginDevice>(surroundings_));
  for (std::uint32_t i = 0; i < scenario.origins.size(); ++i) {
    const model::OriginSpec& spec = scenario.origins[i];
    origins_[i]->disk().restart({model::DeviceId::Kind::origin, i},
                                Geometry{.capacity = spec.size,
                                         .logical_block = spec.logical_block,
                                         .physical_block = spec.logical_block,
                                         .minimum_io = spec.minimum_io},
                                whole_bodies_, volatile_caches, spec.profile);
  }
  return std::nullopt;
}

Policy& World::policy(const model::ScheduleSpec& schedule) {
  if (enumerator_ != nullptr) {
    exhaustive_.set_source(*enumerator_);
    return exhaustive_;
  }
  switch (schedule.kind) {
    case SchedulerKind::random:
      return random_;
    case SchedulerKind::recorded:
      return recorded_;
    case SchedulerKind::round_robin:
      return round_robin_;
    case SchedulerKind::pct:
      pct_.set_change_points(schedule.change_points);
      return pct_;
  }
  return round_robin_;
}

model::Rest World::run(const std::function<void()>& program) {
  COWBELL_INVARIANT(S13, scenario_ != nullptr);
  install_scheduler(scheduler_);
  const Run run{clock_, policy(scenario_->schedule), log_,
                options_.step_minimum + options_.steps_per_statement * scenario_->program.size()};
  scheduler_->begin(run);
  program_.spawn("program", [this, &program] {
    program();
    scheduler_->program_ended();
  });
  model::Rest rest = scheduler_->park();
  if (rest == model::Rest::deadlock && anything_stalled()) {
    heal();
    rest = scheduler_->park();
  }
  scheduler_->end();
  return rest;
}

bool World::anything_stalled() const {
  const auto stalled = [](const auto& device) { return device->stalled(); };
  return std::any_of(origins_.begin(), origins_.end(), stalled) ||
         std::any_of(storages_.begin(), storages_.end(), stalled);
}

void World::close() {
  COWBELL_INVARIANT(S13, scenario_ != nullptr);
  // What is still on its way now would end in the next run.
  COWBELL_INVARIANT(S11, program_.running() == 0);
  COWBELL_INVARIANT(S11, memory_.in_use().value == 0);
  for (const auto& origin : origins_) COWBELL_INVARIANT(S11, origin->disk().open_requests() == 0);
  while (!storages_.empty()) drop_storage(*storages_.back());
  COWBELL_INVARIANT(S11, clock_.idle());
  scenario_ = nullptr;
}

Result<StorageBacking*> World::make_storage() {
  if (spare_storages_.empty())
    spare_storages_.push_back(std::make_unique<StorageDevice>(surroundings_));
  storages_.push_back(std::move(spare_storages_.back()));
  spare_storages_.pop_back();
  StorageDevice& made = *storages_.back();
  made.restart({model::DeviceId::Kind::storage, storages_made_++}, scenario_->storage,
               whole_bodies_);
  return &made;
}

void World::drop_storage(StorageBacking& storage) {
  const auto found = std::find_if(storages_.begin(), storages_.end(),
                                  [&](const auto& made) { return made.get() == &storage; });
  COWBELL_INVARIANT(S11, found != storages_.end());
  COWBELL_INVARIANT(S11, (*found)->open_requests() == 0);
  spare_storages_.push_back(std::move(*found));
  storages_.erase(found);
}

model::DeviceId World::storage_id(const StorageBacking& storage) const {
  return static_cast<const StorageDevice&>(storage).disk().id();
}

void World::heal() {
  log_.healed();
  if (enumerator_ != nullptr) enumerator_->program_ended();
  faults_.heal();
  latencies_.heal();
  memory_.heal();
  for (const auto& origin : origins_) origin->disk().heal();
  for (const auto& storage : storages_) storage->heal();
}

void World::cut_power() {
  std::uint64_t undone = 0;
  for (std::size_t i = 0; i < scenario_->origins.size(); ++i)
    undone += origins_[i]->disk().cut_power();
  for (const auto& storage : storages_) storage->cut_power();
  log_.power_cut(undone);
  surroundings_.listener->power_cut(undone);
}

void World::restore_power() {
  COWBELL_INVARIANT(S11, storages_.empty());
  for (std::size_t i = 0; i < scenario_->origins.size(); ++i) {
    COWBELL_INVARIANT(S11, origins_[i]->disk().open_requests() == 0);
    origins_[i]->disk().restore_power();
  }
  log_.power_restored();
  surroundings_.listener->power_restored();
}

std::string World::describe_fibers() const {
  std::string text = scheduler_->describe_fibers();
  for (const auto& origin : origins_) text += origin->disk().describe_stalled();
  for (const auto& storage : storages_) text += storage->disk().describe_stalled();
  return text;
}

}  // namespace cowbell::sim
