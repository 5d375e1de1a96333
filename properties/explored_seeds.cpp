// SPDX-License-Identifier: Apache-2.0
#include "properties/explored_seeds.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "properties/explore.hpp"

namespace cowbell::properties {
namespace {

constexpr auto kLastSeed = std::numeric_limits<std::uint64_t>::max();

/// Every `step`-th seed from the first on.
struct Steps {
  std::uint64_t first, step, count;

  explicit Steps(const ExploredSeeds& explored)
      : first(explored.seed + explored.shard - 1),
        step(explored.shards),
        count(std::max<std::uint64_t>(explored.places, 1)) {}
  bool has(std::uint64_t seed) const {
    return seed >= first && (seed - first) % step == 0 && (seed - first) / step < count;
  }
};

}  // namespace

bool are_possible(const ExploredSeeds& explored) {
  if (explored.shard < 1 || explored.shard > explored.shards || explored.shards > kShardsMaximum)
    return false;
  if (explored.shard - 1 > kLastSeed - explored.seed) return false;
  const std::uint64_t behind = kLastSeed - explored.seed - (explored.shard - 1);
  return explored.places == 0 || explored.places - 1 <= behind / explored.shards;
}

bool share_a_seed(const ExploredSeeds& explored, const ExploredSeeds& other) {
  const Steps a(explored);
  const Steps b(other);
  const std::uint64_t before = b.first > a.first ? b.first - a.first : 0;
  const std::uint64_t skipped = before / a.step + (before % a.step != 0);
  // After so many steps of one, the places within those of the other come again.
  for (std::uint64_t i = skipped; i < a.count && i - skipped < b.step; ++i)
    if (b.has(a.first + i * a.step)) return true;
  return false;
}

std::vector<MissingShards> missing_shards(std::span<const ExploredSeeds> all) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::set<std::uint64_t>> there;
  for (const ExploredSeeds& one : all) there[{one.seed, one.shards}].insert(one.shard);
  std::vector<MissingShards> missing;
  for (auto& [exploration, shards_there] : there) {
    const auto [seed, shards] = exploration;
    std::uint64_t next = 1;
    shards_there.insert(shards + 1);
    for (const std::uint64_t shard : shards_there) {
      if (shard > next) missing.push_back({seed, shards, next, shard - 1});
      next = shard + 1;
    }
  }
  return missing;
}

}  // namespace cowbell::properties
