// SPDX-License-Identifier: Apache-2.0
#include "properties/command_line.hpp"

namespace cowbell::properties {

std::string shell_quoted(std::string_view argument) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=%,:@+";
  if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(argument);
  }
  std::string out = "'";
  for (const char c : argument) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string command_line(std::span<const char* const> arguments) {
  std::string out;
  for (const char* argument : arguments) {
    if (!out.empty()) out += ' ';
    out += shell_quoted(argument);
  }
  return out;
}

}  // namespace cowbell::properties
