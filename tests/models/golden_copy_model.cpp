// SPDX-License-Identifier: Apache-2.0
#include "tests/models/golden_copy_model.hpp"

#include <algorithm>

namespace cowbell::model::testing {

std::vector<PlainHistory::Interval> PlainHistory::writes(OriginIndex origin,
                                                         BlockNumber block) const {
  std::vector<Interval> found{{0, 0, true, Content::byte(0)}};
  for (const PlainRequest& request : requests) {
    if (!request.is_write || request.take || request.origin != origin || request.block != block ||
        request.withdrawn)
      continue;
    if (evidence_ == Evidence::intervals)
      found.push_back({request.invoked, request.answered, request.succeeded && request.replaces,
                       request.content});
    else if (request.effect != kNotYet)
      found.push_back({request.effect, request.effect, request.replaces, request.content});
  }
  return found;
}

/// True if `write` was definitely replaced, and that was known, before `moment`.
bool PlainHistory::replaced_before(const Interval& write, const std::vector<Interval>& writes,
                                   OriginIndex origin, BlockNumber block, Moment moment) const {
  for (const Interval& other : writes)
    if (other.definite && write.over < other.begin && other.over < moment) return true;
  for (const PlainRequest& read : requests)
    if (!read.is_write && !read.take && read.origin == origin && read.block == block &&
        read.succeeded && read.answered < moment && write.over < read.invoked &&
        read.content != write.content)
      return true;
  for (const PlainPin& pin : pins)
    if (pin.origin == origin && pin.block == block && pin.at < moment &&
        write.over < takes[pin.take].invoked && pin.content != write.content)
      return true;
  return false;
}

bool PlainHistory::origin_allows(const PlainRequest& read, Content seen) const {
  const std::vector<Interval> all = writes(read.origin, read.block);
  return std::any_of(all.begin(), all.end(), [&](const Interval& write) {
    return write.content == seen &&
           !replaced_before(write, all, read.origin, read.block, read.invoked);
  });
}

/// What the cut of a take may hold of a block, leaving pins aside.
std::vector<PlainHistory::Interval> PlainHistory::cut(std::size_t take, OriginIndex origin,
                                                      BlockNumber block) const {
  const std::vector<Interval> all = writes(origin, block);
  std::vector<Interval> possible;
  for (const Interval& write : all)
    if (write.begin < takes[take].answered &&
        !replaced_before(write, all, origin, block, takes[take].invoked))
      possible.push_back(write);
  return possible;
}

/// The instants at which the cut can have held what was pinned.
std::pair<Moment, Moment> PlainHistory::bounds(std::size_t take, const PlainPin& pin) const {
  const std::vector<Interval> all = writes(pin.origin, pin.block);
  Moment lo = kNotYet;
  Moment hi = 0;
  for (const Interval& seen : cut(take, pin.origin, pin.block)) {
    if (seen.content != pin.content) continue;
    Moment until = kNotYet;
    for (const Interval& later : all)
      if (later.definite && later.begin > seen.over) until = std::min(until, later.over);
    lo = std::min(lo, seen.begin);
    hi = std::max(hi, until);
  }
  return {lo, hi};
}

PlainHistory::ImageVerdict PlainHistory::image_verdict(const PlainRequest& read, Content seen,
                                                       Moment now) const {
  const std::size_t take = *read.take;
  const auto same_block = [&](const PlainRequest& other) {
    return other.take == read.take && other.origin == read.origin && other.block == read.block;
  };
  // A write through the image is replaced as one to an origin; the cut stands before all of them.
  const auto replaced = [&](Moment over, auto could_be_what_was_read) {
    for (const PlainRequest& other : requests) {
      if (!same_block(other) || !other.succeeded || other.answered >= read.invoked) continue;
      if (over < other.invoked && (other.is_write || !could_be_what_was_read(other))) return true;
    }
    return false;
  };

  // What was lost in the life of the cut may read zeroes, which then say nothing about the cut.
  const bool lost = seen == Content::byte(0) &&
                    std::any_of(losses.begin(), losses.end(), [&](const PlainLoss& loss) {
                      return loss.origin == read.origin && loss.from <= read.block &&
                             loss.at > takes[take].invoked;
                    });
  ImageVerdict verdict{false, false, false, true};
  for (const PlainRequest& write : requests)
    if (same_block(write) && write.is_write && !write.withdrawn && write.content == seen &&
        !replaced(write.answered,
                  [&](const PlainRequest& other) { return other.content == write.content; }))
      verdict.could_be_write = true;
  if (!replaced(0, [](const PlainRequest& other) { return other.could_be_cut; })) {
    if (lost) {
      verdict.could_be_cut = true;
      return verdict;
    }
    const auto pin = std::find_if(pins.begin(), pins.end(), [&](const PlainPin& candidate) {
      return candidate.take == take && candidate.origin == read.origin &&
             candidate.block == read.block;
    });
    if (pin != pins.end()) {
      verdict.could_be_cut = pin->content == seen;
    } else {
      const std::vector<Interval> possible = cut(take, read.origin, read.block);
      verdict.could_be_cut = std::any_of(possible.begin(), possible.end(),
                                         [&](const Interval& w) { return w.content == seen; });
    }
  }
  verdict.pins = verdict.could_be_cut && !verdict.could_be_write;
  if (!verdict.pins) return verdict;
  auto [lo, hi] = bounds(take, {take, read.origin, read.block, seen, now});
  for (const PlainPin& pin : pins) {
    if (pin.take != take) continue;
    const auto [pin_lo, pin_hi] = bounds(take, pin);
    lo = std::max(lo, pin_lo);
    hi = std::min(hi, pin_hi);
  }
  verdict.fits_an_instant = std::max(lo, takes[take].invoked) < std::min(hi, takes[take].answered);
  return verdict;
}

}  // namespace cowbell::model::testing
