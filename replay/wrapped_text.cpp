// SPDX-License-Identifier: Apache-2.0
#include "replay/wrapped_text.hpp"

#include <algorithm>

namespace cowbell::replay {
namespace {

bool begins_letter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_letter));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::string word;
  const auto end_word = [&] {
    if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char byte : text) {
    if (byte == ' ') {
      end_word();
      continue;
    }
    if (begins_letter(byte) && width_of(word) == width) {
      const std::string rest =
          word.substr(word.rfind('-') == word.npos ? word.size() : word.rfind('-') + 1);
      word.resize(word.size() - rest.size());
      end_word();
      word = rest;
    }
    word += byte;
  }
  end_word();
  lines.push_back(std::move(line));
  return lines;
}

}  // namespace cowbell::replay
