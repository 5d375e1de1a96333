// SPDX-License-Identifier: Apache-2.0
// The text of a scenario as lines, and a line as words. Private to the parser.
//
// What is wrong is thrown as `Refused`, which never leaves parse_scenario: whoever reads a word can
// so rely on it. The first wrong place, read from left to right, is the one that is told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario_text.hpp"

namespace cowbell::model {

struct Refused {
  ParseError error;
};

/// A word and the column of its first byte, from 1.
struct Word {
  std::string_view text;
  std::uint32_t column;
};

/// Reads the words of one line from left to right. Views into the text.
class LineReader {
 public:
  /// Throws Refused for a line that is too long or is not clean UTF-8.
  LineReader(std::string_view line, std::uint32_t number);

  std::uint32_t number() const { return number_; }
  bool at_end() const { return next_ == words_.size(); }

  /// Where the next word begins; one past the last word at the end of the line.
  std::uint32_t column() const { return at_end() ? end_column_ : words_[next_].column; }

  /// Where the word begins that was taken last; there is one.
  std::uint32_t taken_column() const { return words_[next_ - 1].column; }

  /// The next word without taking it; empty at the end.
  std::string_view peek() const { return at_end() ? std::string_view{} : words_[next_].text; }

  /// Takes the next word; at the end of the line, `expected` is refused.
  Word take(std::string_view expected);

  /// Takes the next word if it is `word`.
  bool accept(std::string_view word);

  /// Takes the next word, which must be `word`.
  void demand(std::string_view word);

  /// Cuts `mark` off the end of the next word, which stays to be taken. False if it does not end
  /// so.
  bool cut_suffix(char mark);

  /// Demands that nothing is left; `expected` says what else might have stood here.
  void finish(std::string_view expected = "the end of the line") const;

  /// True if the last two words are `! ERR` with this error, taken or not.
  bool ends_with_failure(Errc error) const;

  [[noreturn]] void refuse(std::string_view expected) const { refuse_at(column(), expected); }
  [[noreturn]] void refuse_at(std::uint32_t column, std::string_view expected) const;

 private:
  std::vector<Word> words_;
  std::size_t next_ = 0;
  std::uint32_t number_;
  std::uint32_t end_column_ = 1;
};

/// Gives the lines of a text without their ends. A text has at least one line.
class TextReader {
 public:
  /// Throws Refused for a text that is too long or begins with a byte order mark.
  explicit TextReader(std::string_view text);

  std::optional<LineReader> next();
  /// The number of the line given last.
  std::uint32_t line_number() const { return line_number_; }

 private:
  std::optional<std::string_view> rest_;
  std::uint32_t line_number_ = 0;
};

}  // namespace cowbell::model
