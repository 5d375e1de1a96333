// SPDX-License-Identifier: Apache-2.0
// Takes, releases and expectations.
#include <fmt/format.h>

#include <array>

#include "models/play.hpp"

namespace cowbell::model {
namespace {

/// No take has this number: for the release of a name that is not alive.
constexpr TakeNumber kNoTake = ~TakeNumber{0};

}  // namespace

void Play::snapshot_statement(Client& client, Step step) {
  const Statement& statement = scenario_->program[step.statement];
  const auto execute = [this, step, kind = statement.kind] {
    wait_for_power();
    if (judge_.breached() || !engine_runs_) return;  // nobody to ask
    ++deeds_open_;
    if (kind == StatementKind::take)
      take(step.statement);
    else
      release(step.statement);
    deed_ended();
  };
  if (!statement.background) {
    execute();
    return ended(step.phase);
  }
  ++client.background;
  background_deeds_.push_back(step.statement);
  fibers_->spawn("background statement", [this, &client, step, execute] {
    execute();
    std::erase(background_deeds_, step.statement);
    if (--client.background == 0) client.background_ended.wake_all();
    ended(step.phase);
  });
}

void Play::take(std::uint32_t number) {
  const Statement& statement = scenario_->program[number];
  const Deed deed{.statement = number, .kind = StatementKind::take};
  tell_began(deed);
  const Result<StorageBacking*> storage = world_->make_storage();
  if (!storage) {
    not_met(number, fmt::format("no storage could be made: {}", errno_name(storage.error())));
    return tell_ended(deed, storage.error());
  }
  std::array<OriginIndex, kOriginMaximum> members;
  std::size_t count = 0;
  std::uint64_t origins = 0;
  for (OriginIndex i = 0; i < scenario_->origins.size(); ++i) {
    if (statement.taken_origins != 0 && (statement.taken_origins >> i & 1) == 0) continue;
    members[count++] = i;
    origins |= std::uint64_t{1} << i;
  }
  std::uint32_t& name_users = name_users_[statement.snapshot];
  const bool name_in_use = name_users++ != 0;
  const TakeNumber take = world_->storage_id(**storage).index;

  alive_maximum_ = std::max(alive_maximum_, ++alive_);
  Cut& cut = judge_.take_invoked(number, origins, take, (*storage)->geometry().logical_block);
  const TakeError error =
      subject_->take(take, scenario_->snapshots[statement.snapshot],
                     std::span(members).first(count), **storage, scenario_->storage.limit);
  judge_.take_answered(cut, number, error, name_in_use);
  tell_ended(deed, error);
  if (error != Errc::none) {
    --alive_;
    --name_users_[statement.snapshot];
    take_failed_[statement.snapshot] = true;
    world_->drop_storage(**storage);
    return;
  }
  taken_.push_back(
      std::make_unique<TakenSnapshot>(TakenSnapshot{statement.snapshot, take, &cut, *storage}));
}

void Play::release(std::uint32_t number) {
  const Statement& statement = scenario_->program[number];
  if (TakenSnapshot* taken = latest(statement.snapshot); taken != nullptr && taken->alive)
    return release(*taken, number);
  const Deed deed{.statement = number, .kind = StatementKind::release};
  tell_began(deed);
  const Errc error = subject_->release(kNoTake, scenario_->snapshots[statement.snapshot]);
  if (error != Errc::not_found)
    judge_.fail(
        Rule::S11, number,
        fmt::format("the release of a name that is not alive was answered {}", errno_name(error)));
  else if (statement.demand.kind == Demand::Kind::fail && statement.demand.error != Errc::not_found)
    not_met(number, "there is no such snapshot");
  tell_ended(deed, error);
}

void Play::release(TakenSnapshot& taken, std::uint32_t statement) {
  const Deed deed{.statement = statement, .kind = StatementKind::release, .snapshot = taken.name};
  tell_began(deed);
  taken.alive = false;
  judge_.release_invoked(*taken.cut, statement);
  const Errc error = subject_->release(taken.number, scenario_->snapshots[taken.name]);
  judge_.release_answered(*taken.cut, statement, error);
  tell_ended(deed, error);
  --alive_;
  --name_users_[taken.name];
  world_->drop_storage(*taken.storage);
  if (statement == Write::kNoStatement) return;
  const Demand demand = scenario_->program[statement].demand;
  if (demand.kind == Demand::Kind::fail && error != demand.error)
    not_met(statement, fmt::format("it was answered {}", errno_name(error)));
}

TakenSnapshot* Play::latest(SnapshotIndex name) {
  for (std::size_t i = taken_.size(); i-- > 0;)
    if (taken_[i]->name == name) return taken_[i].get();
  return nullptr;
}

TakenSnapshot* Play::only_alive() {
  TakenSnapshot* only = nullptr;
  for (const std::unique_ptr<TakenSnapshot>& taken : taken_) {
    if (!taken->alive) continue;
    if (only != nullptr) return nullptr;
    only = taken.get();
  }
  return only;
}

// Expectations ---------------------------------------------------------------------------------

void Play::expect(std::uint32_t number) {
  const Statement& statement = scenario_->program[number];
  switch (statement.kind) {
    case StatementKind::expect_corrupted:
    case StatementKind::expect_intact:
      return expect_area(statement, number);
    case StatementKind::expect_filled:
    case StatementKind::expect_capacity:
      return expect_storage(statement, number);
    case StatementKind::expect_event:
      for (const ReportedEvent& event : judge_.events())
        if (event.kind == statement.event) return;
      return not_met(number, "no such event was reported");
    case StatementKind::expect_changed:
      return expect_changed(statement, number);
    case StatementKind::expect_memory:
      if (world_->memory_peak().value > statement.value)
        not_met(number, fmt::format("the engine held {} bytes", world_->memory_peak().value),
                "more memory");
      return;
    default:
      return;
  }
}

void Play::expect_area(const Statement& statement, std::uint32_t number) {
  TakenSnapshot* taken = statement.device.is_image() ? latest(*statement.device.snapshot) : nullptr;
  if (taken == nullptr || !taken->cut->holds(statement.device.origin))
    return not_met(number, "there is no such image");
  const std::optional<Errc> cause = judge_.corrupted(*taken->cut, statement.device.origin);
  const bool met =
      statement.kind == StatementKind::expect_intact ? !cause : cause == statement.cause;
  if (!met)
    not_met(number, cause ? fmt::format("it is corrupted by {}", errno_name(*cause))
                          : std::string("it is intact"));
}

void Play::expect_storage(const Statement& statement, std::uint32_t number) {
  TakenSnapshot* taken = statement.of_snapshot ? latest(statement.snapshot) : only_alive();
  if (taken == nullptr || !taken->alive)
    return not_met(number, "it is not clear which snapshot is meant, or it is not alive");
  const ByteCount value = statement.kind == StatementKind::expect_filled
                              ? subject_->storage_filled(taken->number)
                              : subject_->storage_capacity(taken->number);
  if (value.value != statement.value)
    not_met(number, fmt::format("it is {}", value.value), "another size");
}

void Play::expect_changed(const Statement& statement, std::uint32_t number) {
  const TakenSnapshot* from = latest(statement.changed_from);
  const TakenSnapshot* to = latest(statement.changed_to);
  const OriginIndex origin = statement.device.origin;
  if (from == nullptr || !from->cut->holds(origin) || to == nullptr || !to->cut->holds(origin))
    return not_met(number, "there is no such snapshot of this origin");
  if (!to->alive) return not_met(number, "the snapshot at which the map ends is not alive");
  if (const auto instead = judge_.other_changes(statement, *from->cut, *to->cut))
    not_met(number, *instead);
}

/// Marks nothing on an image that is not there: its take may have failed, or its release begun.
void Play::mark_by_hand(std::uint32_t number) {
  const Statement& statement = scenario_->program[number];
  const OriginIndex origin = statement.device.origin;
  const BlockDevice* device = &subject_->origin(origin);
  TakenSnapshot* taken = nullptr;
  if (statement.device.is_image()) {
    taken = latest(*statement.device.snapshot);
    if (taken == nullptr || !taken->alive || !taken->cut->holds(origin)) return;
    device = &subject_->image(taken->number, origin);
  }
  const bool fits = statement.range.end().value <= device->geometry().capacity.value;
  const auto take = taken == nullptr ? std::nullopt : std::optional(taken->number);
  const Errc error = subject_->mark_changed(take, origin, statement.range);
  if (error != (fits ? Errc::none : Errc::invalid))
    return not_met(number, fmt::format("it was answered {}", errno_name(error)));
  if (fits) judge_.marked_by_hand(taken == nullptr ? nullptr : taken->cut, origin, statement.range);
}

void Play::not_met(std::uint32_t statement, const std::string& instead, std::string_view found) {
  judge_.not_met(statement,
                 "`" + statement_text(*scenario_, statement) + "` is not met: " + instead,
                 found.empty() ? instead : found);
}

}  // namespace cowbell::model
