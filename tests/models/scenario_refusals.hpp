// SPDX-License-Identifier: Apache-2.0
// Short ways to say what the parser answers.
#pragma once

#include <string>
#include <string_view>

#include "models/scenario_text.hpp"

namespace cowbell::model::testing {

/// "LINE:COLUMN: expected …", or "accepted".
inline std::string answer(std::string_view text) {
  const auto parsed = parse_scenario(text);
  return parsed ? "accepted" : format_error("", parsed.error()).substr(1);
}

/// The answer to `lines` as the world of a file that is right otherwise: they begin in line 2.
inline std::string world(std::string_view lines) {
  return answer("cowbell-scenario 1\n" + std::string(lines));
}

/// The answer to `lines` as the end of a program over A (blocks of 4 KiB) and B, after a snapshot
/// `s` of A: they begin in line 5.
inline std::string program(std::string_view lines) {
  return answer("cowbell-scenario 1\norigin A 1M logical_block 4K\norigin B 100K\ntake s of A\n" +
                std::string(lines));
}

}  // namespace cowbell::model::testing
