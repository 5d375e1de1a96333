// SPDX-License-Identifier: Apache-2.0
// The scenario language, as LANGUAGE.md describes it: text to value and value to text.
//
// For every scenario whose text keeps the limits of the language and whose parts do not contradict
// each other (call it valid): parse_scenario(to_string(scenario)) == scenario. For every text that
// is accepted, printing and parsing again gives the same value and the same text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "models/scenario.hpp"

namespace cowbell::model {

/// @name Limits against hostile files.
/// @{
inline constexpr std::size_t kLineMaximum = std::size_t{64} << 10;  ///< bytes, line end apart
inline constexpr std::size_t kFileMaximum = std::size_t{16} << 20;  ///< bytes
inline constexpr std::size_t kStatementMaximum = 1'000'000;         ///< of a program
inline constexpr std::uint32_t kClientMaximum = 1'024;              ///< clients are below this
inline constexpr std::uint32_t kChangePointMaximum = 1'000'000;     ///< of `schedule pct`
/// @}

/// The first place of a text that is wrong.
struct ParseError {
  std::uint32_t line = 1;    ///< from 1
  std::uint32_t column = 1;  ///< from 1, in bytes; one past the line where a word is missing
  std::string expected;      ///< what would have been right there: "a size in bytes, such as 64K"
  bool operator==(const ParseError&) const = default;
};

/// Takes any bytes. Nothing is kept of `text`. Statements carry the numbers of their lines.
/// A statement that no world can obey yet is accepted: the world refuses it, by its line.
std::expected<Scenario, ParseError> parse_scenario(std::string_view text);

/// "FILE:LINE:COLUMN: expected …", for people; no newline at the end.
std::string format_error(std::string_view file, const ParseError& error);

/// The canonical text: header, world, an empty line, program. What equals its default is left out,
/// and sizes and times take the largest unit that divides them.
std::string to_string(const Scenario& scenario);

/// One statement of `scenario` as its line, without a newline.
std::string to_string(const Statement& statement, const Scenario& scenario);

/// "A" for an origin, "A@s1" for its image.
std::string device_name(const Scenario& scenario, DeviceRef device);

/// Brings a scenario that was made or changed by program into the form that parsing gives:
/// snapshots in the order of their first mention and only those mentioned, recorded decisions
/// without trailing zeroes.
void normalize(Scenario& scenario);

}  // namespace cowbell::model
