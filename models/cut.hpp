// SPDX-License-Identifier: Apache-2.0
// The golden copy of a snapshot: what each block of its cut may hold, and one instant for all.
//
// Nothing is copied at take. A block of an origin is copied before its register changes for the
// first time after take was invoked; until then the origin's own register stands for the cut.
// While take is on its way, every write is added to what the cut may hold. The first successful
// image read of a block pins what it saw (S3).
//
// All that is pinned must fit one instant T of the take (S2): after `lo`, when the last of the
// observed writes began, and before `hi`, when the first of those was over that replaced one.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/register.hpp"

namespace cowbell::model {

/// What the cut may hold of one block.
struct FrozenBlock {
  CandidateSet candidates;
  /// An image read has seen it, and only what it saw is left.
  bool pinned = false;

  void start() { pinned = false; }
  void stop() { candidates.clear(); }
};

/// One origin in a cut, and its image.
struct CutOrigin {
  static constexpr BlockNumber kNothingLost = ~BlockNumber{0};
  CutOrigin(const Writes& writes) : image(writes, Evidence::intervals) {}

  bool member = false;
  BlockTable<FrozenBlock> frozen;
  /// Writes through the image, over the cut: `kInitial` stands for the cut (S4).
  Register image;
  /// Image requests in flight, and those of them that were there when release was invoked.
  std::uint32_t open = 0;
  std::uint32_t open_before_release = 0;
  /// The cause with which its area was found corrupted, and when.
  std::optional<Errc> corrupted;
  /// Of the image, from take to the end of its days; meaningful once the take has succeeded.
  SectorCount capacity;
  /// Blocks from here on were lost when the device shrank, in the life of the cut, and came back as
  /// zeroes before anybody saw it.
  BlockNumber lost_from = kNothingLost;
  Moment found_corrupted = kNotYet;
};

class Cut {
 public:
  enum class State : std::uint8_t { taking, live, releasing, released, failed };

  /// Begins a take of the origins in the set `origins` at `now`. Cuts are reused.
  void begin(const Writes& writes, std::uint32_t number, std::uint64_t origins,
             std::size_t origin_count, Moment now);
  /// Forgets all blocks. No image request may be in flight.
  void clear();
  /// Forgets what it held, but not what was written through its images: that concerns the maps of
  /// changes that begin here.
  void forget_frozen();

  std::uint32_t number() const { return number_; }
  CutOrigin& at(OriginIndex origin) { return *origins_[origin]; }
  const CutOrigin& at(OriginIndex origin) const { return *origins_[origin]; }
  bool holds(OriginIndex origin) const { return origins_[origin]->member; }

  /// Copies the live candidates of an origin's block.
  void save(OriginIndex origin, BlockNumber block, const CandidateSet& current);

  /// True if a write that begins now may be in the cut.
  bool open() const { return state == State::taking; }

  /// Pins what a read has seen of a saved block, which must hold it.
  /// False if no instant of the take fits all that was seen.
  bool pin(OriginIndex origin, BlockNumber number, FrozenBlock& block, const Candidates& rules,
           Content seen);

  State state = State::taking;
  /// The number of the take, which is that of its storage.
  std::uint32_t storage = 0;
  Moment take_invoked = 0;
  Moment take_answered = kNotYet;
  Moment release_invoked = kNotYet;
  Moment release_answered = kNotYet;
  /// The instant T lies strictly between; each bound comes from a block that was pinned.
  struct Bound {
    Moment at;
    OriginIndex origin = 0;
    BlockNumber block = 0;
  };
  Bound lo{0};
  Bound hi{kNotYet};

 private:
  std::uint32_t number_ = 0;
  std::vector<std::unique_ptr<CutOrigin>> origins_;
};

}  // namespace cowbell::model
