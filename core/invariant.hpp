// SPDX-License-Identifier: Apache-2.0
// Our own mistakes stop the program. Invariants are always on and cite the rule they serve.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cowbell {

/// The rules that a snapshot must keep; README.md of `core` states them.
enum class Rule : std::uint8_t { S1 = 1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14 };

/// "S1" … "S14"; static storage.
std::string_view rule_name(Rule rule);
std::optional<Rule> rule_from_name(std::string_view name);

/// Writes `cowbell: invariant S3 broken: EXPRESSION (FILE:LINE)` to standard error and aborts.
/// That line is a contract: the parent of a simulated run reads the rule from it.
[[noreturn]] void invariant_broken(Rule rule, const char* expression, const char* file, int line);

}  // namespace cowbell

#define COWBELL_INVARIANT(rule, condition) \
  ((condition)                             \
       ? void()                            \
       : ::cowbell::invariant_broken(::cowbell::Rule::rule, #condition, __FILE_NAME__, __LINE__))
