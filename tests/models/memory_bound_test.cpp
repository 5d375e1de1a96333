// SPDX-License-Identifier: Apache-2.0
#include "models/memory_bound.hpp"

#include <gtest/gtest.h>

#include "core/chunk.hpp"
#include "core/fiber.hpp"

namespace cowbell::model {
namespace {

constexpr ByteCount kChunk{4096};
constexpr ByteCount kMegabyte{1 << 20};

Scenario one_origin(std::uint64_t sectors) {
  Scenario scenario;
  scenario.origins = {{.name = "A", .size = {sectors}, .line = {}}};
  scenario.params.chunk_minimum_shift = 12;
  scenario.params.copy_fibers_maximum = 1;
  return scenario;
}

// Method: stacks for four fibers come out of the limit, and what they leave counts for each
// snapshot.
TEST(MemoryBound, CountsNoStacksForBuffers) {
  Scenario scenario = one_origin(2048);
  scenario.params.memory_maximum = 4 * kFiberCharge.value;
  const MemoryBound nothing_left(scenario);
  scenario.params.memory_maximum += kMegabyte.value;
  const MemoryBound one_left(scenario);
  EXPECT_EQ(one_left.busy(1) - nothing_left.busy(1), kMegabyte);
  EXPECT_EQ(one_left.busy(3) - nothing_left.busy(3), kMegabyte * 3);
  EXPECT_LT(nothing_left.busy(1), ByteCount{64 * 1024});
}

// Method: metadata of a device that grows a thousandfold, without a limit and with one.
TEST(MemoryBound, GrowsWithTheLargestSizeOfADeviceUpToTheLimit) {
  Scenario scenario = one_origin(2048);
  const ByteCount small = MemoryBound(scenario).at_rest(1, {});
  Statement resize;
  resize.kind = StatementKind::resize;
  resize.range.count = {2048 * 1000};
  scenario.program = {resize};
  const ByteCount grown = MemoryBound(scenario).at_rest(1, {});
  EXPECT_GT(grown, small + kMegabyte);
  scenario.params.metadata_maximum = 0;
  EXPECT_LT(MemoryBound(scenario).at_rest(1, {}), small + ByteCount{64 * 1024});
}

// Method: tracking blocks of one sector that may not be larger, though only one was asked for.
TEST(MemoryBound, CountsTrackingBlocksThatCannotGrow) {
  Scenario scenario = one_origin(2048 * 64);
  scenario.params.tracking_block_minimum_shift = 9;
  scenario.params.tracking_block_maximum_count = 1;
  const ByteCount one_block = MemoryBound(scenario).at_rest(1, {});
  scenario.params.tracking_block_maximum_shift = 9;
  const ByteCount blocks{2048 * 64};
  EXPECT_GE(MemoryBound(scenario).at_rest(1, {}), one_block + blocks * 3);
  EXPECT_LE(MemoryBound(scenario).at_rest(1, {}), one_block + blocks * 5);
}

TEST(MemoryBound, KeepsOfBuffersWhatThePoolAndTheQueueMayHold) {
  Params params;
  params.free_diff_buffer_pool_size = 3;
  params.chunk_maximum_in_queue = 2;
  EXPECT_EQ(MemoryBound::buffers_at_rest(params, kChunk, kChunk), kChunk * 5 + kChunkCharge * 2);
  EXPECT_EQ(MemoryBound::buffers_at_rest(params, kChunk * 2, kChunk * 3),
            kChunk * 9 + kChunk * 4 + kChunkCharge * 2)
      << "two areas, the larger chunks waiting";
}

// Method: the largest parameters and devices that a scenario can have.
TEST(MemoryBound, DoesNotOverflow) {
  Scenario scenario = one_origin(std::uint64_t{1} << 54);
  for (const ParamField& field : param_fields()) scenario.params.*field.member = field.highest;
  scenario.params.chunk_minimum_shift = 9;
  const MemoryBound bound(scenario);
  EXPECT_GT(bound.busy(1000), bound.busy(1));
  EXPECT_GT(bound.at_rest(1000, MemoryBound::buffers_at_rest(scenario.params, kChunk, kChunk)),
            kMegabyte);
}

}  // namespace
}  // namespace cowbell::model
