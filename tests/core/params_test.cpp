// SPDX-License-Identifier: Apache-2.0
#include "core/params.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace cowbell {
namespace {

// Method: every parameter by its name, as the language of scenarios sets it. Who changes a default
// changes what a snapshot costs.
TEST(Params, HaveTheirDefaults) {
  std::map<std::string, std::uint64_t> defaults;
  for (const ParamField& field : param_fields())
    defaults[std::string(field.name)] = Params{}.*field.member;
  const std::map<std::string, std::uint64_t> expected{
      {"chunk_minimum_shift", 18},
      {"chunk_maximum_shift", 26},
      {"chunk_maximum_count_shift", 40},
      {"chunk_maximum_in_queue", 16},
      {"free_diff_buffer_pool_size", 128},
      {"diff_storage_minimum", 2'097'152},
      {"tracking_block_minimum_shift", 16},
      {"tracking_block_maximum_shift", 26},
      {"tracking_block_maximum_count", 2'097'152},
      {"memory_maximum", 67'108'864},
      {"metadata_maximum", 268'435'456},
      {"copy_fibers_maximum", 64},
      {"storage_wait_maximum", 5'000},
  };
  EXPECT_EQ(defaults, expected);
  EXPECT_EQ(check_params(Params{}), Errc::none);
}

// Method: each parameter at its bounds, and one past them.
TEST(Params, AreRefusedPastTheirBounds) {
  for (const ParamField& field : param_fields()) {
    Params params;
    if (field.highest != ~std::uint64_t{0}) {
      params.*field.member = field.highest + 1;
      EXPECT_EQ(check_params(params), Errc::invalid) << field.name;
    }
    if (field.lowest != 0) {
      params.*field.member = field.lowest - 1;
      EXPECT_EQ(check_params(params), Errc::invalid) << field.name;
    }
  }
}

}  // namespace
}  // namespace cowbell
