// SPDX-License-Identifier: Apache-2.0
// Numbers for people: sizes, counts, times and shares, in the form that tables use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/units.hpp"

namespace cowbell::replay {

/// "0 B", "512 B", "4 KiB", "1.5 MiB": powers of 1024, one decimal where it is not whole.
std::string format_bytes(ByteCount bytes);
/// "1,234,567".
std::string format_count(std::uint64_t count);
/// "1 request", "1,234 requests".
std::string format_count(std::uint64_t count, std::string_view what);
/// "950 ns", "12.3 us", "4.57 ms", "1.20 s": three digits.
std::string format_time(Time time);
/// "12.5 %"; "-" of a whole that is 0.
std::string format_share(std::uint64_t part, std::uint64_t whole);

}  // namespace cowbell::replay
