// SPDX-License-Identifier: Apache-2.0
#include "properties/scenario_edit.hpp"

#include <algorithm>
#include <map>

#include "models/scenario_text.hpp"

namespace cowbell::properties {
namespace {

using model::OriginIndex;
using model::Scenario;
using model::SnapshotIndex;
using model::Statement;
using model::StatementKind;

// Calls `visit` with each snapshot that the statement names.
template <class Visit>
void for_each_snapshot(const Statement& statement, Visit visit) {
  switch (statement.kind) {
    case StatementKind::take:
    case StatementKind::release:
      visit(statement.snapshot);
      return;
    case StatementKind::expect_filled:
    case StatementKind::expect_capacity:
      if (statement.of_snapshot) visit(statement.snapshot);
      return;
    case StatementKind::expect_changed:
      visit(statement.changed_from);
      visit(statement.changed_to);
      return;
    case StatementKind::write:
    case StatementKind::read:
    case StatementKind::zero:
    case StatementKind::discard:
    case StatementKind::flush:
    case StatementKind::dirty:
    case StatementKind::expect_corrupted:
    case StatementKind::expect_intact:
      if (statement.device.snapshot) visit(*statement.device.snapshot);
      return;
    case StatementKind::sleep:
    case StatementKind::wait:
    case StatementKind::barrier:
    case StatementKind::heal:
    case StatementKind::power_cut:
    case StatementKind::resize:
    case StatementKind::expect_event:
    case StatementKind::expect_memory:
      return;
  }
}

bool demands_not_found(const Statement& statement) {
  return statement.demand.kind == model::Demand::Kind::fail &&
         statement.demand.error == Errc::not_found;
}

void drop_dangling(Scenario& scenario) {
  std::vector<std::uint64_t> taken(scenario.snapshots.size(), 0);
  std::erase_if(scenario.program, [&](const Statement& statement) {
    if (statement.kind == StatementKind::take) {
      if (statement.demand.kind != model::Demand::Kind::fail)
        taken[statement.snapshot] |= origins_of_take(scenario, statement);
      return false;
    }
    if (demands_not_found(statement)) return false;
    bool dangling = false;
    for_each_snapshot(statement, [&](SnapshotIndex snapshot) {
      const std::uint64_t held = taken[snapshot];
      const bool by_device = names_device(statement.kind) && statement.device.is_image();
      dangling |= by_device ? (held >> statement.device.origin & 1) == 0 : held == 0;
    });
    return dangling;
  });
}

// A barrier at either end, or beside another, parts nothing.
void drop_idle_barriers(Scenario& scenario) {
  bool after_barrier = true;
  std::erase_if(scenario.program, [&](const Statement& statement) {
    const bool barrier = statement.kind == StatementKind::barrier;
    const bool idle = barrier && after_barrier;
    after_barrier = barrier;
    return idle;
  });
  if (!scenario.program.empty() && scenario.program.back().kind == StatementKind::barrier)
    scenario.program.pop_back();
}

void renumber_clients(Scenario& scenario) {
  std::map<std::uint32_t, std::uint32_t> places;
  for (Statement& statement : scenario.program) {
    if (statement.kind == StatementKind::barrier) continue;
    const auto next = static_cast<std::uint32_t>(places.size());
    statement.client = places.try_emplace(statement.client, next).first->second;
  }
}

// False if `site` was that origin alone; otherwise it points to the same origin as before.
bool survives_without(model::Site& site, OriginIndex origin) {
  if (site.kind != model::Site::Kind::origin) return true;
  if (site.origin == origin) return false;
  if (site.origin > origin) --site.origin;
  return true;
}

std::uint64_t without_bit(std::uint64_t bits, OriginIndex bit) {
  const std::uint64_t below = (std::uint64_t{1} << bit) - 1;
  return (bits & below) | (bits >> 1 & ~below);
}

}  // namespace

bool names_device(StatementKind kind) {
  return model::is_request(kind) || kind == StatementKind::resize || kind == StatementKind::dirty ||
         kind == StatementKind::expect_corrupted || kind == StatementKind::expect_intact ||
         kind == StatementKind::expect_changed;
}

void tidy(Scenario& scenario) {
  drop_dangling(scenario);
  drop_idle_barriers(scenario);
  renumber_clients(scenario);
  model::normalize(scenario);
}

void drop_origin(Scenario& scenario, OriginIndex origin) {
  std::erase_if(scenario.program, [&](Statement& statement) {
    if (names_device(statement.kind)) {
      if (statement.device.origin == origin) return true;
      if (statement.device.origin > origin) --statement.device.origin;
    }
    if (statement.kind == StatementKind::take && statement.taken_origins != 0) {
      statement.taken_origins = without_bit(statement.taken_origins, origin);
      return statement.taken_origins == 0;
    }
    return false;
  });
  const auto gone = [&](auto& item) { return !survives_without(item.site, origin); };
  std::erase_if(scenario.faults, gone);
  std::erase_if(scenario.latencies, gone);
  scenario.origins.erase(scenario.origins.begin() + origin);
}

std::uint64_t origins_of_take(const Scenario& scenario, const Statement& take) {
  if (take.taken_origins != 0) return take.taken_origins;
  return scenario.origins.size() == 64 ? ~std::uint64_t{0}
                                       : (std::uint64_t{1} << scenario.origins.size()) - 1;
}

std::uint64_t chunk_bytes(const Scenario& scenario, const model::OriginSpec& origin) {
  const Params& params = scenario.params;
  const std::uint64_t capacity = to_bytes(origin.size).value;
  const std::uint64_t smallest =
      std::max({origin.minimum_io, origin.logical_block, scenario.storage.logical_block}).value;
  std::uint64_t shift = params.chunk_minimum_shift;
  while (shift < params.chunk_maximum_shift &&
         ((std::uint64_t{1} << shift) < smallest ||
          (capacity + (std::uint64_t{1} << shift) - 1) >> shift >
              (std::uint64_t{1} << params.chunk_maximum_count_shift)))
    ++shift;
  return std::uint64_t{1} << shift;
}

Sector end_of_use(const Scenario& scenario, OriginIndex origin) {
  Sector end{};
  for (const Statement& statement : scenario.program)
    if (names_device(statement.kind) && statement.device.origin == origin &&
        statement.kind != StatementKind::resize)
      end = std::max(end, statement.range.end());
  return end;
}

}  // namespace cowbell::properties
