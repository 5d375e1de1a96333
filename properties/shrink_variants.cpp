// SPDX-License-Identifier: Apache-2.0
#include "properties/shrink_variants.hpp"

#include <algorithm>

#include "properties/scenario_edit.hpp"

namespace cowbell::properties {
namespace {

using model::OriginIndex;
using model::Scenario;
using model::Statement;
using model::StatementKind;

// Devices end at a multiple of this if they can: every logical block fits.
constexpr std::uint64_t kPlainSize = 4096;

// Adds a copy of `scenario` that `change` has made plainer.
template <class Change>
void add(Variants& variants, const Scenario& scenario, Change change) {
  change(variants.emplace_back(scenario));
}

// Adds one variant for each statement that `change` makes different.
template <class Change>
void add_each_statement(Variants& variants, const Scenario& scenario, Change change) {
  for (std::size_t i = 0; i < scenario.program.size(); ++i) {
    Statement changed = scenario.program[i];
    change(changed);
    if (changed != scenario.program[i])
      add(variants, scenario, [&](Scenario& plainer) { plainer.program[i] = changed; });
  }
}

// Adds a variant with all statements changed, then one for each of them.
template <class Change>
void add_all_and_each_statement(Variants& variants, const Scenario& scenario, Change change) {
  add(variants, scenario, [&](Scenario& plainer) {
    for (Statement& statement : plainer.program) change(statement);
  });
  add_each_statement(variants, scenario, change);
}

bool names_range(const Statement& statement) {
  return (model::is_request(statement.kind) && statement.kind != StatementKind::flush) ||
         statement.kind == StatementKind::dirty;
}

std::uint64_t block_sectors(const Scenario& scenario, const Statement& statement) {
  return to_sectors(scenario.origins[statement.device.origin].logical_block).value;
}

void set_length(Statement& statement, std::uint64_t sectors) {
  statement.range.count = {sectors};
  statement.segments = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(statement.segments, std::max<std::uint64_t>(sectors, 1)));
}

// Moves all that is done to an origin towards its start, by whole chunks.
void move_to_start(Scenario& scenario, OriginIndex origin) {
  std::uint64_t first = ~std::uint64_t{0};
  for (const Statement& statement : scenario.program)
    if (names_range(statement) && statement.device.origin == origin)
      first = std::min(first, statement.range.first.value);
  if (first == ~std::uint64_t{0}) return;
  const std::uint64_t chunk = chunk_bytes(scenario, scenario.origins[origin]) >> kSectorShift;
  const std::uint64_t distance = first / chunk * chunk;
  for (Statement& statement : scenario.program)
    if (names_range(statement) && statement.device.origin == origin)
      statement.range.first.value -= distance;
}

bool fits_on(const Scenario& scenario, OriginIndex from, OriginIndex to) {
  const model::OriginSpec& target = scenario.origins[to];
  return target.logical_block <= scenario.origins[from].logical_block &&
         end_of_use(scenario, from).value <= target.size.value;
}

// Gives what is done to one origin to another, and drops the first.
void move_to_origin(Scenario& scenario, OriginIndex from, OriginIndex to) {
  const std::uint64_t from_bit = std::uint64_t{1} << from;
  const std::uint64_t to_bit = std::uint64_t{1} << to;
  for (Statement& statement : scenario.program) {
    if (names_device(statement.kind) && statement.device.origin == from)
      statement.device.origin = to;
    if (statement.taken_origins & from_bit)
      statement.taken_origins = (statement.taken_origins & ~from_bit) | to_bit;
  }
  drop_origin(scenario, from);
}

}  // namespace

Variants with_plainer_faults(const Scenario& scenario) {
  Variants variants;
  if (!scenario.faults.empty() || !scenario.memory_faults.empty())
    add(variants, scenario, [](Scenario& plainer) {
      plainer.faults.clear();
      plainer.memory_faults.clear();
    });
  for (std::size_t i = 0; i < scenario.faults.size(); ++i)
    add(variants, scenario, [&](Scenario& plainer) {
      plainer.faults.erase(plainer.faults.begin() + static_cast<std::ptrdiff_t>(i));
    });
  for (std::size_t i = 0; i < scenario.memory_faults.size(); ++i)
    add(variants, scenario, [&](Scenario& plainer) {
      plainer.memory_faults.erase(plainer.memory_faults.begin() + static_cast<std::ptrdiff_t>(i));
    });
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const model::DeviceFault& fault = scenario.faults[i];
    if (fault.sticky)
      add(variants, scenario, [&](Scenario& plainer) { plainer.faults[i].sticky = false; });
    if (!std::holds_alternative<model::OneIn>(fault.trigger)) continue;
    for (std::uint64_t nth = 1; nth <= 6; ++nth)
      add(variants, scenario,
          [&](Scenario& plainer) { plainer.faults[i].trigger = model::NthRequest{nth}; });
  }
  for (std::size_t i = 0; i < scenario.memory_faults.size(); ++i)
    if (scenario.memory_faults[i].sticky)
      add(variants, scenario, [&](Scenario& plainer) { plainer.memory_faults[i].sticky = false; });
  return variants;
}

Variants with_plainer_latencies(const Scenario& scenario) {
  Variants variants;
  if (!scenario.latencies.empty())
    add(variants, scenario, [](Scenario& plainer) { plainer.latencies.clear(); });
  for (std::size_t i = 0; i < scenario.latencies.size(); ++i)
    add(variants, scenario, [&](Scenario& plainer) {
      plainer.latencies.erase(plainer.latencies.begin() + static_cast<std::ptrdiff_t>(i));
    });
  for (std::size_t i = 0; i < scenario.latencies.size(); ++i)
    if (scenario.latencies[i].high != scenario.latencies[i].low)
      add(variants, scenario,
          [&](Scenario& plainer) { plainer.latencies[i].high = plainer.latencies[i].low; });
  return variants;
}

Variants with_fewer_origins(const Scenario& scenario) {
  Variants variants;
  if (scenario.origins.size() > 1)
    for (OriginIndex origin = 0; origin < scenario.origins.size(); ++origin)
      add(variants, scenario, [&](Scenario& plainer) { drop_origin(plainer, origin); });
  for (OriginIndex from = 0; from < scenario.origins.size(); ++from)
    for (OriginIndex to = 0; to < scenario.origins.size(); ++to)
      if (from != to && fits_on(scenario, from, to))
        add(variants, scenario, [&](Scenario& plainer) { move_to_origin(plainer, from, to); });
  for (std::size_t i = 0; i < scenario.program.size(); ++i) {
    if (scenario.program[i].kind != StatementKind::take) continue;
    const std::uint64_t taken = origins_of_take(scenario, scenario.program[i]);
    if ((taken & (taken - 1)) == 0) continue;
    for (OriginIndex origin = 0; origin < scenario.origins.size(); ++origin)
      if (taken >> origin & 1)
        add(variants, scenario, [&](Scenario& plainer) {
          plainer.program[i].taken_origins = std::uint64_t{1} << origin;
        });
  }
  if (scenario.origins.size() == 1)
    add_all_and_each_statement(variants, scenario,
                               [](Statement& statement) { statement.taken_origins = 0; });
  return variants;
}

Variants with_fewer_clients(const Scenario& scenario) {
  Variants variants;
  std::uint32_t clients = 0;
  for (const Statement& statement : scenario.program)
    clients = std::max(clients, statement.client + 1);
  if (clients > 2)
    add(variants, scenario, [](Scenario& plainer) {
      for (Statement& statement : plainer.program) statement.client = 0;
    });
  for (std::uint32_t from = clients; from-- > 1;)
    for (std::uint32_t to = 0; to < from; ++to)
      add(variants, scenario, [&](Scenario& plainer) {
        for (Statement& statement : plainer.program)
          if (statement.client == from) statement.client = to;
      });
  return variants;
}

Variants with_plainer_world(const Scenario& scenario) {
  Variants variants;
  const Params defaults;
  add(variants, scenario, [&](Scenario& plainer) { plainer.params = defaults; });
  for (const ParamField& field : param_fields())
    if (scenario.params.*field.member != defaults.*field.member)
      add(variants, scenario,
          [&](Scenario& plainer) { plainer.params.*field.member = defaults.*field.member; });
  add(variants, scenario, [](Scenario& plainer) { plainer.storage = {}; });
  add(variants, scenario, [](Scenario& plainer) {
    plainer.storage.profile = model::Profile::none;
    for (model::OriginSpec& origin : plainer.origins) origin.profile = model::Profile::none;
  });
  if (scenario.storage.profile != model::Profile::none)
    add(variants, scenario,
        [](Scenario& plainer) { plainer.storage.profile = model::Profile::none; });
  if (scenario.storage.logical_block.value != kSectorSize)
    add(variants, scenario,
        [](Scenario& plainer) { plainer.storage.logical_block = {kSectorSize}; });
  if (scenario.storage.limit)
    add(variants, scenario, [](Scenario& plainer) { plainer.storage.limit.reset(); });
  if (scenario.storage.minimum)
    add(variants, scenario, [](Scenario& plainer) { plainer.storage.minimum.reset(); });
  if (scenario.storage.size.value != 0)
    add(variants, scenario, [](Scenario& plainer) { plainer.storage.size = {}; });
  for (std::size_t i = 0; i < scenario.origins.size(); ++i) {
    if (scenario.origins[i].profile != model::Profile::none)
      add(variants, scenario,
          [&](Scenario& plainer) { plainer.origins[i].profile = model::Profile::none; });
    add(variants, scenario, [&](Scenario& plainer) {
      plainer.origins[i].minimum_io = plainer.origins[i].logical_block;
    });
    add(variants, scenario, [&](Scenario& plainer) {
      plainer.origins[i].logical_block = {kSectorSize};
      plainer.origins[i].minimum_io = {kSectorSize};
    });
  }
  return variants;
}

Variants with_plainer_statements(const Scenario& scenario) {
  Variants variants;
  add_all_and_each_statement(variants, scenario,
                             [](Statement& statement) { statement.flags = {}; });
  add_all_and_each_statement(variants, scenario,
                             [](Statement& statement) { statement.segments = 1; });
  add_all_and_each_statement(variants, scenario,
                             [](Statement& statement) { statement.fill.reset(); });
  add_all_and_each_statement(variants, scenario,
                             [](Statement& statement) { statement.background = false; });
  add_all_and_each_statement(variants, scenario, [](Statement& statement) {
    if (statement.demand.kind == model::Demand::Kind::may_fail) statement.demand = {};
  });
  add_each_statement(variants, scenario, [](Statement& statement) {
    if (model::is_request(statement.kind)) statement.device.snapshot.reset();
  });
  add_each_statement(variants, scenario, [](Statement& statement) {
    if (statement.kind == StatementKind::zero || statement.kind == StatementKind::discard)
      statement.kind = StatementKind::write;
  });
  return variants;
}

Variants with_smaller_ranges(const Scenario& scenario) {
  Variants variants;
  const auto one_block = [&](Statement& statement) {
    if (names_range(statement)) set_length(statement, block_sectors(scenario, statement));
  };
  add_all_and_each_statement(variants, scenario, one_block);
  add_each_statement(variants, scenario, [&](Statement& statement) {
    const std::uint64_t block = block_sectors(scenario, statement);
    const std::uint64_t blocks = statement.range.count.value / block;
    if (names_range(statement) && blocks > 2) set_length(statement, (blocks / 2) * block);
  });
  // The same, keeping the end in its place.
  add_each_statement(variants, scenario, [&](Statement& statement) {
    const std::uint64_t block = block_sectors(scenario, statement);
    const std::uint64_t blocks = statement.range.count.value / block;
    if (!names_range(statement) || blocks < 2) return;
    statement.range.first += SectorCount{(blocks - blocks / 2) * block};
    set_length(statement, (blocks / 2) * block);
  });
  for (OriginIndex origin = 0; origin < scenario.origins.size(); ++origin) {
    add(variants, scenario, [&](Scenario& plainer) { move_to_start(plainer, origin); });
    const std::uint64_t used = std::max<std::uint64_t>(end_of_use(scenario, origin).value, 1);
    for (const std::uint64_t unit : {kPlainSize, chunk_bytes(scenario, scenario.origins[origin])}) {
      const std::uint64_t sectors = unit >> kSectorShift;
      const std::uint64_t size = (used + sectors - 1) / sectors * sectors;
      if (size < scenario.origins[origin].size.value)
        add(variants, scenario, [&](Scenario& plainer) { plainer.origins[origin].size = {size}; });
    }
  }
  add_all_and_each_statement(variants, scenario, [&](Statement& statement) {
    if (!names_range(statement)) return;
    const model::OriginSpec& origin = scenario.origins[statement.device.origin];
    statement.range.first.value %= chunk_bytes(scenario, origin) >> kSectorShift;
  });
  add_all_and_each_statement(variants, scenario, [](Statement& statement) {
    if (names_range(statement)) statement.range.first = {};
  });
  return variants;
}

}  // namespace cowbell::properties
