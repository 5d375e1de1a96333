// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "models/scenario_text.hpp"

namespace cowbell::model {
namespace {

/// Calls `visit` with each snapshot that a statement mentions, in the order of its text.
template <class Visit>
void for_each_snapshot(Statement& statement, Visit visit) {
  using enum StatementKind;
  if (statement.device.snapshot) visit(*statement.device.snapshot);
  if (statement.kind == take || statement.kind == release || statement.of_snapshot)
    visit(statement.snapshot);
  if (statement.kind == expect_changed) {
    visit(statement.changed_from);
    visit(statement.changed_to);
  }
}

}  // namespace

void normalize(Scenario& scenario) {
  constexpr SnapshotIndex unseen = ~SnapshotIndex{0};
  std::vector<SnapshotIndex> renumbered(scenario.snapshots.size(), unseen);
  std::vector<std::string> names;
  for (Statement& statement : scenario.program)
    for_each_snapshot(statement, [&](SnapshotIndex& index) {
      SnapshotIndex& wanted = renumbered[index];
      if (wanted == unseen) {
        wanted = static_cast<SnapshotIndex>(names.size());
        names.push_back(std::move(scenario.snapshots[index]));
      }
      index = wanted;
    });
  scenario.snapshots = std::move(names);
  scenario.schedule.recorded.normalize();
}

}  // namespace cowbell::model
