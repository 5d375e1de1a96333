// SPDX-License-Identifier: Apache-2.0
#include "replay/device_world_storage.hpp"

#include <fmt/format.h>

#include <set>

#include "core/uring/stacking.hpp"

namespace cowbell::replay {
namespace {

std::string sentence(const std::string& path, const std::string& why) {
  return fmt::format("'{}' cannot hold difference storage: {}", path, why);
}

}  // namespace

std::optional<std::string> refused_as_storage(model::StorageKind kind, const std::string& path,
                                              bool destroy,
                                              const std::map<std::string, std::string>& origins) {
  const std::optional<uring::Identity> storage = uring::identify(path);
  const bool is_device = storage && storage->is_block_device;
  switch (kind) {
    case model::StorageKind::file:
      if (is_device)
        return sentence(path, "it is a block device, and the scenario's storage is a file");
      return std::nullopt;
    case model::StorageKind::device:
      if (!is_device)
        return sentence(path, "it is no block device, and the scenario's storage is one");
      break;
  }
  for (const auto& [name, origin_path] : origins) {
    const std::optional<uring::Identity> origin = uring::identify(origin_path);
    if (origin && (uring::lies_on(*storage, *origin) || uring::lies_on(*origin, *storage)))
      return sentence(path, fmt::format("it shares its bytes with origin '{}' at '{}' (EBUSY)",
                                        name, origin_path));
  }
  if (!destroy) return sentence(path, "it would be overwritten; --destroy allows that");
  return std::nullopt;
}

const model::Statement* second_live_take(const model::Scenario& scenario) {
  std::set<model::SnapshotIndex> live;
  for (const model::Statement& statement : scenario.program) {
    if (statement.kind == model::StatementKind::release) live.erase(statement.snapshot);
    if (statement.kind != model::StatementKind::take) continue;
    if (!live.empty()) return &statement;
    live.insert(statement.snapshot);
  }
  return nullptr;
}

}  // namespace cowbell::replay
