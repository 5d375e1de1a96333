// SPDX-License-Identifier: Apache-2.0
// What lasts and what a power cut leaves, in the golden copy.
#include "models/golden_copy.hpp"

namespace cowbell::model {

/// A request to an origin has been answered OK.
void GoldenCopy::promised(const Request& request) {
  Origin& origin = *origins_[request.origin];
  if (request.operation == Operation::flush || request.asked.preflush)
    origin.durable.flushed(request.invoked, writes_);
  if (request.asked.fua && changes_data(request.operation))
    origin.durable.forced(origin.unit.first(request.range), origin.unit.end(request.range),
                          request.version);
}

void GoldenCopy::power_restored() {
  tick();
  for (std::size_t i = 0; i < origin_count_; ++i) {
    Origin& origin = *origins_[i];
    origin.durable.cut([&](BlockNumber number, std::span<const Version> versions) {
      RegisterBlock& block = origin.blocks.touch(number);
      block.candidates.clear();
      for (const Version version : versions) block.candidates.add({version, now_});
    });
  }
}

/// A read, or a pin, that began at `since` has seen what an origin's block holds.
void GoldenCopy::observed(OriginIndex index, BlockNumber number, RegisterBlock& block, Content seen,
                          Moment since) {
  Origin& origin = *origins_[index];
  // Where effects are announced, only a power cut leaves a choice, and it is the same one for all
  // cuts since: those that copy the block later copy what is left.
  if (origin.candidates.evidence() == Evidence::intervals) save_for_cuts(index, number, block);
  origin.candidates.observed(block.candidates, seen, since, now_);
  if (keeps_durable_)
    origin.durable.observed(number,
                            [&](Version version) { return writes_[version].content == seen; });
}

}  // namespace cowbell::model
