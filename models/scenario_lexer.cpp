// SPDX-License-Identifier: Apache-2.0
#include "models/scenario_lexer.hpp"

namespace cowbell::model {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

struct Utf8Lead {
  unsigned length;            // 0 for a byte that begins no character
  unsigned char second_low;   // bounds of the second byte: they keep out overlong forms,
  unsigned char second_high;  // surrogates and what lies above U+10FFFF
};

constexpr Utf8Lead utf8_lead(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xc2) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4, 0x80, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

bool is_utf8_character(std::string_view bytes, Utf8Lead lead) {
  if (lead.length == 0 || lead.length > bytes.size()) return false;
  for (unsigned i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const unsigned char low = i == 1 ? lead.second_low : 0x80;
    const unsigned char high = i == 1 ? lead.second_high : 0xbf;
    if (byte < low || byte > high) return false;
  }
  return true;
}

/// The offset of the first byte that is not part of a UTF-8 character; npos if there is none.
std::size_t find_broken_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Lead lead = utf8_lead(static_cast<unsigned char>(text[i]));
    if (!is_utf8_character(text.substr(i), lead)) return i;
    i += lead.length;
  }
  return std::string_view::npos;
}

constexpr std::uint32_t column_of(std::size_t offset) {
  return static_cast<std::uint32_t>(offset) + 1;
}

}  // namespace

LineReader::LineReader(std::string_view line, std::uint32_t number) : number_(number) {
  if (line.size() > kLineMaximum)
    refuse_at(column_of(kLineMaximum), "the end of the line: 65536 bytes at most");
  if (const std::size_t broken = find_broken_utf8(line); broken != std::string_view::npos)
    refuse_at(column_of(broken), "UTF-8");
  if (const std::size_t stray = line.find('\r'); stray != std::string_view::npos)
    refuse_at(column_of(stray), "no carriage return except before a line feed");
  line = line.substr(0, line.find('#'));
  for (std::size_t i = 0; i < line.size();) {
    if (is_blank(line[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < line.size() && !is_blank(line[end])) ++end;
    words_.push_back({line.substr(i, end - i), column_of(i)});
    end_column_ = column_of(end);
    i = end;
  }
}

Word LineReader::take(std::string_view expected) {
  if (at_end()) refuse(expected);
  return words_[next_++];
}

bool LineReader::accept(std::string_view word) {
  if (peek() != word) return false;
  ++next_;
  return true;
}

void LineReader::demand(std::string_view word) {
  if (!accept(word)) refuse('`' + std::string(word) + '`');
}

bool LineReader::cut_suffix(char mark) {
  if (!peek().ends_with(mark)) return false;
  words_[next_].text.remove_suffix(1);
  return true;
}

void LineReader::finish(std::string_view expected) const {
  if (!at_end()) refuse(expected);
}

bool LineReader::ends_with_failure(Errc error) const {
  const std::size_t count = words_.size();
  return count >= 2 && words_[count - 2].text == "!" && words_[count - 1].text == errno_name(error);
}

void LineReader::refuse_at(std::uint32_t column, std::string_view expected) const {
  throw Refused{{number_, column, std::string(expected)}};
}

TextReader::TextReader(std::string_view text) : rest_(text) {
  if (text.size() > kFileMaximum) throw Refused{{1, 1, "a file of at most 16 MiB"}};
  if (text.starts_with("\xef\xbb\xbf")) throw Refused{{1, 1, "no byte order mark"}};
}

std::optional<LineReader> TextReader::next() {
  if (!rest_) return std::nullopt;
  ++line_number_;
  const std::size_t end = rest_->find('\n');
  std::string_view line = rest_->substr(0, end);
  if (end == std::string_view::npos) {
    rest_.reset();
  } else {
    rest_->remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  return LineReader(line, line_number_);
}

}  // namespace cowbell::model
