// SPDX-License-Identifier: Apache-2.0
// Input that was refused, as one line that a person can act on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cowbell::replay {

/// `text` names the file, the line where there is one, and what was expected.
struct InputError {
  std::string text;
};

/// "NAME: what".
InputError input_error(std::string_view name, std::string_view what);
/// "NAME:LINE: what"; lines count from 1.
InputError input_error(std::string_view name, std::uint64_t line, std::string_view what);

/// `text` in quotes, cut to `limit` bytes, with every byte that is not printable ASCII escaped:
/// safe on a terminal whatever a hostile file holds.
std::string in_quotes(std::string_view text, std::size_t limit = 60);

}  // namespace cowbell::replay
