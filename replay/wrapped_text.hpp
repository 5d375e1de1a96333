// SPDX-License-Identifier: Apache-2.0
// Text that must fit into columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cowbell::replay {

/// Letters of UTF-8; none of those used here is wide.
std::size_t width_of(std::string_view text);

/// At blanks, and within a word, behind a hyphen if it has one, only where it is wider than
/// `width`.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace cowbell::replay
