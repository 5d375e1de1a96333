// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_literals.hpp"

#include <bit>
#include <charconv>
#include <limits>

#include "models/scenario_names.hpp"

namespace cowbell::model {
namespace {

constexpr std::uint64_t kNumberMaximum = std::numeric_limits<std::uint64_t>::max();
constexpr std::string_view kErrorExpected =
    "an error: EIO ENOSPC ENOMEM EAGAIN ENODEV EEXIST ENOENT EBUSY EFBIG EINVAL EOPNOTSUPP "
    "ETIMEDOUT EROFS";

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A number and what stands behind its digits.
struct NumberAndRest {
  std::uint64_t number;
  std::string_view rest;
};

std::optional<NumberAndRest> split_number(std::string_view word) {
  std::uint64_t number = 0;
  const char* const last = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), last, number);
  if (error != std::errc{}) return std::nullopt;
  return NumberAndRest{number, word.substr(static_cast<std::size_t>(end - word.data()))};
}

std::optional<std::uint64_t> bytes_from(std::string_view word) {
  const auto split = split_number(word);
  if (!split) return std::nullopt;
  if (split->rest.empty()) return split->number;
  for (const SizeUnit& unit : kSizeUnits)
    if (split->rest.size() == 1 && split->rest.front() == unit.suffix &&
        split->number <= kNumberMaximum >> unit.shift)
      return split->number << unit.shift;
  return std::nullopt;
}

std::optional<Time> time_from(std::string_view word) {
  constexpr auto highest = static_cast<std::uint64_t>(kForever.count()) - 1;
  const auto split = split_number(word);
  if (!split) return std::nullopt;
  for (const TimeUnit& unit : kTimeUnits)
    if (split->rest == unit.suffix && split->number <= highest / unit.nanoseconds)
      return Time{static_cast<Time::rep>(split->number * unit.nanoseconds)};
  return std::nullopt;
}

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return false;
  for (const char c : text)
    if (!is_letter(c) && !is_digit(c) && c != '_') return false;
  return true;
}

std::string_view take_name(LineReader& line, std::string_view expected) {
  const Word word = line.take(expected);
  if (!is_name(word.text)) line.refuse_at(word.column, expected);
  return word.text;
}

std::uint64_t take_number(LineReader& line, std::uint64_t lowest, std::uint64_t highest) {
  std::string expected = "a number";
  if (lowest > 0 || highest < kNumberMaximum)
    expected += " from " + std::to_string(lowest) + " to " + std::to_string(highest);
  const Word word = line.take(expected);
  const auto split = split_number(word.text);
  if (!split || !split->rest.empty() || split->number < lowest || split->number > highest)
    line.refuse_at(word.column, expected);
  return split->number;
}

ByteCount take_bytes(LineReader& line) {
  constexpr std::string_view expected = "bytes below 2^64, such as 4096 or 64K";
  const Word word = line.take(expected);
  const auto bytes = bytes_from(word.text);
  if (!bytes) line.refuse_at(word.column, expected);
  return {*bytes};
}

SectorCount take_sectors(LineReader& line) {
  const std::uint32_t column = line.column();
  const ByteCount bytes = take_bytes(line);
  check_multiple(line, column, bytes, {kSectorSize});
  return to_sectors(bytes);
}

ByteCount take_block_size(LineReader& line) {
  const std::uint32_t column = line.column();
  const ByteCount bytes = take_bytes(line);
  if (bytes.value < kSectorSize || !std::has_single_bit(bytes.value))
    line.refuse_at(column, "a power of two from 512");
  return bytes;
}

Sector take_offset(LineReader& line, ByteCount unit) {
  const std::uint32_t column = line.column();
  const ByteCount offset = take_bytes(line);
  check_multiple(line, column, offset, unit);
  return {to_sectors(offset).value};
}

SectorRange take_length(LineReader& line, ByteCount unit, Sector first) {
  const std::uint32_t column = line.column();
  const ByteCount length = take_bytes(line);
  if (length.value == 0) line.refuse_at(column, "a length above 0");
  check_multiple(line, column, length, unit);
  if (length.value > kNumberMaximum - byte_offset(first).value)
    line.refuse_at(column, "a length that ends below 2^64");
  return {first, to_sectors(length)};
}

SectorRange take_range(LineReader& line, ByteCount unit) {
  const Sector first = take_offset(line, unit);
  return take_length(line, unit, first);
}

std::optional<std::uint32_t> accept_client(LineReader& line) {
  if (line.at_end() || !is_digit(line.peek().front())) return std::nullopt;
  if (!line.cut_suffix(':')) line.refuse("a statement, or a client such as `3:` in front of it");
  return static_cast<std::uint32_t>(take_number(line, 0, kClientMaximum - 1));
}

Time take_time(LineReader& line) {
  constexpr std::string_view expected = "a time of at most 292 years, such as 250us, 10ms or 2s";
  const Word word = line.take(expected);
  const auto time = time_from(word.text);
  if (!time) line.refuse_at(word.column, expected);
  return *time;
}

std::uint8_t take_byte(LineReader& line) {
  constexpr std::string_view expected = "a byte, such as 0x5d";
  const Word word = line.take(expected);
  std::uint8_t byte = 0;
  const std::string_view digits = word.text.starts_with("0x") ? word.text.substr(2) : "";
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, byte, 16);
  if (digits.size() != 2 || error != std::errc{} || end != last)
    line.refuse_at(word.column, expected);
  return byte;
}

Errc take_error(LineReader& line) {
  const Word word = line.take(kErrorExpected);
  const auto error = errc_from_name(word.text);
  if (!error) line.refuse_at(word.column, kErrorExpected);
  return *error;
}

void check_multiple(const LineReader& line, std::uint32_t column, ByteCount bytes, ByteCount unit) {
  if ((bytes.value & (unit.value - 1)) != 0)
    line.refuse_at(column, "a multiple of " + std::to_string(unit.value) + " bytes");
}

}  // namespace cowbell::model
