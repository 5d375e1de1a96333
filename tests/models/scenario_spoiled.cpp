// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/models/scenario_values.hpp"

namespace cowbell::model::testing {
namespace {

struct Piece {
  std::size_t offset;
  std::size_t length;
};

template <class IsGap>
std::vector<Piece> pieces(std::string_view text, IsGap is_gap) {
  std::vector<Piece> found;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !is_gap(text[end])) ++end;
    if (end > i) found.push_back({i, end - i});
    i = end + 1;
  }
  return found;
}

std::vector<Piece> words_of(std::string_view text) {
  return pieces(text, [](char c) { return c == ' ' || c == '\n'; });
}

std::vector<Piece> lines_of(std::string_view text) {
  return pieces(text, [](char c) { return c == '\n'; });
}

std::string any_word(Draw& draw) {
  static const std::vector<std::string> words{"param",
                                              "origin",
                                              "storage",
                                              "file",
                                              "device",
                                              "limit",
                                              "minimum",
                                              "fault",
                                              "memory",
                                              "nth",
                                              "range",
                                              "rate",
                                              "sticky",
                                              "latency",
                                              "stall",
                                              "schedule",
                                              "recorded",
                                              "seed",
                                              "write",
                                              "read",
                                              "zero",
                                              "discard",
                                              "flush",
                                              "take",
                                              "release",
                                              "of",
                                              "from",
                                              "to",
                                              "none",
                                              "unknown",
                                              "expect",
                                              "corrupted",
                                              "changed",
                                              "filled",
                                              "background",
                                              "wait",
                                              "barrier",
                                              "!",
                                              "?",
                                              "=",
                                              "0x5d",
                                              "0x",
                                              "EIO",
                                              "ENOENT",
                                              "EINVAL",
                                              "fua",
                                              "nowait",
                                              "segments",
                                              "0",
                                              "1",
                                              "512",
                                              "4K",
                                              "64K",
                                              "1M",
                                              "18446744073709551615",
                                              "18446744073709551616",
                                              "16777216T",
                                              "10ms",
                                              "0ns",
                                              "9223372036s",
                                              "3:",
                                              ":",
                                              ",",
                                              "@",
                                              ".",
                                              "#",
                                              "-",
                                              "*",
                                              "A@",
                                              "@s1",
                                              "*.read",
                                              "A.write",
                                              "schedule:0*3/latency:1",
                                              "schedule:0*1000001",
                                              "\xef\xbb\xbf",
                                              "\xff",
                                              "\xc3\xa9",
                                              "\r"};
  return draw.of(words);
}

void spoil_word(std::string& text, Draw& draw) {
  const std::vector<Piece> words = words_of(text);
  if (words.empty()) return;
  const Piece at = draw.of(words);
  switch (draw.index(4)) {
    case 0:
      text.replace(at.offset, at.length, any_word(draw));
      break;
    case 1:
      text.insert(at.offset, any_word(draw) + ' ');
      break;
    case 2:
      text.erase(at.offset, at.length);
      break;
    default: {
      const Piece other = draw.of(words);
      text.replace(at.offset, at.length, text.substr(other.offset, other.length));
      break;
    }
  }
}

void spoil_bytes(std::string& text, Draw& draw) {
  const std::size_t at = draw.index(text.size() + 1);
  switch (draw.index(3)) {
    case 0:
      text.insert(at, 1, static_cast<char>(draw.any()));
      break;
    case 1:
      text.erase(at, draw.index(20));
      break;
    default:
      if (at < text.size()) text[at] = static_cast<char>(draw.any());
      break;
  }
}

void spoil_line(std::string& text, Draw& draw) {
  const std::vector<Piece> lines = lines_of(text);
  if (lines.empty()) return;
  const Piece from = draw.of(lines);
  const Piece to = draw.of(lines);
  const std::string line = text.substr(from.offset, from.length) + '\n';
  text.insert(to.offset, line);
  if (draw.one_in(2)) text.erase(text.find(line), line.size());
}

}  // namespace

std::string spoil(std::string text, std::uint64_t seed) {
  Draw draw(seed);
  for (auto edits = 1 + draw.index(4); edits > 0; --edits) {
    const auto what = draw.index(6);
    if (what == 0) {
      spoil_bytes(text, draw);
    } else if (what < 3) {
      spoil_line(text, draw);
    } else {
      spoil_word(text, draw);
    }
  }
  return text;
}

std::string without_word(std::string_view text, std::uint64_t n) {
  const std::vector<Piece> words = words_of(text);
  const Piece word = words[n % words.size()];
  return std::string(text).erase(word.offset, word.length);
}

}  // namespace cowbell::model::testing
