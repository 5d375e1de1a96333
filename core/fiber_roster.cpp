// SPDX-License-Identifier: Apache-2.0
#include "core/fiber_roster.hpp"

#include "core/invariant.hpp"

namespace cowbell {
namespace {

std::string printed(std::string_view name, std::uint32_t number) {
  return std::string(name) + ' ' + std::to_string(number);
}

}  // namespace

void FiberRoster::restart() {
  COWBELL_INVARIANT(S11, fibers_.empty());
  last_number_ = 0;
}

std::string FiberRoster::describe() const {
  std::string text;
  for (const FiberProperties& fiber : fibers_) {
    text += printed(fiber.name, fiber.number);
    if (const WaitQueue* queue = fiber.waiting_in) {
      text += " waits for ";
      text += queue->what();
      if (queue->holder())
        text += ", held by " + printed(queue->holder()->name, queue->holder()->number);
    } else {
      text += " is ready";
    }
    text += '\n';
  }
  return text;
}

}  // namespace cowbell
