// SPDX-License-Identifier: Apache-2.0
#include "models/candidates.hpp"

namespace cowbell::model {

void Candidates::add(CandidateSet& set, Version version, Moment now) const {
  if (evidence_ == Evidence::effects && (*writes_)[version].replaces)
    for (Candidate& candidate : set)
      if (candidate.live()) candidate.dropped = now;
  set.add({version, now});
}

void Candidates::succeeded(CandidateSet& set, Version version, Moment now) const {
  const Moment invoked = (*writes_)[version].invoked;
  for (Candidate& candidate : set)
    if (candidate.live() && over(candidate) < invoked) candidate.dropped = now;
}

void Candidates::withdraw(CandidateSet& set, Version version) {
  set.erase_if([=](const Candidate& candidate) { return candidate.version == version; });
}

bool Candidates::narrows(const CandidateSet& set, Content seen, Moment invoked) const {
  if (set.size() == 1) return false;
  return std::any_of(set.begin(), set.end(), [&](const Candidate& candidate) {
    return candidate.live() && over(candidate) < invoked && content(candidate) != seen;
  });
}

}  // namespace cowbell::model
