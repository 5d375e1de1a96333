// SPDX-License-Identifier: Apache-2.0
// A timeline as columns of text, one a lane, with the time of the run down the left.
#pragma once

#include "replay/timeline.hpp"

namespace cowbell::replay {

struct TextLook {
  std::size_t width = 100;  ///< columns of the terminal
  bool colour = false;      ///< with the escape sequences of a terminal
};

/// UTF-8, lines end in a newline. Where lanes are too many for the width, fibers of the engine that
/// do the same share a column; where that is not enough, so do all clients, the engine, all origins
/// and all storages, each with a name in front of what it says. From 62 columns on that fits.
std::string to_columns(const Timeline& timeline, const TextLook& look);

}  // namespace cowbell::replay
