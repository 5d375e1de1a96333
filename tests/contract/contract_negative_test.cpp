// SPDX-License-Identifier: Apache-2.0
// The contract's clauses, tried on devices that break them.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tests/contract/clauses.hpp"
#include "tests/contract/planted_defects.hpp"
#include "tests/contract/test_beds.hpp"

namespace cowbell::test {
namespace {

/// The clauses that fail on the simulated disk with `defect` over it.
std::vector<std::string> broken_clauses(Defect defect) {
  const std::vector<TestBed> beds = test_beds();
  const auto bed = std::ranges::find(beds, "PlainSimulation", &TestBed::name);
  std::vector<std::string> broken;
  for (const Clause& clause : contract_clauses()) {
    testing::TestPartResultArray results;
    {
      const testing::ScopedFakeTestPartResultReporter reporter(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
      bed->run([&](Subject& subject) {
        DefectiveDevice disk(subject.disk, nullptr, defect);
        DefectiveDevice storage(subject.storage, &subject.storage, defect);
        Subject defective{subject.environment, disk, storage};
        clause.check(defective);
      });
    }
    if (results.size() > 0) broken.push_back(clause.name);
  }
  return broken;
}

// Method: the decorator without a defect; otherwise it would be the one that is caught below.
TEST(ContractNegative, AcceptsADeviceWithoutDefect) {
  EXPECT_EQ(broken_clauses(Defect::none), std::vector<std::string>{});
}

// Method: one planted defect after another.
TEST(ContractNegative, CatchesEveryPlantedDefect) {
  for (const Defect defect : kDefects)
    EXPECT_FALSE(broken_clauses(defect).empty()) << "defect " << static_cast<int>(defect);
}

}  // namespace
}  // namespace cowbell::test
