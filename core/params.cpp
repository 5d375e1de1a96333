// SPDX-License-Identifier: Apache-2.0
#include "core/params.hpp"

#include <array>
#include <limits>

namespace cowbell {
namespace {

constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
// A byte count that can be added to a few others without passing 2^64.
constexpr std::uint64_t kBytes = std::uint64_t{1} << 62;
constexpr std::uint64_t kDayInMilliseconds = 86'400'000;

constexpr std::array<ParamField, 13> kFields{{
    {"chunk_minimum_shift", &Params::chunk_minimum_shift, 9, 32},
    {"chunk_maximum_shift", &Params::chunk_maximum_shift, 9, 32},
    {"chunk_maximum_count_shift", &Params::chunk_maximum_count_shift, 0, 48},
    {"chunk_maximum_in_queue", &Params::chunk_maximum_in_queue, 0, kAny},
    {"free_diff_buffer_pool_size", &Params::free_diff_buffer_pool_size, 0, kAny},
    {"diff_storage_minimum", &Params::diff_storage_minimum, 1, kBytes >> 9},
    {"tracking_block_minimum_shift", &Params::tracking_block_minimum_shift, 9, 32},
    {"tracking_block_maximum_shift", &Params::tracking_block_maximum_shift, 9, 32},
    {"tracking_block_maximum_count", &Params::tracking_block_maximum_count, 1, kBytes},
    {"memory_maximum", &Params::memory_maximum, 0, kBytes},
    {"metadata_maximum", &Params::metadata_maximum, 0, kBytes},
    {"copy_fibers_maximum", &Params::copy_fibers_maximum, 1, 4096},
    {"storage_wait_maximum", &Params::storage_wait_maximum, 0, kDayInMilliseconds},
}};

}  // namespace

std::span<const ParamField> param_fields() {
  return kFields;
}

const ParamField* find_param(std::string_view name) {
  for (const ParamField& field : kFields)
    if (field.name == name) return &field;
  return nullptr;
}

Errc check_params(const Params& params) {
  for (const ParamField& field : kFields)
    if (params.*field.member < field.lowest || params.*field.member > field.highest)
      return Errc::invalid;
  if (params.chunk_minimum_shift > params.chunk_maximum_shift ||
      params.tracking_block_minimum_shift > params.tracking_block_maximum_shift)
    return Errc::invalid;
  return Errc::none;
}

}  // namespace cowbell
