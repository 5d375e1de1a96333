// SPDX-License-Identifier: Apache-2.0
#include "models/cut.hpp"

namespace cowbell::model {

void Cut::begin(const Writes& writes, std::uint32_t number, std::uint64_t origins,
                std::size_t origin_count, Moment now) {
  while (origins_.size() < origin_count) origins_.push_back(std::make_unique<CutOrigin>(writes));
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    CutOrigin& origin = *origins_[i];
    origin.member = i < origin_count && (origins >> i & 1) != 0;
    origin.open = origin.open_before_release = 0;
    origin.corrupted.reset();
    origin.lost_from = CutOrigin::kNothingLost;
    origin.found_corrupted = kNotYet;
  }
  number_ = number;
  state = State::taking;
  take_invoked = now;
  take_answered = release_invoked = release_answered = kNotYet;
  lo = {now};
  hi = {kNotYet};
}

void Cut::clear() {
  for (const std::unique_ptr<CutOrigin>& origin : origins_) {
    origin->frozen.clear();
    origin->image.blocks.clear();
  }
}

void Cut::forget_frozen() {
  for (const std::unique_ptr<CutOrigin>& origin : origins_) origin->frozen.clear();
}

void Cut::save(OriginIndex origin, BlockNumber number, const CandidateSet& current) {
  FrozenBlock& block = at(origin).frozen.touch(number);
  for (const Candidate& candidate : current)
    if (candidate.live()) block.candidates.add(candidate);
}

bool Cut::pin(OriginIndex origin, BlockNumber number, FrozenBlock& block, const Candidates& rules,
              Content seen) {
  if (block.pinned) return true;
  block.pinned = true;
  if (block.candidates.size() == 1) return true;

  // Any of the writes with this content may be the one that was seen: the weakest bounds hold.
  Moment weakest_lo = kNotYet;
  Moment weakest_hi = 0;
  for (const Candidate& candidate : block.candidates) {
    if (rules.content(candidate) != seen) continue;
    weakest_lo = std::min(weakest_lo, candidate.since);
    Moment replaced = kNotYet;
    for (const Candidate& later : block.candidates)
      if (rules.definite(later) && later.since > rules.over(candidate))
        replaced = std::min(replaced, rules.over(later));
    weakest_hi = std::max(weakest_hi, replaced);
  }
  block.candidates.erase_if(
      [&](const Candidate& candidate) { return rules.content(candidate) != seen; });
  if (weakest_lo > lo.at) lo = {weakest_lo, origin, number};
  if (weakest_hi < hi.at) hi = {weakest_hi, origin, number};
  return lo.at < std::min(hi.at, take_answered);
}

}  // namespace cowbell::model
