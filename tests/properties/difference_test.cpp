// SPDX-License-Identifier: Apache-2.0
#include "properties/difference.hpp"

#include <gtest/gtest.h>

namespace cowbell::properties {
namespace {

using sim::Event;

Event submitted(std::uint64_t number, std::uint64_t sector) {
  return {.kind = Event::Kind::submitted,
          .at = Time(1'200),
          .fiber = {"client 0", 3},
          .number = number,
          .segments = 1,
          .range = {{sector}, {8}}};
}

std::optional<Difference> between(const std::vector<Event>& first,
                                  const std::vector<Event>& second) {
  Comparison comparison(first);
  for (const Event& event : second) comparison.add(event);
  return comparison.difference();
}

// Method: the same events; then none at all.
TEST(Difference, IsNoneWhereRunsGoTheSameWay) {
  EXPECT_FALSE(between({submitted(0, 0), submitted(1, 8)}, {submitted(0, 0), submitted(1, 8)}));
  EXPECT_FALSE(between({}, {}));
}

// Method: two events that differ; the first counts, and is told with index, time and fiber.
TEST(Difference, NamesTheFirstEventThatDiffers) {
  const auto difference = between({submitted(0, 0), submitted(1, 8), submitted(2, 0)},
                                  {submitted(0, 0), submitted(1, 16), submitted(2, 8)});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->index, 1u);
  EXPECT_EQ(describe(*difference),
            "event 1, first run: at 1200 ns, by client 0 3: origin 0: request 1 is read 8+8 of 1 "
            "segments\n"
            "event 1, second run: at 1200 ns, by client 0 3: origin 0: request 1 is read 16+8 of 1 "
            "segments");
  const auto json = to_json(difference);
  EXPECT_EQ(json["index"], 1);
  EXPECT_EQ(json["first"]["time_ns"], 1'200);
  EXPECT_EQ(json["first"]["fiber"], "client 0");
  EXPECT_EQ(json["first"]["fiber_number"], 3);
  EXPECT_EQ(json["second"]["event"], "origin 0: request 1 is read 16+8 of 1 segments");
}

// Method: one run goes on where the other has ended, either way; the world acts without a fiber.
TEST(Difference, CountsAnEndAsADifference) {
  const Event healed{.kind = Event::Kind::healed, .at = Time(7)};
  const auto longer = between({submitted(0, 0)}, {submitted(0, 0), healed});
  ASSERT_TRUE(longer);
  EXPECT_EQ(describe(*longer),
            "event 1, first run: none, it has ended\n"
            "event 1, second run: at 7 ns, by the world: faults and stalls are lifted");
  EXPECT_TRUE(to_json(longer)["first"].is_null());
  const auto shorter = between({submitted(0, 0), healed}, {submitted(0, 0)});
  ASSERT_TRUE(shorter);
  EXPECT_TRUE(shorter->first);
  EXPECT_FALSE(shorter->second);
  EXPECT_TRUE(to_json(std::nullopt).is_null());
}

}  // namespace
}  // namespace cowbell::properties
