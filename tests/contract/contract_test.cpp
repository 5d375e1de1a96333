// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/contract/clauses.hpp"
#include "tests/contract/test_beds.hpp"

namespace cowbell::test {
namespace {

class Contract : public testing::TestWithParam<std::tuple<TestBed, Clause>> {};

// Method: every clause on every kind of device that there is.
TEST_P(Contract, Holds) {
  const auto& [bed, clause] = GetParam();
  if (const std::string why_not = bed.run(clause.check); !why_not.empty()) GTEST_SKIP() << why_not;
}

INSTANTIATE_TEST_SUITE_P(Devices, Contract,
                         testing::Combine(testing::ValuesIn(test_beds()),
                                          testing::ValuesIn(contract_clauses())),
                         [](const auto& each) {
                           return std::get<0>(each.param).name + '_' + std::get<1>(each.param).name;
                         });

}  // namespace
}  // namespace cowbell::test
