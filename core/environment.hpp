// SPDX-License-Identifier: Apache-2.0
// What the engine is handed besides its devices. It asks for nothing else and never asks which
// world this is.
#pragma once

#include <cstdint>
#include <memory_resource>

#include "core/clock.hpp"
#include "core/fiber.hpp"

namespace cowbell {

/// The three references are borrowed and outlive the engine; one thread uses them.
struct Environment {
  Clock& clock;
  std::pmr::memory_resource& memory;  ///< every allocation of the engine; any may be refused
  FiberStacks& stacks;
  /// Part of every generation id of change tracking. Whoever keeps points beyond the life of an
  /// engine gives each engine another number, so that it does not take an older one's for its own.
  std::uint64_t instance = 0;
};

}  // namespace cowbell
