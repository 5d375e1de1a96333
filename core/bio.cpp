// SPDX-License-Identifier: Apache-2.0
#include "core/bio.hpp"

#include <algorithm>
#include <cstring>

#include "core/invariant.hpp"

namespace cowbell {
namespace {

/// Calls `visit(data, size)` for each piece of [offset, offset + size) of the segments' memory.
template <class Visit>
void for_each_piece(std::span<const Segment> segments, std::size_t offset, std::size_t size,
                    Visit visit) {
  for (const Segment& segment : segments) {
    if (size == 0) return;
    if (offset >= segment.size) {
      offset -= segment.size;
      continue;
    }
    const std::size_t piece = std::min(size, segment.size - offset);
    visit(segment.data + offset, piece);
    offset = 0;
    size -= piece;
  }
  COWBELL_INVARIANT(S5, size == 0);
}

}  // namespace

std::string_view operation_name(Operation operation) {
  constexpr std::array<std::string_view, kOperationCount> kNames{"read", "write", "zero", "discard",
                                                                 "flush"};
  return kNames[static_cast<unsigned>(operation)];
}

void copy_out(std::span<const Segment> segments, std::size_t offset, std::span<std::byte> out) {
  for_each_piece(segments, offset, out.size(), [&](const std::byte* data, std::size_t size) {
    std::memcpy(out.data(), data, size);
    out = out.subspan(size);
  });
}

void copy_in(std::span<const Segment> segments, std::size_t offset, std::span<const std::byte> in) {
  for_each_piece(segments, offset, in.size(), [&](std::byte* data, std::size_t size) {
    std::memcpy(data, in.data(), size);
    in = in.subspan(size);
  });
}

void fill_zero(std::span<const Segment> segments, std::size_t offset, std::size_t size) {
  for_each_piece(segments, offset, size,
                 [](std::byte* data, std::size_t piece) { std::memset(data, 0, piece); });
}

}  // namespace cowbell
