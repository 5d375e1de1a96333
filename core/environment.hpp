// SPDX-License-Identifier: Apache-2.0
// What the engine is handed besides its devices. It asks for nothing else and never asks which
// world this is.
#pragma once

#include <memory_resource>

#include "core/clock.hpp"
#include "core/fiber.hpp"

namespace cowbell {

/// All three are borrowed and outlive the engine; one thread uses them.
struct Environment {
  Clock& clock;
  std::pmr::memory_resource& memory;  ///< every allocation of the engine; any may be refused
  FiberStacks& stacks;
};

}  // namespace cowbell
