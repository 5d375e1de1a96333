// SPDX-License-Identifier: Apache-2.0
// The sequence diagram of a run: lanes side by side, rows downwards, arrows between them.
#pragma once

#include <string>

#include "replay/timeline.hpp"

namespace cowbell::replay {

/// For the inside of a page whose style is `kPageStyle`.
struct HtmlDiagram {
  std::string html;
  bool shows_breach;  ///< the row where it breaks has the id `breach`
};

HtmlDiagram html_diagram(const Timeline& timeline);

}  // namespace cowbell::replay
