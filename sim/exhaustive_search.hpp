// SPDX-License-Identifier: Apache-2.0
// A walk through the tree of all choices that a run can make, depth first, one run a leaf: no state
// is restored, each run begins at the root and follows the path of the last one up to where it
// turns.
// Source: Godefroid, "Model checking for programming languages using VeriSoft", POPL 1997; the
// bound is that of Emmi, Qadeer and Rakamaric, "Delay-bounded scheduling", POPL 2011. What it
// counts is called a preemption here, though fibers give the processor away only where they wait:
// of what Musuvathi and Qadeer bound under that name (PLDI 2007) there would be none.
//
// What is left out, and counted:
// - *bounded*: choices that would cost more than one path may spend;
// - *pruned*: the other choices at a point that was relevant in no run below its first choice. Who
//   chooses says what makes it relevant; then runs below the others differ in nothing that anybody
//   can see (the backtracking sets of Flanagan and Godefroid, "Dynamic partial-order reduction",
//   POPL 2005, for a point instead of a thread);
// - *repeated*: what lies below a state that was gone through before with as much left to spend.
//   Who chooses says what makes a state.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cowbell::sim {

/// What a choice other than the first costs, and what a path has spent.
struct SearchCost {
  std::uint32_t preemptions = 0;
  std::uint32_t overtakings = 0;
  bool operator==(const SearchCost&) const = default;
};

/// What a path may spend. One without a preemption may have any number of overtakings.
struct SearchBound {
  std::uint32_t preemptions_maximum = 0;
  /// Whether the overtakings of a path that has a preemption are preemptions as well.
  bool overtakings_count = false;

  bool allows(SearchCost spent) const {
    return spent.preemptions == 0 || weight(spent) <= preemptions_maximum;
  }
  std::uint32_t weight(SearchCost spent) const {
    return spent.preemptions + (overtakings_count ? spent.overtakings : 0);
  }
};

class ExhaustiveSearch {
 public:
  /// Forgets the tree, not the counts. The next run takes the first choice everywhere.
  void restart(const SearchBound& bound) {
    path_.clear();
    named_.clear();
    states_.clear();
    notes_.clear();
    bound_ = bound;
  }

  /// A run begins.
  void begin() {
    depth_ = 0;
    repeats_ = false;
  }

  /// What matters below a state to the choices above it: the part `first` to `end` of a subject.
  struct Note {
    std::uint64_t subject;
    std::uint64_t first;
    std::uint64_t end;
  };

  /// The next choice is made in the state of that name. If that is a repeated one, the run only
  /// goes on for its end: from now on `repeats`, and each choice is the first. Then the notes that
  /// were made below the state are returned, which hold below this point as well.
  std::vector<Note> arrive(std::uint64_t name);
  bool repeats() const { return repeats_; }

  /// Whether the next choice has not been made in a run before: only then is its state asked for.
  bool is_new() const { return !repeats_ && depth_ == path_.size(); }

  /// Adds to the notes of the states of this run from that depth on.
  void note(const Note& note, std::size_t from);

  /// The next choice of the run, below `count`, which is at least 2. Every choice but 0 costs
  /// `cost`. Before its `next`, a run that made the same choices so far asks the same.
  std::uint32_t choose(std::uint32_t count, SearchCost cost, bool relevant);

  /// The choices of this run so far.
  std::size_t depth() const { return depth_; }

  /// The choice at that depth matters in this run.
  void make_relevant(std::size_t depth) { path_[depth].relevant = true; }

  /// A run has ended: turns to the next path. False if there is none.
  bool next();

  std::uint64_t pruned() const { return pruned_; }
  std::uint64_t bounded() const { return bounded_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  // A program can have millions of states: hence tables without an allocation for each entry, and
  // indices into them.
  using StateIndex = std::uint32_t;
  using NoteIndex = std::uint32_t;
  static constexpr NoteIndex kNoNote = ~NoteIndex{0};
  struct State {
    /// By paths that led there; none less than another.
    boost::container::small_vector<SearchCost, 1> spent;
    NoteIndex first_note = kNoNote;
  };
  struct NoteOfState {
    Note note;
    NoteIndex next;
  };
  /// Names are hashes.
  struct HashOfName {
    using is_avalanching = void;
    std::size_t operator()(std::uint64_t name) const { return name; }
  };
  struct Point {
    std::uint32_t count;
    SearchCost cost;
    std::uint32_t choice;
    SearchCost spent;  ///< by the choices before it
    bool relevant;
    std::optional<StateIndex> state;  ///< if it has a name

    SearchCost spent_with(std::uint32_t made) const {
      if (made == 0) return spent;
      return {spent.preemptions + cost.preemptions, spent.overtakings + cost.overtakings};
    }
  };

  SearchCost spent() const;
  bool is_new_to(State& state) const;
  void note(const Note& note, State& state);

  SearchBound bound_;
  std::vector<Point> path_;
  std::size_t depth_ = 0;
  boost::unordered_flat_map<std::uint64_t, StateIndex, HashOfName> named_;  // never iterated
  std::vector<State> states_;
  std::vector<NoteOfState> notes_;
  std::optional<StateIndex> arrived_;
  bool repeats_ = false;
  std::uint64_t pruned_ = 0;
  std::uint64_t bounded_ = 0;
  std::uint64_t repeated_ = 0;
};

}  // namespace cowbell::sim
