// SPDX-License-Identifier: Apache-2.0
// Who goes next: the one question that a scheduling policy answers.
//
// Whatever rule it follows, a policy leaves the same record: for each question a choice under
// `Concern::schedule`, so that the recorded policy repeats any run.
#pragma once

#include <boost/fiber/context.hpp>
#include <cstdint>
#include <span>

namespace cowbell::sim {

struct ReadyFiber {
  boost::fibers::context* fiber;
  std::uint32_t number;  ///< by which policies tell fibers apart: addresses recur
};

class Policy {
 public:
  virtual ~Policy() = default;

  /// A run begins.
  virtual void begin() = 0;

  /// Whether the next thing that is due overtakes the fibers that are ready, though time should
  /// move only when none is. Asked before each `choose` while something is due soon. `ready` is not
  /// empty and as for `choose`.
  virtual bool overtakes(std::span<const ReadyFiber> ready) = 0;

  /// An index into `ready`: two fibers at least, in the order in which they became ready.
  virtual std::size_t choose(std::span<const ReadyFiber> ready) = 0;
};

}  // namespace cowbell::sim
