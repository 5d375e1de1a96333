// SPDX-License-Identifier: Apache-2.0
#include "core/invariant.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace cowbell {
namespace {

constexpr std::array<std::string_view, 14> kNames{"S1", "S2", "S3",  "S4",  "S5",  "S6",  "S7",
                                                  "S8", "S9", "S10", "S11", "S12", "S13", "S14"};

}  // namespace

std::string_view rule_name(Rule rule) {
  return kNames[static_cast<unsigned>(rule) - 1];
}

std::optional<Rule> rule_from_name(std::string_view name) {
  for (unsigned i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Rule>(i + 1);
  return std::nullopt;
}

void invariant_broken(Rule rule, const char* expression, const char* file, int line) {
  std::fprintf(stderr, "cowbell: invariant %s broken: %s (%s:%d)\n", rule_name(rule).data(),
               expression, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace cowbell
