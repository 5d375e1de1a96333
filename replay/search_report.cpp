// SPDX-License-Identifier: Apache-2.0
#include "replay/search_report.hpp"

#include <nlohmann/json.hpp>

namespace cowbell::replay {

std::string verdict_of_search(const std::vector<properties::Failure>& failures, bool interrupted) {
  return std::string(failures.empty() ? "held" : "broke") +
         (interrupted ? ", interrupted by a signal: this is what was done until then" : "");
}

ExitCode tell_search(const std::vector<properties::Failure>& failures,
                     const nlohmann::ordered_json& json, std::string_view text,
                     const Voice& voice) {
  if (voice.json) {
    print_json(json);
  } else {
    for (const properties::Failure& failure : failures) print(failure.describe() + "\n");
    if (!voice.quiet) print(text);
  }
  return failures.empty() ? ExitCode::held : ExitCode::broke;
}

}  // namespace cowbell::replay
