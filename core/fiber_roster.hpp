// SPDX-License-Identifier: Apache-2.0
// The fibers that live under one scheduler: numbered in the order in which they were first ready,
// and listed when somebody wants to know who waits for whom.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <string>

#include "core/fiber.hpp"

namespace cowbell {

class FiberRoster {
 public:
  /// To be told each time a fiber becomes ready; the first time, it gets its number, from 1.
  void ready(FiberProperties& fiber) {
    if (fiber.number != 0) return;
    fiber.number = ++last_number_;
    fibers_.push_back(fiber);
  }

  /// True if every fiber has ended and given its stack back.
  bool empty() const { return fibers_.empty(); }

  /// Numbers begin at 1 again: for a run that starts anew. No fiber may be alive.
  void restart();

  /// Who waits for what, one fiber a line, in the order of their numbers:
  /// `copy 7 waits for a chunk, held by client 3`, or `client 2 is ready`. Neighbours of one name
  /// that wait alike share a line: `copy 8 to 70 wait for a postponed change`.
  std::string describe() const;

 private:
  boost::intrusive::list<FiberProperties, boost::intrusive::constant_time_size<false>> fibers_;
  std::uint32_t last_number_ = 0;
};

}  // namespace cowbell
