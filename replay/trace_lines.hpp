// SPDX-License-Identifier: Apache-2.0
// The lines of a text trace, one after the other, with what every text format refuses: bytes of
// zero, lines without measure, and a last line that was cut off.
#pragma once

#include <charconv>
#include <concepts>
#include <expected>
#include <optional>
#include <string_view>

#include "replay/input_error.hpp"

namespace cowbell::replay {

/// A line may be no longer.
inline constexpr std::size_t kTraceLineMaximum = 65'536;

class TraceLines {
 public:
  /// Both are borrowed for the life of the reader.
  TraceLines(std::string_view bytes, std::string_view name) : rest_(bytes), name_(name) {}

  /// The next line without its end (LF or CR LF); nothing after the last.
  std::expected<std::optional<std::string_view>, InputError> next();

  /// An error at the line that `next` returned last.
  InputError error(std::string_view what) const { return input_error(name_, line_, what); }

  std::string_view name() const { return name_; }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::uint64_t line_ = 0;
};

/// Takes the next word, between blanks and tabs, off the front; empty if there is none.
std::string_view take_word(std::string_view& text);

/// `word` as a decimal number: digits only, and within the type. Nothing otherwise.
template <std::unsigned_integral Number>
std::optional<Number> parse_number(std::string_view word) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace cowbell::replay
