// SPDX-License-Identifier: Apache-2.0
#include "replay/command.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "replay/trace_lines.hpp"

namespace cowbell::replay {

void check_numbers(CLI::App& app) {
  const auto any = [](auto*) { return true; };
  for (CLI::Option* option : app.get_options(any)) {
    if (!option->get_type_name().starts_with("UINT")) continue;
    option->check([](const std::string& text) {
      return parse_number<std::uint64_t>(text)
                 ? std::string()
                 : "expected a whole number, 0 or more and below 2^64, not " + text;
    });
  }
  for (CLI::App* command : app.get_subcommands(any)) check_numbers(*command);
}

void add_voice(CLI::App& command, Voice& voice) {
  command.add_flag("--json", voice.json, "Print one JSON value for machines");
  command.add_flag("--quiet", voice.quiet, "Print nothing unless something is wrong");
}

ExitCode complain(ExitCode code, std::string_view text) {
  std::fflush(stdout);
  std::fprintf(stderr, "cowbell: %.*s\n", static_cast<int>(text.size()), text.data());
  return code;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_json(const nlohmann::ordered_json& value) {
  print(value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

}  // namespace cowbell::replay
