// SPDX-License-Identifier: Apache-2.0
#include "replay/explain_run.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "replay/command.hpp"
#include "replay/timeline_json.hpp"
#include "replay/timeline_text.hpp"

namespace cowbell::replay {
namespace {

CLI::Validator ends_in(const std::string& ending) {
  return {[ending](const std::string& name) {
            return name.empty() || name.ends_with(ending)
                       ? std::string()
                       : name + ": expected a name that ends in " + ending;
          },
          "*" + ending};
}

TextLook look_of_terminal() {
  TextLook look;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
    look.width = size.ws_col;
    look.colour = std::getenv("NO_COLOR") == nullptr;
  } else if (const char* columns = std::getenv("COLUMNS")) {
    const unsigned long width = std::strtoul(columns, nullptr, 10);
    if (width != 0) look.width = width;
  }
  return look;
}

std::expected<void, std::string> write(const std::string& path, const std::string& contents) {
  std::ofstream file(path, std::ios::binary);
  file << contents;
  file.close();
  if (!file) return std::unexpected(path + ": cannot be written");
  return {};
}

}  // namespace

void add_explain_options(CLI::App& command, ExplainOptions& options) {
  command
      .add_option("--timeline", options.timeline,
                  "Show what every fiber and device did, in columns; or write it to FILE.json in "
                  "the form that Perfetto opens")
      ->expected(0, 1)
      ->type_name("[FILE.json]")
      ->check(ends_in(".json"));
  command
      .add_option("--html", options.html,
                  "Write a page that explains the run, with a sequence diagram")
      ->type_name("FILE.html")
      ->check(ends_in(".html"));
}

std::expected<void, std::string> explain(const ExplainOptions& options,
                                         const model::Scenario& scenario,
                                         const properties::Recording& recording,
                                         const PageContent& content) {
  const Timeline timeline =
      make_timeline(scenario, recording.events(), recording.left_out(), content.breach);
  if (options.on_terminal() && !(options.quiet && content.breach == nullptr))
    print(to_columns(timeline, look_of_terminal()) + "\n");
  if (options.timeline && !options.timeline->empty()) {
    const auto written = write(*options.timeline, to_trace_events(timeline).dump() + "\n");
    if (!written) return written;
  }
  if (options.html.empty()) return {};
  return write(options.html, to_html(timeline, content));
}

}  // namespace cowbell::replay
