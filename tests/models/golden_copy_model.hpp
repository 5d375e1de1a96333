// SPDX-License-Identifier: Apache-2.0
// The definition of what a read may return, evaluated over a whole history each time anew: slow,
// and with none of the golden copy's bookkeeping. And a small world that makes random histories,
// most of them legal.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/golden_copy.hpp"

namespace cowbell::model::testing {

/// One request in a history, to one block.
struct PlainRequest {
  OriginIndex origin = 0;
  std::optional<std::size_t> take;  ///< the image of that take
  BlockNumber block = 0;
  bool is_write = false;
  bool replaces = true;
  Moment invoked = 0;
  Moment effect = kNotYet;
  Moment answered = kNotYet;
  bool succeeded = false;
  bool withdrawn = false;
  Content content = Content::byte(0);  ///< written, or returned
  bool could_be_cut = false;           ///< of an image read, as the definition says
};

/// A take of all origins.
struct PlainTake {
  Moment invoked = 0;
  Moment answered = kNotYet;
};

/// An image read whose value can only have come from the cut.
struct PlainPin {
  std::size_t take;
  OriginIndex origin;
  BlockNumber block;
  Content content;
  Moment at;
};

/// A device shrank, and grew again at once: what lies from a block on is zeroes.
struct PlainLoss {
  OriginIndex origin;
  BlockNumber from;
  Moment at;
};

class PlainHistory {
 public:
  explicit PlainHistory(Evidence evidence) : evidence_(evidence) {}

  std::deque<PlainRequest> requests;
  std::vector<PlainTake> takes;
  std::vector<PlainPin> pins;
  std::vector<PlainLoss> losses;

  bool origin_allows(const PlainRequest& read, Content seen) const;

  struct ImageVerdict {
    bool could_be_cut;
    bool could_be_write;
    bool pins;
    bool fits_an_instant;
    bool wrong() const { return (!could_be_cut && !could_be_write) || !fits_an_instant; }
  };
  /// Of a read that is answered now.
  ImageVerdict image_verdict(const PlainRequest& read, Content seen, Moment now) const;

 private:
  struct Interval {
    Moment begin;
    Moment over;
    bool definite;
    Content content;
  };
  /// The writes to a block of an origin so far, the zeroes of the beginning among them.
  std::vector<Interval> writes(OriginIndex origin, BlockNumber block) const;
  bool replaced_before(const Interval& write, const std::vector<Interval>& writes,
                       OriginIndex origin, BlockNumber block, Moment moment) const;
  std::vector<Interval> cut(std::size_t take, OriginIndex origin, BlockNumber block) const;
  std::pair<Moment, Moment> bounds(std::size_t take, const PlainPin& pin) const;

  Evidence evidence_;
};

}  // namespace cowbell::model::testing
