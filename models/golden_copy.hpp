// SPDX-License-Identifier: Apache-2.0
// What every block of every origin and image may hold, kept beside the run.
//
// The runner tells each invocation before it submits and each response as it arrives, with no
// switch between; the world tells effects. Reads are looked at when they are answered.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "models/cut.hpp"
#include "models/durable_blocks.hpp"
#include "models/stamps.hpp"

namespace cowbell::model {

/// A block that a read returned and may not have.
struct WrongBlock {
  Rule rule;
  BlockNumber block;
  const std::byte* data;  ///< of the first sector
  /// The sectors of the block differ.
  bool torn = false;
  /// The instants left for the cut do not fit; `data` alone would have been allowed.
  bool no_instant = false;
};

/// What looks at reads together with the golden copy.
class WrongBlockSink {
 public:
  virtual ~WrongBlockSink() = default;
  /// Called while the read is looked at.
  virtual void wrong(const Request& request, const WrongBlock& block) = 0;
  /// True if storage has lied to the snapshot of a read of its image.
  virtual bool doubts(const Request& request) const = 0;
  /// True if a block of it may come from where storage lied: whatever it holds proves nothing.
  virtual bool doubts(const Request& request, BlockNumber block) = 0;
};

class GoldenCopy {
 public:
  GoldenCopy() = default;
  GoldenCopy(const GoldenCopy&) = delete;
  GoldenCopy& operator=(const GoldenCopy&) = delete;

  /// Forgets the last run and begins one. All origins hold zeroes. The power can be cut only if
  /// `power_cuts`, and effects must then be announced.
  void begin(std::span<const OriginSpec> origins, Evidence evidence, Stamps stamps,
             bool power_cuts = false);

  Moment now() const { return now_; }
  Moment tick() { return ++now_; }
  const Stamps& stamps() const { return stamps_; }
  const Writes& writes() const { return writes_; }
  BlockUnit unit(OriginIndex origin) const { return origins_[origin]->unit; }

  /// @name Requests. The range is whole logical blocks within the device.
  /// @{
  /// Numbers a write and fills its memory; spoils the memory of a read.
  void invoked(Request& request);
  /// Blocks of a write to an origin took effect. Only where effects are announced.
  void took_effect(Request& request, SectorRange blocks);
  void answered(Request& request, Errc outcome, WrongBlockSink& sink);
  /// @}

  /// The origin has `capacity` sectors from now on. What lies beyond is lost: it reads zeroes if
  /// the device grows again. So may images that have not preserved it, unless a request to the
  /// origin or an image of it, or a take, has shown the engine that it was shorter. Only where
  /// effects are announced.
  void resized(OriginIndex origin, SectorCount capacity);

  /// After a power cut the origins are there again. Each block holds what was durable, or one of
  /// the writes that took effect later: the next read settles on it. No request may be open and no
  /// snapshot alive.
  void power_restored();

  /// @name Snapshots
  /// @{
  Cut& take_invoked(std::uint64_t origins);
  void take_answered(Cut& cut, bool succeeded);
  void release_invoked(Cut& cut);
  void release_answered(Cut& cut);
  /// @}

  /// True while a snapshot that holds `origin` is being taken, live, or being released.
  bool is_held(OriginIndex origin) const { return !origins_[origin]->cuts.empty(); }

  /// Calls `visit(block)` for every block that a write to the origin touched, in ascending order.
  template <class Visit>
  void for_each_touched(OriginIndex origin, Visit visit) {
    origins_[origin]->blocks.for_each([&](BlockNumber block, RegisterBlock&) { visit(block); });
  }
  /// The same for blocks that were written through the image of a live cut.
  template <class Visit>
  void for_each_touched(Cut& cut, OriginIndex origin, Visit visit) {
    cut.at(origin).image.blocks.for_each([&](BlockNumber block, RegisterBlock&) { visit(block); });
  }

  /// @name What a map of changes must cover (S14), in ascending order
  /// @{
  /// Blocks of an origin that were surely written between two cuts: all that `to`, which is not
  /// yet released, may hold was written when the take of `from` had been answered.
  template <class Visit>
  void for_each_written_between(const Cut& from, Cut& to, OriginIndex index, Visit visit) {
    origins_[index]->blocks.for_each([&](BlockNumber number, RegisterBlock& block) {
      const FrozenBlock* frozen = to.at(index).frozen.find(number);
      const CandidateSet& held = frozen == nullptr ? block.candidates : frozen->candidates;
      const bool later = std::all_of(held.begin(), held.end(), [&](const Candidate& candidate) {
        return !candidate.live() ||
               (candidate.since > from.take_answered && !writes_[candidate.version].unseen);
      });
      if (later) visit(number);
    });
  }
  /// Blocks that were written through the image of a cut.
  template <class Visit>
  void for_each_written_through(const Cut& cut, OriginIndex index, Visit visit) {
    const_cast<Cut&>(cut).at(index).image.blocks.for_each(
        [&](BlockNumber number, RegisterBlock& block) {
          const bool written = std::any_of(
              block.candidates.begin(), block.candidates.end(), [&](const Candidate& candidate) {
                return candidate.version != kInitial &&
                       writes_[candidate.version].state == WriteState::succeeded;
              });
          if (written) visit(number);
        });
  }
  /// @}

  /// What a read of `block` that was invoked at `invoked` may return now, for a message.
  std::vector<Content> allowed(const Request& request, BlockNumber block);

 private:
  struct Origin : Register {
    using Register::Register;
    BlockUnit unit;
    DurableBlocks durable;
    /// Not yet released, oldest first.
    std::vector<Cut*> cuts;
    std::uint32_t newest_cut = 0;
    std::uint32_t open_takes = 0;
    BlockNumber end{};
    Moment resized = 0;
    /// Blocks from here on were lost since the engine last saw the device, by these writes.
    BlockNumber lost_unseen_from = CutOrigin::kNothingLost;
    std::vector<Version> lost_unseen;
  };

  void size_seen(OriginIndex index);
  void save_for_cuts(OriginIndex index, BlockNumber number, RegisterBlock& block);
  void origin_add(OriginIndex index, BlockNumber number, Version version, Moment now);
  void origin_write_answered(Request& request, Errc outcome);
  void origin_read_answered(Request& request, WrongBlockSink& sink);
  void observed(OriginIndex index, BlockNumber number, RegisterBlock& block, Content seen,
                Moment since);
  void promised(const Request& request);
  void image_write_answered(Request& request, Errc outcome);
  void image_read_answered(Request& request, WrongBlockSink& sink);
  std::optional<WrongBlock> image_block_read(Request& request, BlockNumber number, Content seen);
  bool is_settled(Cut& cut, OriginIndex origin, BlockNumber number, Content seen);
  bool cut_allows(const Cut& cut, OriginIndex origin, BlockNumber number, Content seen);
  bool pin(Cut& cut, OriginIndex origin, BlockNumber number, Content seen);
  void forget(Cut& cut);

  Moment now_ = 0;
  bool keeps_durable_ = false;
  Stamps stamps_;
  Writes writes_;
  std::vector<std::unique_ptr<Origin>> origins_;
  std::size_t origin_count_ = 0;
  std::vector<std::unique_ptr<Cut>> cuts_;
  std::uint32_t cut_count_ = 0;
};

}  // namespace cowbell::model
