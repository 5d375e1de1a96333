// SPDX-License-Identifier: Apache-2.0
// Units are types: an address, a count and a size never convert silently.
#pragma once

#include <compare>
#include <cstdint>

namespace cowbell {

/// One number with a unit. `value` is in the unit that the alias below names.
template <class Tag>
struct Quantity {
  std::uint64_t value{};
  constexpr auto operator<=>(const Quantity&) const = default;
};

using Sector = Quantity<struct SectorTag>;            ///< an address in 512-byte sectors
using SectorCount = Quantity<struct SectorCountTag>;  ///< a length in 512-byte sectors
using ByteCount = Quantity<struct ByteCountTag>;      ///< a length in bytes
using ChunkNumber = Quantity<struct ChunkNumberTag>;  ///< a position in a device, in chunks

inline constexpr unsigned kSectorShift = 9;
inline constexpr std::uint64_t kSectorSize = std::uint64_t{1} << kSectorShift;

constexpr ByteCount to_bytes(SectorCount n) {
  return {n.value << kSectorShift};
}
constexpr ByteCount byte_offset(Sector s) {
  return {s.value << kSectorShift};
}

/// Rounds down: a byte count that is no multiple of a sector is the caller's to refuse first.
constexpr SectorCount to_sectors(ByteCount n) {
  return {n.value >> kSectorShift};
}

constexpr Sector operator+(Sector s, SectorCount n) {
  return {s.value + n.value};
}
constexpr SectorCount operator-(Sector to, Sector from) {
  return {to.value - from.value};
}
constexpr SectorCount operator+(SectorCount a, SectorCount b) {
  return {a.value + b.value};
}
constexpr SectorCount operator-(SectorCount a, SectorCount b) {
  return {a.value - b.value};
}
constexpr ByteCount operator+(ByteCount a, ByteCount b) {
  return {a.value + b.value};
}
constexpr ByteCount operator-(ByteCount a, ByteCount b) {
  return {a.value - b.value};
}
constexpr ByteCount operator*(ByteCount a, std::uint64_t times) {
  return {a.value * times};
}
constexpr Sector& operator+=(Sector& s, SectorCount n) {
  return s = s + n;
}
constexpr SectorCount& operator+=(SectorCount& a, SectorCount b) {
  return a = a + b;
}
constexpr SectorCount& operator-=(SectorCount& a, SectorCount b) {
  return a = a - b;
}
constexpr ByteCount& operator+=(ByteCount& a, ByteCount b) {
  return a = a + b;
}
constexpr ByteCount& operator-=(ByteCount& a, ByteCount b) {
  return a = a - b;
}
constexpr ChunkNumber next(ChunkNumber c) {
  return {c.value + 1};
}

/// The sectors [first, first + count).
struct SectorRange {
  Sector first;
  SectorCount count;

  constexpr Sector end() const { return first + count; }
  constexpr bool empty() const { return count.value == 0; }
  constexpr bool overlaps(SectorRange other) const {
    return first < other.end() && other.first < end();
  }
  constexpr bool contains(SectorRange other) const {
    return first <= other.first && other.end() <= end();
  }
  constexpr bool operator==(const SectorRange&) const = default;
};

}  // namespace cowbell
