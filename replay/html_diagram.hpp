// SPDX-License-Identifier: Apache-2.0
// The sequence diagram of a run: lanes side by side, rows downwards, arrows between them.
#pragma once

#include <string>

#include "replay/timeline.hpp"

namespace cowbell::replay {

/// HTML for the inside of a page whose style is `kPageStyle`. What broke has the id `breach`.
std::string html_diagram(const Timeline& timeline);

}  // namespace cowbell::replay
