// SPDX-License-Identifier: Apache-2.0
#include "models/stamps.hpp"

#include <algorithm>

namespace cowbell::model {
namespace {

constexpr std::size_t kBodyWords = (kSectorSize - kTagSize) / sizeof(std::uint64_t);
constexpr std::uint64_t kStep = 0x9e37'79b9'7f4a'7c15;
// No byte repeats in it, and with it in front no tag checks.
constexpr std::uint64_t kSpoiled = 0x5f0e'1d2c'3b4a'5968;

// Each word stands alone, so that the compiler makes vectors of them.
constexpr std::uint64_t body_word(std::uint64_t seed, std::size_t index) {
  const std::uint64_t word = seed + kStep * (index + 1);
  return word ^ (word >> 29);
}

template <class Visit>
void for_each_sector(std::span<const Segment> segments, Visit visit) {
  for (const Segment& segment : segments)
    for (std::size_t at = 0; at < segment.size; at += kSectorSize) visit(segment.data + at);
}

}  // namespace

void Stamps::fill(std::span<const Segment> segments, std::uint32_t device, Sector first,
                  Version version) const {
  Tag tag{kMark ^ device, first.value, version, 0};
  for_each_sector(segments, [&](std::byte* data) {
    tag.check = check(tag);
    std::memcpy(data, &tag, sizeof tag);
    if (whole_bodies_) fill_body(data, tag.check);
    ++tag.sector;
  });
}

void Stamps::fill_byte(std::span<const Segment> segments, std::uint8_t value) const {
  for_each_sector(segments, [&](std::byte* data) {
    std::memset(data, value, whole_bodies_ ? kSectorSize : kTagSize);
  });
}

void Stamps::spoil(std::span<const Segment> segments) const {
  for_each_sector(segments, [&](std::byte* data) {
    std::memcpy(data, &kSpoiled, sizeof kSpoiled);
    if (whole_bodies_)
      std::memset(data + kTagSize, std::to_integer<int>(data[0]) ^ 0xff, kSectorSize - kTagSize);
  });
}

Content Stamps::repeated(const std::byte* data, const Tag& tag) const {
  const std::uint8_t value = static_cast<std::uint8_t>(tag.check);
  const std::uint64_t word = value * 0x0101'0101'0101'0101ULL;
  if (tag.check != word || tag.version != word || tag.sector != word || tag.mark_and_device != word)
    return Content::garbage();
  if (whole_bodies_ && std::memcmp(data, data + kTagSize, kSectorSize - kTagSize) != 0)
    return Content::garbage();
  return Content::byte(value);
}

void Stamps::fill_body(std::byte* data, std::uint64_t seed) {
  for (std::size_t i = 0; i < kBodyWords; ++i) {
    const std::uint64_t word = body_word(seed, i);
    std::memcpy(data + kTagSize + i * sizeof word, &word, sizeof word);
  }
}

bool Stamps::body_holds(const std::byte* data, std::uint64_t seed) {
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < kBodyWords; ++i) {
    std::uint64_t word;
    std::memcpy(&word, data + kTagSize + i * sizeof word, sizeof word);
    difference |= word ^ body_word(seed, i);
  }
  return difference == 0;
}

Stamps::Sight Stamps::look(const std::byte* data) const {
  const Tag tag = load(data);
  if (tag.mark_and_device >> 32 == kMark >> 32 && tag.check == check(tag)) {
    const bool whole = !whole_bodies_ || body_holds(data, tag.check);
    return {whole ? Sight::Kind::stamp : Sight::Kind::torn_stamp,
            static_cast<std::uint32_t>(tag.mark_and_device ^ kMark),
            {tag.sector},
            tag.version,
            0};
  }
  const Content content = repeated(data, tag);
  if (!content.is_garbage())
    return {.kind = Sight::Kind::byte, .sector = {}, .value = content.value()};
  return {.kind = tag.mark_and_device == kSpoiled ? Sight::Kind::unread : Sight::Kind::other,
          .sector = {}};
}

}  // namespace cowbell::model
