// SPDX-License-Identifier: Apache-2.0
// The parameters of the engine, in one table: member, default, and the name that texts use.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/error.hpp"

namespace cowbell {

struct Params {
  std::uint64_t chunk_minimum_shift = 18;           ///< log2 of the smallest chunk in bytes
  std::uint64_t chunk_maximum_shift = 26;           ///< log2 of the largest chunk in bytes
  std::uint64_t chunk_maximum_count_shift = 40;     ///< log2 of the chunks of a device, at most
  std::uint64_t chunk_maximum_in_queue = 16;        ///< chunks that wait before storing begins
  std::uint64_t free_diff_buffer_pool_size = 128;   ///< free buffers kept by an area, at most
  std::uint64_t diff_storage_minimum = 2'097'152;   ///< sectors: the growth step
  std::uint64_t tracking_block_minimum_shift = 16;  ///< log2 of the smallest tracking block, bytes
  std::uint64_t tracking_block_maximum_shift = 26;  ///< log2 of the largest tracking block, bytes
  std::uint64_t tracking_block_maximum_count = 2'097'152;  ///< tracking blocks of a device, at most
  std::uint64_t memory_maximum = 67'108'864;  ///< bytes a snapshot: buffers, queues, fibers
  /// Bytes a snapshot: chunk and change maps. Bytes an origin: marks of its change tracking.
  std::uint64_t metadata_maximum = 268'435'456;
  std::uint64_t copy_fibers_maximum = 64;  ///< fibers that preserve for one origin
  /// Milliseconds that a storage may take for a request while a change waits for memory.
  std::uint64_t storage_wait_maximum = 5'000;

  bool operator==(const Params&) const = default;
};

/// A parameter by name: what a scenario's `param NAME VALUE` sets.
struct ParamField {
  std::string_view name;
  std::uint64_t Params::*member;
  std::uint64_t lowest;
  std::uint64_t highest;
};

/// Every parameter, in the order of `Params`.
std::span<const ParamField> param_fields();

/// The field of that name; null for any other.
const ParamField* find_param(std::string_view name);

/// EINVAL if a value lies outside its bounds or two contradict each other.
Errc check_params(const Params& params);

}  // namespace cowbell
