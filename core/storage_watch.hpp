// SPDX-License-Identifier: Apache-2.0
// How long a storage has owed an answer to what must end before memory comes back: stores, growths,
// and requests to stored chunks, which keep memory, or a lock that one with memory waits for.
#pragma once

#include <algorithm>
#include <boost/intrusive/list.hpp>

#include "core/clock.hpp"

namespace cowbell {

class StorageWatch {
 public:
  /// A request that is overdue once it is older than `wait_maximum`.
  StorageWatch(Clock& clock, Time wait_maximum) : clock_(clock), wait_maximum_(wait_maximum) {}

  /// One request at a time, from `submitted` until `answered`.
  class Request : public boost::intrusive::list_base_hook<
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    void answered() { unlink(); }

   private:
    friend class StorageWatch;
    Time since_{};
  };

  Time now() const { return clock_.now(); }

  void submitted(Request& request) {
    request.since_ = clock_.now();
    unanswered_.push_back(request);
  }

  /// True if a request has been unanswered for `wait_maximum`, and nothing has come of the storage
  /// for as long: not since `quiet_since`.
  bool overdue(Time quiet_since) const {
    return !unanswered_.empty() && clock_.now() >= overdue_at(quiet_since);
  }

  /// No earlier than this does `overdue` come true.
  Time overdue_at(Time quiet_since) const {
    if (!unanswered_.empty())
      return std::max(unanswered_.front().since_, quiet_since) + wait_maximum_;
    // Something may be submitted at any moment.
    return clock_.now() + std::max<Time>(wait_maximum_, std::chrono::milliseconds(1));
  }

 private:
  Clock& clock_;
  const Time wait_maximum_;
  /// In the order of their submission.
  boost::intrusive::list<Request, boost::intrusive::constant_time_size<false>> unanswered_;
};

}  // namespace cowbell
