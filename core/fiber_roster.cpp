// SPDX-License-Identifier: Apache-2.0
#include "core/fiber_roster.hpp"

#include "core/invariant.hpp"

namespace cowbell {
namespace {

/// A name that has a number of its own needs no other: "client 3".
std::string printed(const FiberName& fiber) {
  std::string text(fiber.name);
  const bool numbered = !text.empty() && text.back() >= '0' && text.back() <= '9';
  return numbered ? text : text + ' ' + std::to_string(fiber.number);
}

/// Fibers of one kind that wait for the same, which nobody holds: mostly for something to do.
bool wait_alike(const FiberProperties& a, const FiberProperties& b) {
  return a.waiting_in != nullptr && b.waiting_in != nullptr && a.name == b.name &&
         a.waiting_in->what() == b.waiting_in->what() && !a.waiting_in->holder() &&
         !b.waiting_in->holder();
}

}  // namespace

void FiberRoster::restart() {
  COWBELL_INVARIANT(S11, fibers_.empty());
  last_number_ = 0;
}

std::string FiberRoster::describe() const {
  std::string text;
  for (auto fiber = fibers_.begin(); fiber != fibers_.end(); ++fiber) {
    text += printed({fiber->name, fiber->number});
    auto last = fiber;
    for (auto next = fiber; ++next != fibers_.end() && wait_alike(*fiber, *next);) last = next;
    const bool several = last != fiber;
    if (several) text += " to " + std::to_string(last->number);
    if (const WaitQueue* queue = fiber->waiting_in) {
      text += several ? " wait for " : " waits for ";
      text += queue->what();
      if (queue->holder()) text += ", held by " + printed(*queue->holder());
    } else {
      text += " is ready";
    }
    text += '\n';
    fiber = last;
  }
  return text;
}

}  // namespace cowbell
