// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_lexer.hpp"
#include "models/scenario_names.hpp"
#include "models/scenario_program_parser.hpp"
#include "models/scenario_text.hpp"
#include "models/scenario_world_parser.hpp"

namespace cowbell::model {
namespace {

constexpr std::string_view kHeaderExpected = "`cowbell-scenario 1` before any other statement";

/// The next line that is not empty; nothing at the end of the text.
std::optional<LineReader> next_statement(TextReader& text) {
  while (auto line = text.next())
    if (!line->at_end()) return line;
  return std::nullopt;
}

void parse_header(TextReader& text) {
  auto line = next_statement(text);
  if (!line) throw Refused{{text.line_number(), 1, std::string(kHeaderExpected)}};
  if (!line->accept(kHeaderWord)) line->refuse(kHeaderExpected);
  if (!line->accept(kHeaderVersion)) line->refuse("version 1");
  line->finish();
}

Scenario parse_text(std::string_view bytes) {
  TextReader text(bytes);
  parse_header(text);
  Scenario scenario;
  WorldParser world(scenario);
  auto line = next_statement(text);
  for (; line && WorldParser::knows(line->peek()); line = next_statement(text)) world.parse(*line);
  world.finish();
  ProgramParser program(scenario);
  for (; line; line = next_statement(text)) {
    if (line->peek() == kHeaderWord) line->refuse("`cowbell-scenario` only once");
    program.parse(*line);
  }
  return scenario;
}

}  // namespace

std::expected<Scenario, ParseError> parse_scenario(std::string_view text) {
  try {
    return parse_text(text);
  } catch (const Refused& refused) {
    return std::unexpected(refused.error);
  }
}

std::string format_error(std::string_view file, const ParseError& error) {
  return std::string(file) + ':' + std::to_string(error.line) + ':' + std::to_string(error.column) +
         ": expected " + error.expected;
}

}  // namespace cowbell::model
