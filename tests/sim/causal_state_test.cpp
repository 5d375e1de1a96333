// SPDX-License-Identifier: Apache-2.0
#include "sim/causal_state.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace cowbell::sim {
namespace {

constexpr model::DeviceId kToldOrigin{model::DeviceId::Kind::origin, 0};
constexpr model::DeviceId kToldStorage{model::DeviceId::Kind::storage, 0};

/// Tells a state what happens, a line each.
struct Story {
  CausalState state;

  Story() { state.restart(); }
  void tell(Event event) { state.add(event); }

  void begin(std::uint32_t client, std::uint64_t statement) {
    tell({.kind = Event::Kind::switched, .fiber = {"client", client}});
    tell({.kind = Event::Kind::began,
          .number = statement,
          .statement = model::StatementKind::write});
  }
  void submit(model::DeviceId device, std::uint64_t number, Operation operation,
              std::uint64_t first) {
    tell({.kind = Event::Kind::submitted,
          .device = device,
          .number = number,
          .operation = operation,
          .range = {{first}, {1}}});
  }
  void wait(std::uint32_t fiber, std::string_view what) {
    tell({.kind = Event::Kind::suspended, .fiber = {"a fiber", fiber}, .waits_for = what});
  }
  void park(std::uint32_t fiber) {
    tell({.kind = Event::Kind::switched, .fiber = {"a fiber", fiber}});
    wait(fiber, "work");
  }
  void look(std::uint32_t fiber) {
    tell({.kind = Event::Kind::switched, .fiber = {"a fiber", fiber}});
    wait(fiber, "something else");
  }
  void answer(model::DeviceId device, std::uint64_t number, std::uint64_t first) {
    tell({.kind = Event::Kind::took_effect,
          .device = device,
          .number = number,
          .range = {{first}, {1}}});
    tell({.kind = Event::Kind::answered, .device = device, .number = number});
  }
  void end(std::uint64_t statement) {
    tell({.kind = Event::Kind::ended,
          .number = statement,
          .statement = model::StatementKind::write});
  }
};

/// Whether two steps, behind the same beginning, leave one state in whatever order.
bool commute(const std::function<void(Story&)>& beginning, const std::function<void(Story&)>& one,
             const std::function<void(Story&)>& other) {
  Story forwards;
  beginning(forwards);
  one(forwards);
  other(forwards);
  Story backwards;
  beginning(backwards);
  other(backwards);
  one(backwards);
  return forwards.state.name({}) == backwards.state.name({});
}

/// Two clients with a write to the origin each, on its way.
void two_writes(Story& story, std::uint64_t first, std::uint64_t second) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    story.begin(i + 1, i);
    story.submit(kToldOrigin, i, Operation::write, i == 0 ? first : second);
    story.wait(i + 1, "the answer");
  }
}

// Method: the answers of two writes, of different blocks and of the same.
TEST(CausalState, TellsTheOrderOfAnswersOnlyWhereBlocksMeet) {
  const auto first = [](Story& story) {
    story.answer(kToldOrigin, 0, 0);
    story.end(0);
  };
  const auto second = [](std::uint64_t block) {
    return [block](Story& story) {
      story.answer(kToldOrigin, 1, block);
      story.end(1);
    };
  };
  EXPECT_TRUE(commute([](Story& story) { two_writes(story, 0, 1); }, first, second(1)));
  EXPECT_FALSE(commute([](Story& story) { two_writes(story, 0, 0); }, first, second(0)));
}

// Method: an answer beside the invocation of another request, which the golden copy orders.
TEST(CausalState, TellsAnAnswerFromAnInvocationBehindIt) {
  EXPECT_FALSE(commute([](Story& story) { two_writes(story, 0, 1); },
                       [](Story& story) {
                         story.answer(kToldOrigin, 0, 0);
                         story.end(0);
                       },
                       [](Story& story) {
                         story.begin(3, 2);
                         story.wait(3, "the answer");
                       }));
}

// Method: two fibers that begin to wait for work, and two steps of fibers that have run before, of
// which nobody knows what they looked at.
TEST(CausalState, TellsTheOrderOfStepsThatMayHaveLookedAtTheEngine) {
  const auto nothing = [](Story&) {};
  EXPECT_TRUE(commute(
      nothing, [](Story& story) { story.park(1); }, [](Story& story) { story.park(2); }));
  EXPECT_FALSE(commute(
      [](Story& story) {
        story.park(1);
        story.park(2);
      },
      [](Story& story) { story.look(1); }, [](Story& story) { story.look(2); }));
}

// Method: the answer of a write to a storage, which changes the engine, beside a step that looks.
TEST(CausalState, TellsAStoreFromAStepBehindIt) {
  EXPECT_FALSE(commute(
      [](Story& story) {
        story.begin(1, 0);
        story.submit(kToldStorage, 0, Operation::write, 0);
        story.wait(1, "work");
        story.park(2);
      },
      [](Story& story) { story.answer(kToldStorage, 0, 0); }, [](Story& story) { story.look(2); }));
}

// Method: a read that takes effect before a write of the same block, or behind it, both answered.
TEST(CausalState, TellsWhatAReadHasFound) {
  const auto name = [](bool read_first) {
    Story story;
    story.begin(1, 0);
    story.submit(kToldOrigin, 0, Operation::write, 0);
    story.wait(1, "the answer");
    story.begin(2, 1);
    story.submit(kToldOrigin, 1, Operation::read, 0);
    story.wait(2, "the answer");
    story.answer(kToldOrigin, read_first ? 1 : 0, 0);
    story.answer(kToldOrigin, read_first ? 0 : 1, 0);
    return story.state.name({});
  };
  EXPECT_NE(name(true), name(false));
}

// Method: the same fibers ready, in another order.
TEST(CausalState, TellsWhoIsReadyFirst) {
  Story story;
  const std::vector<ReadyFiber> one{{nullptr, 1}, {nullptr, 2}};
  const std::vector<ReadyFiber> other{{nullptr, 2}, {nullptr, 1}};
  EXPECT_NE(story.state.name(one), story.state.name(other));
}

}  // namespace
}  // namespace cowbell::sim
