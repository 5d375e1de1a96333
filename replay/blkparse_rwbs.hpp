// SPDX-License-Identifier: Apache-2.0
// The letters by which blktrace says what a request is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cowbell::replay {

struct Rwbs {
  enum class Kind : std::uint8_t {
    none,  ///< N, or a flush alone: no data moves
    read,
    write,
    write_zeroes,
    discard,
    secure_erase
  } kind = Kind::none;
  bool preflush = false;
  bool fua = false;
  bool operator==(const Rwbs&) const = default;
};

/// Nothing if `letters` are not RWBS letters in their order.
std::optional<Rwbs> parse_rwbs(std::string_view letters);

}  // namespace cowbell::replay
