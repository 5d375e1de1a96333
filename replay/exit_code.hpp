// SPDX-License-Identifier: Apache-2.0
// What the `cowbell` command ends with.
#pragma once

namespace cowbell::replay {

enum class ExitCode : int {
  held = 0,         ///< everything that was checked holds
  broke = 1,        ///< a rule broke
  wrong_input = 2,  ///< wrong usage, or input that was refused; nothing was written
  environment = 3   ///< permissions, devices, space, memory
};

}  // namespace cowbell::replay
