// SPDX-License-Identifier: Apache-2.0
// What `cowbell run` does beside giving its verdict: it shows what happened, on the terminal, as a
// trace for Perfetto, or as a page.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <optional>
#include <string>

#include "properties/outcome.hpp"
#include "properties/recording.hpp"
#include "replay/html_page.hpp"

namespace cowbell::replay {

struct ExplainOptions {
  std::optional<std::string> timeline;  ///< a file that ends in .json; empty for the terminal
  std::string html;                     ///< a file that ends in .html; empty for none
  bool quiet = false;                   ///< nothing on the terminal of a run that held

  bool any() const { return timeline || !html.empty(); }
  bool on_terminal() const { return timeline && timeline->empty(); }
};

/// Adds `--timeline` and `--html`. `options` is borrowed until the command line has been read.
void add_explain_options(CLI::App& command, ExplainOptions& options);

/// Errors: one line that names what cannot be written.
std::expected<void, std::string> explain(const ExplainOptions& options,
                                         const model::Scenario& scenario,
                                         const properties::Recording& recording,
                                         const PageContent& content);

}  // namespace cowbell::replay
