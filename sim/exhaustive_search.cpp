// SPDX-License-Identifier: Apache-2.0
#include "sim/exhaustive_search.hpp"

#include <algorithm>
#include <utility>

#include "core/invariant.hpp"

namespace cowbell::sim {

/// By the choices so far; where no choice has been made that is not yet on the path.
SearchCost ExhaustiveSearch::spent() const {
  return path_.empty() ? SearchCost{} : path_.back().spent_with(path_.back().choice);
}

/// Whether this path has come to the state with more left to spend than any before.
bool ExhaustiveSearch::is_new_to(State& state) const {
  SearchCost spent = this->spent();
  if (!bound_.overtakings_count) spent.overtakings = 0;
  // What is beyond the bound in any case makes no difference.
  spent.overtakings = std::min(spent.overtakings, bound_.preemptions_maximum);
  const auto no_more = [](SearchCost a, SearchCost b) {
    return a.preemptions <= b.preemptions && a.overtakings <= b.overtakings;
  };
  if (std::ranges::any_of(state.spent, [&](SearchCost known) { return no_more(known, spent); }))
    return false;
  const auto more =
      std::ranges::remove_if(state.spent, [&](SearchCost known) { return no_more(spent, known); });
  state.spent.erase(more.begin(), more.end());
  state.spent.push_back(spent);
  return true;
}

std::vector<ExhaustiveSearch::Note> ExhaustiveSearch::arrive(std::uint64_t name) {
  if (!is_new()) return {};
  const auto [named, first_time] =
      named_.try_emplace(name, static_cast<StateIndex>(states_.size()));
  if (first_time) states_.emplace_back();
  State& state = states_[named->second];
  if (is_new_to(state)) {
    arrived_ = named->second;
    return {};
  }
  repeats_ = true;
  ++repeated_;
  std::vector<Note> notes;
  for (NoteIndex i = state.first_note; i != kNoNote; i = notes_[i].next)
    notes.push_back(notes_[i].note);
  return notes;
}

void ExhaustiveSearch::note(const Note& note, std::size_t from) {
  for (std::size_t depth = from; depth < depth_; ++depth)
    if (path_[depth].state) this->note(note, states_[*path_[depth].state]);
}

void ExhaustiveSearch::note(const Note& note, State& state) {
  for (NoteIndex i = state.first_note; i != kNoNote; i = notes_[i].next) {
    Note& known = notes_[i].note;
    if (known.subject != note.subject) continue;
    known.first = std::min(known.first, note.first);
    known.end = std::max(known.end, note.end);
    return;
  }
  notes_.push_back({note, state.first_note});
  state.first_note = static_cast<NoteIndex>(notes_.size() - 1);
}

std::uint32_t ExhaustiveSearch::choose(std::uint32_t count, SearchCost cost, bool relevant) {
  COWBELL_INVARIANT(S13, count > 1);
  if (repeats_) return 0;
  if (depth_ == path_.size())
    path_.push_back({count, cost, 0, spent(), relevant, std::exchange(arrived_, std::nullopt)});
  Point& point = path_[depth_++];
  // What differs here is a run that something else than its choices decides.
  COWBELL_INVARIANT(S13, point.count == count && point.cost == cost);
  point.relevant |= relevant;
  return point.choice;
}

bool ExhaustiveSearch::next() {
  COWBELL_INVARIANT(S13, depth_ == path_.size());
  for (; !path_.empty(); path_.pop_back()) {
    Point& point = path_.back();
    const std::uint32_t left = point.count - 1 - point.choice;
    if (left == 0) continue;
    if (!point.relevant) {
      pruned_ += left;
    } else if (!bound_.allows(point.spent_with(point.choice + 1))) {
      bounded_ += left;
    } else {
      ++point.choice;
      return true;
    }
  }
  return false;
}

}  // namespace cowbell::sim
