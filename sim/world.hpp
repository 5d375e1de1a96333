// SPDX-License-Identifier: Apache-2.0
// The simulated world: devices, time, memory and fibers that one schedule decides. Made once and
// opened for scenario after scenario: what a run leaves behind costs as much as the run touched.
#pragma once

#include <memory>
#include <vector>

#include "models/world.hpp"
#include "sim/decisions.hpp"
#include "sim/devices.hpp"
#include "sim/event_log.hpp"
#include "sim/exhaustive_policy.hpp"
#include "sim/memory.hpp"
#include "sim/pct_policy.hpp"
#include "sim/random_policy.hpp"
#include "sim/recorded_policy.hpp"
#include "sim/round_robin_policy.hpp"
#include "sim/scheduler.hpp"

namespace cowbell::sim {

struct WorldOptions {
  /// Switches and expired timers after which a run counts as a livelock: as many in any case …
  std::uint64_t step_minimum = 1'000'000;
  /// … and so many more for each statement of the program.
  std::uint64_t steps_per_statement = 100'000;
};

/// All worlds of a thread share its scheduler; one is run at a time.
class World final : public model::World {
 public:
  explicit World(const WorldOptions& options = {});
  /// Closed. One that came to rest otherwise than by `done` is never destroyed.
  ~World() override;

  // Before `open`, and in force from then on.

  /// Keep the choices of the run, for `recorded`.
  void record(bool on) { record_ = on; }
  /// Keep the events of the run in `sink`, borrowed; null for none.
  void keep_events(EventSink* sink) { keep_events_ = sink; }
  /// `source`, borrowed, makes the choices of the run and is told its events, whatever the schedule
  /// of the scenario and `keep_events` say; null for these.
  void enumerate(ExhaustiveSource* source) { enumerator_ = source; }

  // model::World

  std::optional<model::Refusal> refuses(const model::Scenario& scenario) const override;
  std::optional<model::Refusal> open(const model::Scenario& scenario,
                                     model::EffectListener& listener) override;
  /// Where all waits for a stall that nobody lifts, the world heals by itself, as it is healed at
  /// the end of a program: requests that are never answered prove nothing against S8.
  model::Rest run(const std::function<void()>& program) override;
  void close() override;
  Environment environment() override { return {clock_, memory_, stacks_}; }
  BlockDevice& origin(model::OriginIndex origin) override { return *origins_[origin]; }
  Result<StorageBacking*> make_storage() override;
  void drop_storage(StorageBacking& storage) override;
  model::DeviceId storage_id(const StorageBacking& storage) const override;
  void heal() override;
  void resize(model::OriginIndex origin, SectorCount size) override {
    origins_[origin]->disk().resize(size);
  }
  void cut_power() override;
  void restore_power() override;
  bool whole_bodies() const override { return whole_bodies_; }
  bool repeats() const override { return enumerator_ != nullptr && enumerator_->only_ends(); }
  bool announces_effects() const override { return true; }
  ByteCount memory_in_use() const override { return memory_.in_use(); }
  ByteCount memory_peak() const override { return memory_.peak(); }
  std::string describe_fibers() const override;

  // What only a simulated world can tell, of the run since `open`; good until the next `open`.

  /// Of everything that happened (S13).
  std::uint64_t event_hash() const { return log_.hash(); }
  /// Empty unless `record` was on. A scenario whose schedule is `recorded` with these choices runs
  /// the same.
  const model::RecordedDecisions& recorded() const { return decisions_.recorded(); }
  std::uint64_t switches() const { return scheduler_->switches(); }
  std::uint64_t allocations() const { return memory_.allocations(); }

 private:
  bool anything_stalled() const;
  Policy& policy(const model::ScheduleSpec& schedule);

  const WorldOptions options_;
  bool record_ = false;
  EventSink* keep_events_ = nullptr;
  ExhaustiveSource* enumerator_ = nullptr;
  bool whole_bodies_ = false;
  const model::Scenario* scenario_ = nullptr;  // null while closed

  boost::intrusive_ptr<Scheduler> scheduler_;
  VirtualClock clock_;
  EventLog log_{clock_};
  Decisions decisions_;
  FaultOverlay faults_;
  Latencies latencies_;
  Memory memory_{log_};
  FiberStacks stacks_;
  FiberGroup program_{stacks_};
  RandomPolicy random_{decisions_};
  RoundRobinPolicy round_robin_{decisions_};
  PctPolicy pct_{decisions_};
  RecordedPolicy recorded_{decisions_};
  ExhaustivePolicy exhaustive_{decisions_};

  SectorPages pages_;
  DiskRequests requests_;
  DiskSurroundings surroundings_{clock_, decisions_, faults_, latencies_, log_, pages_, requests_};
  std::vector<std::unique_ptr<OriginDevice>> origins_;    // a scenario uses the first few
  std::vector<std::unique_ptr<StorageDevice>> storages_;  // of this run
  std::vector<std::unique_ptr<StorageDevice>> spare_storages_;
  std::uint32_t storages_made_ = 0;
};

}  // namespace cowbell::sim
