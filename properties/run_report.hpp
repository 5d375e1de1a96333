// SPDX-License-Identifier: Apache-2.0
// What a child tells its parent about one run, by way of shared memory: it must get through even
// when the child is about to end, so writing it takes no memory and no lock.
#pragma once

#include "properties/outcome.hpp"
#include "properties/shared_memory.hpp"

namespace cowbell::properties {

class RunReport {
 public:
  RunReport();

  /// For the parent, before the child is forked.
  void clear();

  /// For the child, at the end of a run.
  void write(const Outcome& outcome);

  /// For the child, when it is about to end: the decisions up to here, as many as there is room
  /// for. May be called from a signal handler.
  void write_decisions(const model::RecordedDecisions& decisions) noexcept;

  /// True if `write` was reached.
  bool written() const;

  /// What was written. Without `written`, decisions alone.
  Outcome read() const;

 private:
  struct Head;
  Head& head() const;

  SharedMemory memory_;
};

}  // namespace cowbell::properties
