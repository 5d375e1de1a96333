// SPDX-License-Identifier: Apache-2.0
// What is written into sectors so that a later reader can say which write they came from.
//
// A stamped sector begins with a tag of 32 bytes:
//
//   mark ^ device | sector | version | check of these and of the run
//
// and goes on with a body generated from the check, so that a sector put together from two writes
// shows. Where a run does not carry whole bodies, the tag is all that is filled and looked at.
#pragma once

#include <cstring>
#include <span>

#include "core/bio.hpp"
#include "models/writes.hpp"

namespace cowbell::model {

inline constexpr std::size_t kTagSize = 32;

/// How a stamp names the device it was written to: an origin (`cut` 0) or its image in a cut.
constexpr std::uint32_t stamp_device(std::uint32_t origin, std::uint32_t cut) {
  return cut << 8 | origin;
}

class Stamps {
 public:
  Stamps() = default;
  /// `run` tells the stamps of this run from what an earlier one left on the same devices.
  Stamps(std::uint64_t run, bool whole_bodies) : run_(run), whole_bodies_(whole_bodies) {}

  bool whole_bodies() const { return whole_bodies_; }

  /// Stamps the sectors from `first` on in the memory of `segments`, each a whole number of them.
  void fill(std::span<const Segment> segments, std::uint32_t device, Sector first,
            Version version) const;
  void fill_byte(std::span<const Segment> segments, std::uint8_t value) const;

  /// Makes memory that is about to be read into hold no content, so that what was left in it by an
  /// earlier request cannot pass for data that was read.
  void spoil(std::span<const Segment> segments) const;

  /// What the sector at `data`, read from `sector`, holds. A stamp of another sector is garbage.
  Content content(const std::byte* data, Sector sector) const {
    const Tag tag = load(data);
    if (tag.sector == sector.value && tag.mark_and_device >> 32 == kMark >> 32 &&
        tag.check == check(tag)) [[likely]]
      return stamped(data, tag);
    return repeated(data, tag);
  }

  /// In words, for a message: also what `content` calls garbage.
  struct Sight {
    enum class Kind : std::uint8_t { stamp, torn_stamp, byte, unread, other } kind;
    std::uint32_t device = 0;  ///< of a stamp
    Sector sector;             ///< of a stamp
    std::uint64_t version = 0;
    std::uint8_t value = 0;
  };
  Sight look(const std::byte* data) const;

 private:
  struct Tag {
    std::uint64_t mark_and_device;
    std::uint64_t sector;
    std::uint64_t version;
    std::uint64_t check;
  };
  static_assert(sizeof(Tag) == kTagSize);
  static constexpr std::uint64_t kMark = 0x636f'7762'656c'6c00;  // "cowbell", then the device

  static Tag load(const std::byte* data) {
    Tag tag;
    std::memcpy(&tag, data, sizeof tag);
    return tag;
  }
  std::uint64_t check(const Tag& tag) const {
    std::uint64_t hash = (tag.mark_and_device ^ run_) * 0x9e37'79b9'7f4a'7c15;
    hash = ((hash ^ (hash >> 32)) + tag.sector) * 0xbf58'476d'1ce4'e5b9;
    hash = ((hash ^ (hash >> 29)) + tag.version) * 0x94d0'49bb'1331'11eb;
    return hash ^ (hash >> 32);
  }
  Content stamped(const std::byte* data, const Tag& tag) const {
    if (tag.version >= Content::kVersionEnd || (whole_bodies_ && !body_holds(data, tag.check)))
      return Content::garbage();
    return Content::stamp(static_cast<Version>(tag.version));
  }
  Content repeated(const std::byte* data, const Tag& tag) const;
  static bool body_holds(const std::byte* data, std::uint64_t seed);
  static void fill_body(std::byte* data, std::uint64_t seed);

  std::uint64_t run_ = 0;
  bool whole_bodies_ = true;
};

/// Walks the sectors in the memory of a request, in order.
class SectorCursor {
 public:
  explicit SectorCursor(std::span<const Segment> segments) : segments_(segments) {}

  const std::byte* next() {
    if (at_ == segments_.front().size) {
      segments_ = segments_.subspan(1);
      at_ = 0;
    }
    const std::byte* data = segments_.front().data + at_;
    at_ += kSectorSize;
    return data;
  }

 private:
  std::span<const Segment> segments_;
  std::size_t at_ = 0;
};

/// The content of the next logical block of `sectors` sectors, of which the first is `sector`:
/// garbage where its sectors differ.
inline Content next_block(const Stamps& stamps, SectorCursor& cursor, Sector sector,
                          std::uint64_t sectors) {
  const Content first = stamps.content(cursor.next(), sector);
  Content block = first;
  for (std::uint64_t i = 1; i < sectors; ++i)
    if (stamps.content(cursor.next(), sector + SectorCount{i}) != first) block = Content::garbage();
  return block;
}

}  // namespace cowbell::model
