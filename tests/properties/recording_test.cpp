// SPDX-License-Identifier: Apache-2.0
#include "properties/recording.hpp"

#include <gtest/gtest.h>

namespace cowbell::properties {
namespace {

using Kind = sim::Event::Kind;

/// More events than there is room for.
void add_many(Recording& recording) {
  for (std::size_t i = 0; i < Recording::kRoom; ++i)
    recording.add({.kind = Kind::switched, .fiber = {"client 0", 1}});
}

sim::Event deed(Kind kind, std::uint64_t number, model::StatementKind statement) {
  return {.kind = kind, .number = number, .statement = statement};
}

// Method: a take, a write that ends, and one that does not, before more than there is room for; the
// write that ended is left out, by both of its events.
TEST(Recording, KeepsOldStatementsThatHaveNotEndedAndTakes) {
  using enum model::StatementKind;
  Recording recording;
  const std::vector<sim::Event> kept{deed(Kind::began, 0, take), deed(Kind::ended, 0, take),
                                     deed(Kind::began, 2, write)};
  recording.add(kept[0]);
  recording.add(deed(Kind::began, 1, write));
  recording.add(kept[1]);
  recording.add(kept[2]);
  recording.add(deed(Kind::ended, 1, write));
  add_many(recording);
  const std::vector<sim::Event> events = recording.events();
  ASSERT_EQ(events.size(), Recording::kRoom + kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(events[i], kept[i]) << i;
  EXPECT_EQ(recording.left_out(), 2u);
}

// Method: more takes than there is room for, and then a write that does not end.
TEST(Recording, HasRoomForAStatementBehindAnyNumberOfTakes) {
  using enum model::StatementKind;
  Recording recording;
  for (std::uint64_t i = 0; i < Recording::kOlderRoom; ++i) {
    recording.add(deed(Kind::began, i, take));
    recording.add(deed(Kind::ended, i, take));
  }
  const sim::Event open = deed(Kind::began, Recording::kOlderRoom, write);
  recording.add(open);
  add_many(recording);
  const std::vector<sim::Event> events = recording.events();
  ASSERT_GT(events.size(), Recording::kRoom);
  EXPECT_EQ(events[events.size() - Recording::kRoom - 1], open);
  EXPECT_EQ(recording.left_out() + events.size(), 2 * Recording::kOlderRoom + 1 + Recording::kRoom);
}

}  // namespace
}  // namespace cowbell::properties
