// SPDX-License-Identifier: Apache-2.0
// Answers that a device gives from within `submit`, one after the other: a request that comes in
// while a frame runs is answered after it, so completions never recurse.
#pragma once

#include <boost/intrusive/list.hpp>

#include "core/bio.hpp"

namespace cowbell {

class AnswerQueue {
 public:
  /// Answers at once, or when the answer that is being given has been. Does not suspend.
  void answer(Bio& bio, Errc error) {
    bio.status = error;
    bio.transferred = error == Errc::none ? to_bytes(bio.range.count) : ByteCount{};
    answers_.push_back(bio);
    if (answering_) return;
    answering_ = true;
    while (!answers_.empty()) {
      Bio& next = answers_.front();
      answers_.pop_front();
      next.complete();
    }
    answering_ = false;
  }

 private:
  boost::intrusive::list<Bio> answers_;
  bool answering_ = false;
};

}  // namespace cowbell
