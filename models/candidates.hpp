// SPDX-License-Identifier: Apache-2.0
// One logical block as a linearizable register: which writes a read of it may return (S1, S4).
//
// A write is a candidate from when it may be seen until another has definitely replaced it: until
// a write that was invoked after it was over has succeeded, or a read that was invoked after it was
// over has seen something else. Failed writes and DISCARDs only add candidates. A read that began
// before a candidate was dropped may still return it.
//
// Where effects are announced, a write begins and is over at its effect, so the set is exact;
// elsewhere it begins at its invocation and is over at its answer. All else is the same.
#pragma once

#include "models/candidate_set.hpp"

namespace cowbell::model {

/// What is known of the moments at which writes take effect.
enum class Evidence : std::uint8_t {
  intervals,  ///< somewhere between invocation and answer
  effects     ///< announced
};

class Candidates {
 public:
  /// `writes` is borrowed.
  Candidates(const Writes& writes, Evidence evidence) : writes_(&writes), evidence_(evidence) {}

  Evidence evidence() const { return evidence_; }

  /// By when the write was over; kNotYet while it is open.
  Moment over(const Candidate& candidate) const {
    return evidence_ == Evidence::effects ? candidate.since
                                          : (*writes_)[candidate.version].answered;
  }
  Content content(const Candidate& candidate) const {
    return (*writes_)[candidate.version].content;
  }

  /// A write has been invoked, or a block of it took effect. Where effects are announced it
  /// replaces all others at once, if it replaces anything.
  void add(CandidateSet& set, Version version, Moment now) const;

  /// A write that replaces has succeeded.
  void succeeded(CandidateSet& set, Version version, Moment now) const;

  /// The write had no effect and will have none (EAGAIN).
  static void withdraw(CandidateSet& set, Version version);

  /// True if a read that was invoked at `invoked` and is being answered now may return `seen`.
  bool allows(const CandidateSet& set, Content seen, Moment invoked) const {
    for (const Candidate& candidate : set)
      if (candidate.dropped > invoked && content(candidate) == seen) return true;
    return false;
  }

  /// True if `observed` would change the set.
  bool narrows(const CandidateSet& set, Content seen, Moment invoked) const;

  /// A read invoked at `invoked`, or a cut no earlier than that, has held `seen`: what was over by
  /// then and differs has been replaced.
  void observed(CandidateSet& set, Content seen, Moment invoked, Moment now) const {
    drop_unless(set, invoked, now,
                [&](const Candidate& candidate) { return content(candidate) == seen; });
  }

  /// Drops what was over before `invoked`, unless `seen(candidate)`.
  template <class Seen>
  void drop_unless(CandidateSet& set, Moment invoked, Moment now, Seen seen) const {
    for (Candidate& candidate : set)
      if (candidate.live() && over(candidate) < invoked && !seen(candidate))
        candidate.dropped = now;
  }

  /// Forgets what was dropped before `oldest`, the invocation of the oldest open read.
  static void purge(CandidateSet& set, Moment oldest) {
    if (set.size() > 1)
      set.erase_if([=](const Candidate& candidate) { return candidate.dropped < oldest; });
  }

  /// True if the write, once there, leaves nothing of what was before.
  bool definite(const Candidate& candidate) const {
    const Write& write = (*writes_)[candidate.version];
    return write.replaces &&
           (evidence_ == Evidence::effects || write.state == WriteState::succeeded);
  }

 private:
  const Writes* writes_;
  Evidence evidence_;
};

}  // namespace cowbell::model
