// SPDX-License-Identifier: Apache-2.0
#include "models/memory_bound.hpp"

#include <algorithm>

#include "core/chunk.hpp"
#include "core/fiber.hpp"

namespace cowbell::model {
namespace {

// Of the objects that make up a snapshot, of those for each of its origins, and of what a request
// with many segments takes; rounded up.
constexpr std::uint64_t kSnapshotObjects = 12 * 1024;
constexpr std::uint64_t kOriginObjects = 4 * 1024;
// What the chunk map keeps by its contract.
constexpr std::uint64_t kChunkRecord = 24;
constexpr std::uint64_t kChunkMap = 8 * 1024;
// Told and not yet read, of snapshots that are no more.
constexpr std::uint64_t kEvents = 512;

// Larger figures mean that there is no limit, and must not overflow when they are added up.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 50;
constexpr std::uint64_t kManyBuffers = 1 << 16;

/// In bytes; the largest that the origin ever has.
std::uint64_t largest_size(const Scenario& scenario, OriginIndex origin) {
  SectorCount largest = scenario.origins[origin].size;
  for (const Statement& statement : scenario.program)
    if (statement.kind == StatementKind::resize && statement.device.origin == origin)
      largest = std::max(largest, statement.range.count);
  return to_bytes(largest).value;
}

}  // namespace

MemoryBound::MemoryBound(const Scenario& scenario) {
  const Params& params = scenario.params;
  // As many as a snapshot of one origin has.
  const std::uint64_t stacks = (2 + 2 * params.copy_fibers_maximum) * kFiberCharge.value;
  limit_ = {std::min(kNoLimit, params.memory_maximum - std::min(params.memory_maximum, stacks))};
  std::uint64_t metadata = 0;
  std::uint64_t tracking = 0;
  for (OriginIndex i = 0; i < scenario.origins.size(); ++i) {
    const std::uint64_t size = largest_size(scenario, i);
    const std::uint64_t chunks = (size >> params.chunk_minimum_shift) + 1;
    metadata += kChunkMap + std::min(kNoLimit, kChunkRecord * chunks);
    // Blocks stop growing at their largest size, however many of them that leaves.
    tracking += std::min((size >> params.tracking_block_minimum_shift) + 1,
                         std::max(params.tracking_block_maximum_count,
                                  (size >> params.tracking_block_maximum_shift) + 1));
  }
  const std::uint64_t origins = scenario.origins.size();
  snapshot_ = {kSnapshotObjects + kOriginObjects * origins +
               std::min(params.metadata_maximum, metadata + 2 * tracking)};
  // The active change maps, two while one replaces the other, and marks of cuts that are released.
  std::uint64_t takes = 0;
  for (const Statement& statement : scenario.program)
    takes += statement.kind == StatementKind::take ? 1 : 0;
  lasting_ = {origins * kOriginObjects + 2 * tracking + takes * (kEvents + tracking)};
}

ByteCount MemoryBound::busy(std::uint64_t snapshots) const {
  return lasting_ + (limit_ + snapshot_) * snapshots;
}

ByteCount MemoryBound::at_rest(std::uint64_t snapshots, ByteCount buffers) const {
  return lasting_ + snapshot_ * snapshots + buffers;
}

ByteCount MemoryBound::buffers_at_rest(const Params& params, ByteCount largest_chunk,
                                       ByteCount all_chunk_sizes) {
  const std::uint64_t waiting = std::min(params.chunk_maximum_in_queue, kManyBuffers);
  const std::uint64_t free = std::min(params.free_diff_buffer_pool_size, kManyBuffers);
  return all_chunk_sizes * free + (largest_chunk + kChunkCharge) * waiting;
}

}  // namespace cowbell::model
