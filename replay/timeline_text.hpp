// SPDX-License-Identifier: Apache-2.0
// A timeline as columns of text, one a lane, with the time of the run down the left.
#pragma once

#include "replay/timeline.hpp"

namespace cowbell::replay {

struct TextLook {
  std::size_t width = 100;  ///< columns of the terminal
  bool colour = false;      ///< with the escape sequences of a terminal
};

/// UTF-8, lines end in a newline. Where lanes of the engine are too many for the width, those of
/// one kind share a column; where even that is not enough, lines are longer than the width.
std::string to_columns(const Timeline& timeline, const TextLook& look);

}  // namespace cowbell::replay
