// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_lines.hpp"

namespace cowbell::replay {
namespace {

constexpr std::string_view kBlanks = " \t";

}  // namespace

std::expected<std::optional<std::string_view>, InputError> TraceLines::next() {
  if (rest_.empty()) return std::nullopt;
  ++line_;
  const auto end = rest_.substr(0, kTraceLineMaximum + 1).find('\n');
  if (end == std::string_view::npos) {
    if (rest_.size() > kTraceLineMaximum) {
      return std::unexpected(error("expected a line of at most 65,536 bytes"));
    }
    return std::unexpected(
        error("expected the line to end: the trace is cut off at " + in_quotes(rest_)));
  }
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find('\0') != std::string_view::npos) {
    return std::unexpected(error("expected text, not a byte of zero, in " + in_quotes(line)));
  }
  return line;
}

std::string_view take_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const auto word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace cowbell::replay
