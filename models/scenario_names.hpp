// SPDX-License-Identifier: Apache-2.0
// The words of the scenario language for the enumerations and units of the value. The parser and
// the printer share them, so that neither knows a word that the other does not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "models/scenario.hpp"

namespace cowbell::model {

inline constexpr std::string_view kHeaderWord = "cowbell-scenario";
inline constexpr std::string_view kHeaderVersion = "1";

/// Each in the order of its enumeration. An empty word stands for a value that has none.
inline constexpr std::array<std::string_view, 5> kProfileNames{"", "nvme", "ssd", "hdd", "network"};
inline constexpr std::array<std::string_view, 2> kStorageKindNames{"file", "device"};
inline constexpr std::array<std::string_view, kRequestKindCount> kRequestKindNames{
    "read", "write", "flush", "discard", "grow"};
inline constexpr std::array<std::string_view, kFaultEffectCount> kFaultEffectNames{
    "", "short", "zero", "torn", "lost", "misdirected", "rot", "gone"};
inline constexpr std::array<std::string_view, 4> kSchedulerNames{"random", "pct", "round_robin",
                                                                 "recorded"};
/// Statements that begin with `expect` come after the named ones and have no word of their own.
inline constexpr std::array<std::string_view, 14> kStatementNames{
    "write", "read", "zero",    "discard", "flush",     "take",   "release",
    "sleep", "wait", "barrier", "heal",    "power_cut", "resize", "dirty"};

struct SizeUnit {
  char suffix;
  unsigned shift;
};
inline constexpr std::array<SizeUnit, 4> kSizeUnits{{{'T', 40}, {'G', 30}, {'M', 20}, {'K', 10}}};

struct TimeUnit {
  std::string_view suffix;
  std::uint64_t nanoseconds;
};
inline constexpr std::array<TimeUnit, 4> kTimeUnits{
    {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};

/// The word for a value of the enumeration that `names` is for.
template <class Enumeration, std::size_t N>
constexpr std::string_view name_in(const std::array<std::string_view, N>& names,
                                   Enumeration value) {
  return names[static_cast<std::size_t>(value)];
}

/// The value that `word` stands for; nothing for any other word and for the empty one.
template <class Enumeration, std::size_t N>
constexpr std::optional<Enumeration> from_name(const std::array<std::string_view, N>& names,
                                               std::string_view word) {
  if (word.empty()) return std::nullopt;
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == word) return static_cast<Enumeration>(i);
  return std::nullopt;
}

}  // namespace cowbell::model
