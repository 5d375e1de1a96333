// SPDX-License-Identifier: Apache-2.0
// One self-contained page that explains a run to a person: what broke, the scenario, the history of
// the block, and a sequence diagram in the time of the run.
#pragma once

#include <string>

#include "replay/timeline.hpp"

namespace cowbell::replay {

/// What stands around the diagram. Borrowed while the page is made.
struct PageContent {
  std::string_view file;           ///< as it was named
  std::string_view scenario_text;  ///< of that file
  const model::Breach* breach;     ///< null if the run held
  std::string_view command;        ///< the line that runs it again
};

/// HTML in UTF-8 that refers to nothing outside of itself. Only the last `kDrawnRows` rows are
/// drawn; the page says how many came before.
std::string to_html(const Timeline& timeline, const PageContent& content);

inline constexpr std::size_t kDrawnRows = 4'000;

/// "frozen means frozen"; static storage.
std::string_view rule_title(Rule rule);

/// With `&`, `<`, `>` and quotes replaced, and what is neither printable nor UTF-8 left out.
std::string html_escaped(std::string_view text);

}  // namespace cowbell::replay
