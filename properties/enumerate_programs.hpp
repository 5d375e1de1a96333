// SPDX-License-Identifier: Apache-2.0
// The small world: every program, up to symmetry, of a few operations beside a take or a release.
//
// One origin of two chunks of two logical blocks. An operation is an origin write, an image write
// or an image read of one block, the two blocks across the border, one chunk, or all; each origin
// write has a client of its own, so has each image operation behind a take. A set of operations is
// played in several forms (`Form`).
//
// Symmetry: operations are taken as a set, since clients are interchangeable; the order in which
// they stand is one of the orders that the schedules go through. Of a program and its mirror image
// one is kept if no operation reaches into both chunks (chunks are walked in ascending order, so
// that a mirror shows where one does).
// Source: the bounded exhaustive workloads of Mohan et al., "Finding crash-consistency bugs with
// bounded black-box crash testing", OSDI 2018.
#pragma once

#include <string>
#include <vector>

#include "models/scenario.hpp"

namespace cowbell::properties {

/// Where take and release stand, and what storage there is.
enum class Form : std::uint8_t {
  behind_take,     ///< all operations side by side, behind the take
  beside_release,  ///< the same beside a release too
  without_room,    ///< behind the take, and the storage holds nothing: with a write
  beside_take,     ///< origin writes beside the take, image operations at once behind it
  beside_both,     ///< the same, and the release at once behind these
  /// As `beside_take`, with an older snapshot. Not with three operations. The last three forms are
  /// made only with an origin write.
  beside_second_take
};
inline constexpr std::size_t kFormCount = 6;

struct SmallProgram {
  Form form;
  model::Scenario scenario;
  /// Takes of the preparation, which goes the plainest way.
  std::uint32_t prepared_takes;
  std::uint32_t operations;

  /// Whether, in a run with a preemption, an answer that overtakes an older request is one as well:
  /// only so can programs of three operations be gone through. An older snapshot counts as an
  /// operation.
  bool overtakings_count() const;
};

/// All programs of 1 to `operations_maximum` operations, those of fewer first. 3 at most.
std::vector<SmallProgram> small_programs(unsigned operations_maximum);

}  // namespace cowbell::properties
