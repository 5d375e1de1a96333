// SPDX-License-Identifier: Apache-2.0
#include "replay/text.hpp"

#include <fmt/format.h>

#include <array>

#include "properties/plural.hpp"

namespace cowbell::replay {
namespace {

std::string three_digits(double value, std::string_view unit) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, unit);
}

}  // namespace

std::string format_bytes(ByteCount bytes) {
  static constexpr std::array<std::string_view, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                             "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && bytes.value >> (10 * (unit + 1)) != 0) ++unit;
  const std::uint64_t one = std::uint64_t{1} << (10 * unit);
  if (bytes.value % one == 0) return fmt::format("{} {}", bytes.value / one, kUnits[unit]);
  const double value = static_cast<double>(bytes.value) / static_cast<double>(one);
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string format_count(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", format_count(count), what, properties::plural(count));
}

std::string format_time(Time time) {
  const auto nanoseconds = static_cast<double>(time.count());
  if (nanoseconds < 1000) return fmt::format("{} ns", time.count());
  if (nanoseconds < 999.5e3) return three_digits(nanoseconds / 1e3, "us");
  if (nanoseconds < 999.5e6) return three_digits(nanoseconds / 1e6, "ms");
  return three_digits(nanoseconds / 1e9, "s");
}

std::string format_share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace cowbell::replay
