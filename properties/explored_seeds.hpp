// SPDX-License-Identifier: Apache-2.0
// Which seeds an exploration went through: whether two have one in common, and which shards of one
// are not there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cowbell::properties {

/// As `Summary` has them.
struct ExploredSeeds {
  std::uint64_t seed = 0;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  std::uint64_t places = 0;
};

/// False for a shard that cannot be, and for seeds behind 2^64 - 1.
bool are_possible(const ExploredSeeds& explored);

/// True if one seed is among those of both, or would be the first of both. Both are possible. Where
/// an exploration was ended early, the seeds that it left out count among its own.
bool share_a_seed(const ExploredSeeds& a, const ExploredSeeds& b);

/// Shards in a row.
struct MissingShards {
  std::uint64_t seed, shards, first, last;
};

/// Those that would make the explorations by shards whole, in order. All are possible.
std::vector<MissingShards> missing_shards(std::span<const ExploredSeeds> all);

}  // namespace cowbell::properties
