// SPDX-License-Identifier: Apache-2.0
// S14, checked: subjects whose maps of changes say too little, too much or nothing.
#include <gtest/gtest.h>

#include "tests/models/lying_subjects.hpp"
#include "tests/models/simulated.hpp"

namespace cowbell::model::testing {
namespace {

/// Leaves the first range out of every map of changes.
class ForgetsAChange final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Result<ChangedAnswer> changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                std::vector<SectorRange>& out) override;
};

/// Adds the first tracking block to every map of changes.
class InventsAChange final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Result<ChangedAnswer> changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                std::vector<SectorRange>& out) override;
};

/// Never says what has changed.
class KnowsNoChanges final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Result<ChangedAnswer> changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                std::vector<SectorRange>& out) override;
};

/// Says that every map is exact.
class ClaimsToBeExact final : public EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  Result<ChangedAnswer> changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                std::vector<SectorRange>& out) override {
    auto answer = EngineSubject::changed(from, to, origin, out);
    if (answer) answer->exact = true;
    return answer;
  }
};

Result<ChangedAnswer> ForgetsAChange::changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                              std::vector<SectorRange>& out) {
  const auto answer = EngineSubject::changed(from, to, origin, out);
  if (!out.empty()) out.erase(out.begin());
  return answer;
}

Result<ChangedAnswer> InventsAChange::changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                              std::vector<SectorRange>& out) {
  const auto answer = EngineSubject::changed(from, to, origin, out);
  if (answer && (out.empty() || out.front().first > Sector{answer->block.value}))
    out.insert(out.begin(), {Sector{}, answer->block});
  return answer;
}

Result<ChangedAnswer> KnowsNoChanges::changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                              std::vector<SectorRange>& out) {
  auto answer = EngineSubject::changed(from, to, origin, out);
  out.clear();
  if (answer) answer->exact = false;
  return answer;
}

/// Maps of changes, each with one range: of a write to the origin, of a write through the image at
/// which they begin or end, of a mark by hand.
std::string changes_by(std::string_view change) {
  return "param tracking_block_minimum_shift 12\nparam copy_fibers_maximum 2\n"
         "origin A 64K\nstorage file 1M\nwrite A 0 8K\ntake s\ntake t\n" +
         std::string(change) + "\nrelease t\ntake u\nrelease s\nrelease u\n";
}

// Method: nobody has written down what is expected; the golden copy knows what must be there.
TEST(LyingAboutChanges, LeavingOutAChangeIsCaught) {
  for (const std::string_view change :
       {"write A 4K 4K", "discard A 4K 4K", "write A@s 4K 512", "zero A@t 4K 512", "dirty A 4K 4K",
        "dirty A@s 4K 512", "dirty A@t 4K 512"}) {
    EXPECT_EQ(outcome(changes_by(change)), "held") << change;
    EXPECT_EQ(outcome(changes_by(change), maker_of<ForgetsAChange>()), "S14") << change;
  }
}

// Method: maps that say too much are permitted by S14, and found by whoever says what he expects.
TEST(LyingAboutChanges, InventingAChangeIsCaughtByAnExpectation) {
  const std::string unexpected = changes_by("write A 8K 4K");
  EXPECT_EQ(outcome(unexpected, maker_of<InventsAChange>()), "held");
  const std::string expected = unexpected + "take v\nexpect changed A from t to v: 8K 4K\n";
  EXPECT_EQ(outcome(expected), "held");
  EXPECT_EQ(outcome(expected, maker_of<InventsAChange>()), "expectation");
}

// Method: with nothing that excuses it.
TEST(LyingAboutChanges, NeverKnowingWhatChangedIsCaught) {
  EXPECT_EQ(outcome(changes_by("write A 8K 4K"), maker_of<KnowsNoChanges>()), "S14");
}

// Method: what a device has lost has changed, if it was seen while it was shorter.
TEST(LyingAboutChanges, ClaimingToKnowWhatADeviceLostIsCaught) {
  const auto lost_around = [](std::string_view between) {
    return "param tracking_block_minimum_shift 12\norigin A 64K\nwrite A 32K 8K\ntake s\n"
           "resize A 36K\n" +
           std::string(between) + "\nresize A 64K\ntake t\n";
  };
  EXPECT_EQ(outcome(lost_around("read A 0 4K")), "held");
  EXPECT_EQ(outcome(lost_around("read A 0 4K"), maker_of<ClaimsToBeExact>()), "S14");
  EXPECT_EQ(outcome(lost_around("")), "held");
}

}  // namespace
}  // namespace cowbell::model::testing
