// SPDX-License-Identifier: Apache-2.0
// S14: what is judged of the maps of changed blocks.
//
// Every map that can be asked for when a snapshot is released must cover all that was surely
// written between its cuts: writes to the origin, writes through either image, marks by hand. Where
// it says that it is not exact, something must excuse it.
#include <fmt/format.h>

#include "models/judge.hpp"
#include "models/scenario_text.hpp"

namespace cowbell::model {
namespace {

/// Of the cuts before one, so many are asked for, the newest: each costs a look at all blocks.
constexpr std::size_t kMapsMaximum = 3;

/// Ranges that ascend and do not touch, asked for in ascending order.
class Coverage {
 public:
  explicit Coverage(std::span<const SectorRange> ranges) : ranges_(ranges) {}

  bool contains(SectorRange range) {
    while (!ranges_.empty() && ranges_.front().end() <= range.first) ranges_ = ranges_.subspan(1);
    return !ranges_.empty() && ranges_.front().contains(range);
  }

 private:
  std::span<const SectorRange> ranges_;
};

bool contained(std::span<const SectorRange> ranges, SectorRange range) {
  return Coverage(ranges).contains(range);
}

}  // namespace

void Judge::marked_by_hand(Cut* cut, OriginIndex origin, SectorRange range) {
  if (maps_matter_) hand_marks_.push_back({origin, cut, range, golden_.tick()});
}

void Judge::inspect_changes(Cut& to) {
  if (!maps_matter_) return;
  for (OriginIndex origin = 0; origin < scenario_->origins.size(); ++origin) {
    if (!to.holds(origin)) continue;
    std::size_t asked = 0;
    for (std::size_t i = taken_.size(); i-- > 0 && asked < kMapsMaximum && !breach_;) {
      const Cut& from = *taken_[i];
      if (!from.holds(origin) || from.take_answered >= to.take_invoked) continue;
      ++asked;
      inspect_changes(from, to, origin);
    }
  }
}

void Judge::inspect_changes(const Cut& from, Cut& to, OriginIndex origin) {
  changed_.clear();
  const auto answer = subject_->changed(from.storage, to.storage, origin, changed_);
  const auto name = [&] {
    return fmt::format("the map of changes of {} from take {} to take {}",
                       scenario_->origins[origin].name, from.number(), to.number());
  };
  if (!answer)
    return fail(Rule::S14, Write::kNoStatement,
                fmt::format("{} was answered {}", name(), errno_name(answer.error())));
  if (!answer->exact) {
    if (!inexact_excused(from, to, origin))
      fail(Rule::S14, Write::kNoStatement, name() + " is not exact, with nothing to excuse it");
    return;
  }
  if (excuses_.power_cut_between(from.take_invoked, to.take_invoked))
    return fail(Rule::S14, Write::kNoStatement,
                name() + " is said to be exact, though the power was cut in between");
  const BlockUnit unit = golden_.unit(origin);
  std::optional<SectorRange> missing;
  const auto demand = [&](Coverage coverage) {
    return [&missing, coverage, unit](BlockNumber block) mutable {
      const SectorRange range{unit.sector(block), SectorCount{unit.sectors}};
      if (!coverage.contains(range) && !missing) missing = range;
    };
  };
  golden_.for_each_written_between(from, to, origin, demand(Coverage(changed_)));
  golden_.for_each_written_through(from, origin, demand(Coverage(changed_)));
  golden_.for_each_written_through(to, origin, demand(Coverage(changed_)));
  for (const HandMark& mark : hand_marks_) {
    if (mark.origin != origin) continue;
    const bool counts = mark.cut == nullptr
                            ? mark.at > from.take_answered && mark.at < to.take_invoked
                            : mark.cut == &from || mark.cut == &to;
    if (counts && !contained(changed_, mark.range) && !missing) missing = mark.range;
  }
  if (!missing) return;
  const History::Place at{origin, *missing};
  fail(Rule::S14, Write::kNoStatement,
       fmt::format("{} leaves out what changed at byte {}", name(),
                   byte_offset(missing->first).value));
  breach_->history = history_.of(*scenario_, {&at, 1});
}

/// Memory for a mark on an image refused, or at its limit; another size of the device; more takes
/// than there are generations; a power cut in between, which ended the engine that knew the first
/// cut.
bool Judge::inexact_excused(const Cut& from, const Cut& to, OriginIndex origin) const {
  constexpr std::size_t kGenerations = 255;
  return excuses_.memory_was_refused() || excuses_.marks_may_be_full(origin, taken_.size()) ||
         excuses_.resized_since(origin, from.take_invoked) ||
         excuses_.power_cut_between(from.take_invoked, to.take_invoked) ||
         taken_.size() > kGenerations;
}

std::optional<std::string> Judge::other_changes(const Statement& statement, const Cut& from,
                                                const Cut& to) {
  const OriginIndex origin = statement.device.origin;
  changed_.clear();
  const auto answer = subject_->changed(from.storage, to.storage, origin, changed_);
  if (!answer) return fmt::format("it was answered {}", errno_name(answer.error()));
  bool met = answer->exact != statement.changed.unknown;
  const std::span<const SectorRange> expected = statement.changed.ranges;
  for (const SectorRange& range : expected) met = met && contained(changed_, range);
  for (const SectorRange& range : changed_)
    for (Sector at = range.first; met && at < range.end();) {
      const Sector end = std::min(at + answer->block, range.end());
      met =
          contained(expected, {at, end - at}) || may_have_changed({at, end - at}, origin, from, to);
      at = end;
    }
  if (met) return std::nullopt;
  Statement instead = statement;
  instead.changed = {!answer->exact, changed_};
  return fmt::format("`{}`", to_string(instead, *scenario_));
}

/// A write that failed or was answered EAGAIN touched this block in time.
bool Judge::may_have_changed(SectorRange block, OriginIndex origin, const Cut& from,
                             const Cut& to) const {
  return std::any_of(failed_changes_.begin(), failed_changes_.end(), [&](const FailedChange& of) {
    if (of.origin != origin || !of.range.overlaps(block)) return false;
    if (of.cut != nullptr) return of.cut == &from || of.cut == &to;
    return of.answered > from.take_invoked && of.invoked < to.take_answered;
  });
}

}  // namespace cowbell::model
