// SPDX-License-Identifier: Apache-2.0
#include "replay/input_error.hpp"

#include <fmt/format.h>

namespace cowbell::replay {

InputError input_error(std::string_view name, std::string_view what) {
  return {fmt::format("{}: {}", name, what)};
}

InputError input_error(std::string_view name, std::uint64_t line, std::string_view what) {
  return {fmt::format("{}:{}: {}", name, line, what)};
}

std::string in_quotes(std::string_view text, std::size_t limit) {
  std::string out = "'";
  for (const char c : text.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  out += text.size() > limit ? "…'" : "'";
  return out;
}

}  // namespace cowbell::replay
