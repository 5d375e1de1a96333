// SPDX-License-Identifier: Apache-2.0
#include "models/program_order.hpp"

#include <gtest/gtest.h>

namespace cowbell::model {
namespace {

Statement of_client(std::uint32_t client) {
  Statement statement;
  statement.kind = StatementKind::flush;
  statement.client = client;
  return statement;
}

std::vector<std::uint32_t> statements(const ProgramOrder& order, std::size_t client) {
  std::vector<std::uint32_t> numbers;
  for (const ProgramOrder::Step step : order.steps(client)) numbers.push_back(step.statement);
  return numbers;
}

// Method: two clients mixed, numbered as clients are in a file: with gaps.
TEST(ProgramOrder, KeepsTheStatementsOfAClientInOrder) {
  ProgramOrder order;
  order.begin({of_client(7), of_client(2), of_client(7), of_client(2)});
  ASSERT_EQ(order.clients(), 2u);
  EXPECT_EQ(order.client_number(0), 7u);
  EXPECT_EQ(statements(order, 0), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(statements(order, 1), (std::vector<std::uint32_t>{1, 3}));
}

// Method: barriers before, between, twice in a row, and at the end.
TEST(ProgramOrder, ReachesAPhaseWhenAllBeforeHaveEnded) {
  const Statement barrier;
  ProgramOrder order;
  order.begin({barrier, of_client(0), of_client(1), barrier, barrier, of_client(0), barrier});
  EXPECT_EQ(order.steps(0)[0].phase, 1u);
  EXPECT_EQ(order.steps(0)[1].phase, 3u);
  EXPECT_EQ(order.current_phase(), 1u);
  EXPECT_FALSE(order.ended(1));
  EXPECT_TRUE(order.ended(1));
  EXPECT_EQ(order.current_phase(), 3u);
  EXPECT_FALSE(order.all_ended());
  EXPECT_TRUE(order.ended(3));
  EXPECT_TRUE(order.all_ended());
}

TEST(ProgramOrder, OfNothingHasEnded) {
  ProgramOrder order;
  order.begin({});
  EXPECT_TRUE(order.all_ended());
  EXPECT_EQ(order.clients(), 0u);
}

TEST(ProgramOrder, ForgetsTheProgramBefore) {
  ProgramOrder order;
  order.begin({of_client(3), of_client(1)});
  order.begin({of_client(1)});
  ASSERT_EQ(order.clients(), 1u);
  EXPECT_EQ(order.client_number(0), 1u);
  EXPECT_EQ(statements(order, 0), std::vector<std::uint32_t>{0});
}

}  // namespace
}  // namespace cowbell::model
