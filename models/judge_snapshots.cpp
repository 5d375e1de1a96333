// SPDX-License-Identifier: Apache-2.0
// What is judged of takes, releases, areas and events, and what worlds announce of sizes.
#include <fmt/format.h>

#include "models/judge.hpp"

namespace cowbell::model {
namespace {

/// Calls `visit(origin)` for each member of a cut.
template <class Visit>
void for_each_member(const Cut& cut, const Scenario& scenario, Visit visit) {
  for (OriginIndex i = 0; i < scenario.origins.size(); ++i)
    if (cut.holds(i)) visit(i);
}

std::string in_words(const TakeError& error) {
  if (error == Errc::none) return "OK";
  return fmt::format("{} ({})", errno_name(error), error.text);
}

}  // namespace

Cut& Judge::take_invoked(std::uint32_t statement, std::uint64_t origins, TakeNumber take,
                         ByteCount storage_block) {
  excuses_.storage_made(storage_block);
  Cut& cut = golden_.take_invoked(origins);
  cut.storage = take;
  if (history_.on()) note(HistoryEvent::Kind::take_invoked, cut, statement, Errc::none);
  return cut;
}

void Judge::take_answered(Cut& cut, std::uint32_t statement, const TakeError& error,
                          bool name_in_use) {
  std::uint64_t origins = 0;
  for_each_member(cut, *scenario_, [&](OriginIndex i) { origins |= std::uint64_t{1} << i; });
  golden_.take_answered(cut, error == Errc::none);
  if (error == Errc::none) taken_.push_back(&cut);
  if (history_.on()) note(HistoryEvent::Kind::take_answered, cut, statement, error);
  if (breach_) return;
  if (error == Errc::none)
    for_each_member(cut, *scenario_, [&](OriginIndex i) {
      cut.at(i).capacity = image_capacity(cut, i);
      if (!excuses_.had_size(i, cut.at(i).capacity, cut.take_invoked))
        fail(Rule::S2, statement,
             fmt::format("the image of {} has {} bytes, which the origin did not have at take",
                         scenario_->origins[i].name, to_bytes(cut.at(i).capacity).value));
    });
  if (error != Errc::none && ghost(cut.storage).open_requests() != 0)
    return fail(Rule::S11, statement,
                fmt::format("{} failed and left requests to its storage on their way",
                            statement_text(*scenario_, statement)));
  const Demand demand = scenario_->program[statement].demand;
  if (demand.kind == Demand::Kind::may_fail) return;
  const bool expected = demand.kind == Demand::Kind::fail
                            ? error == demand.error
                            : error == Errc::none || (error == Errc::exists && name_in_use) ||
                                  excuses_.take(error, origins, cut.storage, cut.take_invoked);
  if (expected) return;
  if (demand.kind == Demand::Kind::fail)
    return not_met(
        statement,
        fmt::format("{} was answered {}", statement_text(*scenario_, statement), in_words(error)),
        errno_name(error));
  fail(Rule::S6, statement,
       fmt::format("{} was answered {} with nothing to excuse it",
                   statement_text(*scenario_, statement), in_words(error)));
}

void Judge::release_invoked(Cut& cut, std::uint32_t statement) {
  inspect(cut);
  inspect_changes(cut);
  for_each_member(cut, *scenario_, [&](OriginIndex i) {
    counts_.chunks_copied += subject_->chunks_preserved(cut.storage, i);
  });
  golden_.release_invoked(cut);
  if (history_.on()) note(HistoryEvent::Kind::release_invoked, cut, statement, Errc::none);
}

void Judge::release_answered(Cut& cut, std::uint32_t statement, Errc error) {
  golden_.release_answered(cut);
  if (history_.on()) note(HistoryEvent::Kind::release_answered, cut, statement, error);
  if (breach_) return;
  const std::string what = statement == Write::kNoStatement ? "the release at the end"
                                                            : statement_text(*scenario_, statement);
  if (error != Errc::none)
    return fail(Rule::S11, statement, fmt::format("{} was answered {}", what, errno_name(error)));
  if (ghost(cut.storage).open_requests() != 0)
    return fail(Rule::S11, statement,
                fmt::format("{} left {} requests to the storage on their way", what,
                            ghost(cut.storage).open_requests()));
  for_each_member(cut, *scenario_, [&](OriginIndex i) {
    if (cut.at(i).open_before_release != 0)
      fail(Rule::S11, statement,
           fmt::format("{} left {} requests to the image of {} unanswered", what,
                       cut.at(i).open_before_release, scenario_->origins[i].name));
  });
  judge_events(cut);
}

void Judge::inspect(Cut& cut) {
  if (breach_) return;
  extents_.clear();
  for_each_member(cut, *scenario_, [&](OriginIndex i) {
    const std::optional<Errc> known = cut.at(i).corrupted;
    if (known && !subject_->corrupted(cut.storage, i))
      fail(Rule::S5, Write::kNoStatement,
           fmt::format("the area of {} is no longer corrupted", scenario_->origins[i].name));
    corrupted(cut, i);
    if (image_capacity(cut, i) != cut.at(i).capacity)
      fail(Rule::S3, Write::kNoStatement,
           fmt::format("the image of {} has {} bytes now, and had {} at take",
                       scenario_->origins[i].name, to_bytes(image_capacity(cut, i)).value,
                       to_bytes(cut.at(i).capacity).value));
    subject_->extents(cut.storage, i, extents_);
  });
  for (const LiveExtent& extent : extents_)
    if (extent.image.end().value > cut.at(extent.origin).capacity.value)
      fail(
          Rule::S10, Write::kNoStatement,
          fmt::format("an extent holds {} to byte {}, past the end of its image at {}",
                      scenario_->origins[extent.origin].name, byte_offset(extent.image.end()).value,
                      to_bytes(cut.at(extent.origin).capacity).value));
  if (const auto problem = ghost(cut.storage).check(extents_))
    fail(Rule::S10, Write::kNoStatement, *problem);
}

std::optional<Errc> Judge::corrupted(Cut& cut, OriginIndex origin) {
  if (cut.release_answered == kNotYet)
    if (const std::optional<Errc> cause = subject_->corrupted(cut.storage, origin))
      judge_corruption(cut, origin, *cause);
  return cut.at(origin).corrupted;
}

void Judge::judge_corruption(Cut& cut, OriginIndex origin, Errc cause) {
  CutOrigin& area = cut.at(origin);
  if (area.corrupted) {
    if (*area.corrupted != cause)
      fail(Rule::S12, Write::kNoStatement,
           fmt::format("the area of {} was corrupted by {} and is now said to be by {}",
                       scenario_->origins[origin].name, errno_name(*area.corrupted),
                       errno_name(cause)));
    return;
  }
  area.corrupted = cause;
  area.found_corrupted = golden_.now();
  std::uint64_t preserved = 0;
  for_each_member(cut, *scenario_,
                  [&](OriginIndex i) { preserved += subject_->chunks_preserved(cut.storage, i); });
  const Time now = world_->environment().clock.now();
  const Request* const waiting = requests_.oldest_of_an_origin();
  const Excuses::Corruption found{
      .cause = cause,
      .origin = origin,
      .storage = cut.storage,
      .take_invoked = cut.take_invoked,
      .capacity = area.capacity,
      .chunk = subject_->chunk_size(cut.storage, origin),
      .chunks_preserved = preserved,
      .now = now,
      .longest_wait = std::max(longest_wait_, waiting ? now - waiting->began : Time{})};
  if (!excuses_.corruption(found, ghost(cut.storage)))
    fail(Rule::S5, Write::kNoStatement,
         fmt::format("the area of {} was corrupted by {} with nothing to excuse it",
                     scenario_->origins[origin].name, errno_name(cause)));
}

const std::vector<ReportedEvent>& Judge::events() {
  while (const std::optional<ReportedEvent> event = subject_->poll_event())
    events_.push_back(*event);
  return events_;
}

void Judge::judge_events(Cut& cut) {
  const std::vector<ReportedEvent>& reported = events();
  const auto told = [&](EventKind kind, OriginIndex origin, Errc cause) {
    for (const ReportedEvent& event : reported)
      if (event.kind == kind && event.take == cut.storage && event.origin == origin)
        return event.cause == cause;  // the first cause is kept
    return false;
  };
  for_each_member(cut, *scenario_, [&](OriginIndex i) {
    const std::optional<Errc> cause = cut.at(i).corrupted;
    if (!cause) return;
    if (!told(EventKind::corrupted, i, *cause))
      fail(Rule::S12, Write::kNoStatement,
           fmt::format("no event told that the area of {} was corrupted by {}",
                       scenario_->origins[i].name, errno_name(*cause)));
    if (*cause == Errc::no_space && !told(EventKind::overflow, i, *cause))
      fail(Rule::S12, Write::kNoStatement,
           fmt::format("no event told that the area of {} overflowed", scenario_->origins[i].name));
  });
}

void Judge::check_memory(ByteCount peak, std::uint64_t snapshots) {
  const ByteCount most = memory_.busy(snapshots);
  if (peak > most)
    fail(Rule::S9, Write::kNoStatement,
         fmt::format("the engine held {} bytes at once; {} snapshots may hold {}", peak.value,
                     snapshots, most.value));
}

ByteCount Judge::buffers_at_rest(const Cut& cut) {
  ByteCount largest;
  ByteCount all;
  for_each_member(cut, *scenario_, [&](OriginIndex i) {
    const ByteCount chunk = to_bytes(subject_->chunk_size(cut.storage, i));
    largest = std::max(largest, chunk);
    all += chunk;
  });
  return MemoryBound::buffers_at_rest(scenario_->params, largest, all);
}

void Judge::check_memory_at_rest(ByteCount held, std::uint64_t snapshots, ByteCount buffers) {
  const ByteCount most = memory_.at_rest(snapshots, buffers);
  if (held > most)
    fail(Rule::S9, Write::kNoStatement,
         fmt::format("the engine holds {} bytes with nothing to do; {} snapshots may keep {}",
                     held.value, snapshots, most.value));
}

void Judge::growth_began(DeviceId storage) {
  ghost(storage.index).growth_began(world_->environment().clock.now());
}

void Judge::growth_ended(DeviceId storage) {
  ++device_answers_;
  ghost(storage.index).growth_ended(world_->environment().clock.now());
}

void Judge::granted(DeviceId storage, SectorCount capacity) {
  ghost(storage.index).granted(capacity);
}

void Judge::resized(DeviceId origin, SectorCount capacity) {
  golden_.resized(origin.index, capacity);
  excuses_.resized(origin.index, capacity, golden_.now());
  if (history_.on())
    history_.add({.kind = HistoryEvent::Kind::resized,
                  .at = golden_.now(),
                  .origin = origin.index,
                  .range = {{}, capacity}});
}

void Judge::power_cut(std::uint64_t) {
  excuses_.power_cut(golden_.tick());
  if (history_.on())
    history_.add({.kind = HistoryEvent::Kind::power_cut, .at = golden_.now(), .range = {}});
}

void Judge::power_restored() {
  excuses_.power_restored();
  golden_.power_restored();
  if (history_.on())
    history_.add({.kind = HistoryEvent::Kind::power_restored, .at = golden_.now(), .range = {}});
}

GhostStorage& Judge::ghost(TakeNumber take) {
  while (ghosts_.size() <= take) ghosts_.emplace_back().begin(scenario_->storage);
  return ghosts_[take];
}

bool Judge::doubts(const Request& request) const {
  const TakeNumber take = request.cut->storage;
  return take < ghosts_.size() && ghosts_[take].has_lied();
}

bool Judge::doubts(const Request& request, BlockNumber block) {
  if (request.cut->release_answered != kNotYet) return false;
  const TakeNumber take = request.cut->storage;
  const BlockUnit unit = golden_.unit(request.origin);
  const SectorRange sectors{unit.sector(block), SectorCount{unit.sectors}};
  std::vector<LiveExtent> extents;
  subject_->extents(take, request.origin, extents);
  for (const LiveExtent& extent : extents)
    if (extent.image.overlaps(sectors) && ghost(take).lied_about(extent.storage)) return true;
  return false;
}

}  // namespace cowbell::model
