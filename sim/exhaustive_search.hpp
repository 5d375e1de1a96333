// SPDX-License-Identifier: Apache-2.0
// A walk through the tree of all choices that a run can make, depth first, one run a leaf: no state
// is kept, each run begins at the root and follows the path of the last one up to where it turns.
// Source: Godefroid, "Model checking for programming languages using VeriSoft", POPL 1997; the
// bound on preemptions is that of Musuvathi and Qadeer, "Iterative context bounding for systematic
// testing of multithreaded programs", PLDI 2007.
//
// What is left out, and counted:
// - *bounded*: choices that would cost more than one path may spend;
// - *pruned*: the other choices at a point that was relevant in no run below its first choice. Who
//   chooses says what makes it relevant; then runs below the others differ in nothing that anybody
//   can see (the backtracking sets of Flanagan and Godefroid, "Dynamic partial-order reduction",
//   POPL 2005, for a point instead of a thread).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cowbell::sim {

class ExhaustiveSearch {
 public:
  /// Forgets the tree, not the counts. The next run takes the first choice everywhere; no path
  /// spends more than `cost_maximum`.
  void restart(std::uint32_t cost_maximum) {
    path_.clear();
    cost_maximum_ = cost_maximum;
  }

  /// A run begins.
  void begin() { depth_ = 0; }

  /// The next choice of the run, below `count`, which is at least 2. Every choice but 0 costs
  /// `cost`. Before its `next`, a run that made the same choices so far asks the same.
  std::uint32_t choose(std::uint32_t count, std::uint32_t cost, bool relevant);

  /// The choices of this run so far.
  std::size_t depth() const { return depth_; }

  /// The choice at that depth matters in this run.
  void make_relevant(std::size_t depth) { path_[depth].relevant = true; }

  /// A run has ended: turns to the next path. False if there is none.
  bool next();

  std::uint64_t pruned() const { return pruned_; }
  std::uint64_t bounded() const { return bounded_; }

 private:
  struct Point {
    std::uint32_t count;
    std::uint32_t cost;
    std::uint32_t choice;
    std::uint32_t spent;  ///< by the choices before it
    bool relevant;
  };

  std::uint32_t cost_maximum_ = 0;
  std::vector<Point> path_;
  std::size_t depth_ = 0;
  std::uint64_t pruned_ = 0;
  std::uint64_t bounded_ = 0;
};

}  // namespace cowbell::sim
