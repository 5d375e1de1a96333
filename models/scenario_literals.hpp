// SPDX-License-Identifier: Apache-2.0
// The smallest parts of the scenario language: names, numbers, sizes, times, bytes, errors. Each
// takes one word and throws Refused, at that word, if it is something else. Private to the parser.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/clock.hpp"
#include "core/units.hpp"
#include "models/scenario_lexer.hpp"

namespace cowbell::model {

/// True for [A-Za-z_][A-Za-z0-9_]*.
bool is_name(std::string_view text);

/// `expected` says whose name it is.
std::string_view take_name(LineReader& line, std::string_view expected);

/// A plain decimal number from `lowest` to `highest`.
std::uint64_t take_number(LineReader& line, std::uint64_t lowest, std::uint64_t highest);

/// Bytes, with a suffix or without.
ByteCount take_bytes(LineReader& line);

/// Bytes that are whole sectors.
SectorCount take_sectors(LineReader& line);

/// A power of two of bytes, from one sector.
ByteCount take_block_size(LineReader& line);

/// Whole multiples of `unit`, which is a power of two from one sector.
Sector take_offset(LineReader& line, ByteCount unit);

/// The length of what begins at `first`: above 0, whole multiples of `unit`, ending below 2^64.
SectorRange take_length(LineReader& line, ByteCount unit, Sector first);

/// OFFSET LENGTH.
SectorRange take_range(LineReader& line, ByteCount unit);

/// `3:`, if the next word begins with a digit; nothing, and no word taken, otherwise.
std::optional<std::uint32_t> accept_client(LineReader& line);

/// Below kForever.
Time take_time(LineReader& line);

/// `0x` and two hexadecimal digits.
std::uint8_t take_byte(LineReader& line);

Errc take_error(LineReader& line);

/// Refuses the word at `column` unless `bytes` are a whole multiple of `unit`, a power of two.
void check_multiple(const LineReader& line, std::uint32_t column, ByteCount bytes, ByteCount unit);

}  // namespace cowbell::model
