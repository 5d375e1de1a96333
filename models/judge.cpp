// SPDX-License-Identifier: Apache-2.0
#include "models/judge.hpp"

#include <fmt/format.h>

namespace cowbell::model {

void Judge::begin(const Scenario& scenario, bool record_history, ProgramListener* listener) {
  scenario_ = &scenario;
  listener_ = listener;
  subject_ = nullptr;
  excuses_.begin(scenario);
  memory_ = MemoryBound(scenario);
  ghosts_.clear();
  events_.clear();
  maps_matter_ = failed_changes_matter_ = false;
  for (bool taken = false; const Statement& statement : scenario.program) {
    maps_matter_ |= statement.kind == StatementKind::take && taken;
    taken |= statement.kind == StatementKind::take;
    failed_changes_matter_ |= statement.kind == StatementKind::expect_changed;
  }
  taken_.clear();
  hand_marks_.clear();
  failed_changes_.clear();
  history_.begin(record_history);
  open_device_requests_ = 0;
  device_answers_ = 0;
  longest_wait_ = {};
  counts_ = {};
  breach_.reset();
}

void Judge::open(World& world, std::uint64_t stamp_run) {
  world_ = &world;
  effects_announced_ = world.announces_effects();
  bool power_cuts = false;
  for (const Statement& statement : scenario_->program)
    power_cuts |= statement.kind == StatementKind::power_cut;
  golden_.begin(scenario_->origins, effects_announced_ ? Evidence::effects : Evidence::intervals,
                Stamps(stamp_run, world.whole_bodies()), power_cuts);
}

// Requests -------------------------------------------------------------------------------------

void Judge::invoked(Request& request) {
  request.open = true;
  if (!request.valid) {
    request.invoked = golden_.tick();
    return;
  }
  golden_.invoked(request);
  if (history_.on()) note(HistoryEvent::Kind::invoked, request, request.range, Errc::none);
}

void Judge::answered(Request& request) {
  if (!request.valid) return refused(request);
  const Errc outcome = request.outcome();
  request.open = false;
  if (request.cut == nullptr)
    longest_wait_ = std::max(longest_wait_, world_->environment().clock.now() - request.began);
  golden_.answered(request, outcome, *this);
  if (history_.on()) note(HistoryEvent::Kind::answered, request, request.range, outcome);
  if (request.statement != Write::kNoStatement) {
    ++counts_.bios;
    if (carries_data(request.operation)) counts_.bytes += to_bytes(request.range.count).value;
  }
  if (request.operation == Operation::read && outcome == Errc::none)
    counts_.blocks_verified += request.range.count.value / golden_.unit(request.origin).sectors;
  if (failed_changes_matter_ && outcome != Errc::none && changes_data(request.operation))
    failed_changes_.push_back(
        {request.origin, request.cut, request.range, request.invoked, golden_.now()});
  if (breach_) return;
  if (request.cut == nullptr)
    judge_origin_answer(request, outcome);
  else
    judge_image_answer(request, outcome);
}

void Judge::refused(Request& request) {
  const Errc outcome = request.outcome();
  request.open = false;
  if (request.statement != Write::kNoStatement) ++counts_.bios;
  if (breach_) return;
  if (outcome == Errc::none)
    return fail(request.cut == nullptr ? Rule::S1 : Rule::S4, request,
                "was answered OK although no device can take it");
  if (request.cut == nullptr && request.sectors_in_effect != 0)
    return fail(Rule::S1, request, "had an effect although no device can take it");
  const bool excused = outcome == Errc::invalid ||
                       (outcome == Errc::again && request.flags.nowait) ||
                       (request.cut != nullptr && image_error_excused(request, outcome));
  judge_demand(request, outcome, excused);
}

void Judge::judge_origin_answer(Request& request, Errc outcome) {
  if (outcome == Errc::none) {
    if (!request.answered_by_device)
      return fail(Rule::S1, request, "was answered OK before the device answered it");
    if (effects_announced_ && changes_data(request.operation) &&
        request.operation != Operation::discard &&
        request.sectors_in_effect != request.range.count.value)
      return fail(Rule::S1, request,
                  fmt::format("was answered OK, but only {} of its {} bytes have taken effect",
                              to_bytes(SectorCount{request.sectors_in_effect}).value,
                              to_bytes(request.range.count).value));
  }
  bool excused = outcome == Errc::none || request.fault_injected;
  // It was on its way, or held by the engine, when the device shrank.
  if (outcome == Errc::invalid || outcome == Errc::io)
    excused |= excuses_.shrunk_below(request.origin, request.range.end(), request.invoked);
  if (outcome == Errc::again && request.flags.nowait) {
    excused = true;
    if (request.sectors_in_effect != 0)
      return fail(Rule::S7, request, "was answered EAGAIN, but it had an effect");
  }
  judge_demand(request, outcome, excused);
}

void Judge::judge_image_answer(Request& request, Errc outcome) {
  Cut& cut = *request.cut;
  bool excused = true;
  if (outcome == Errc::none) {
    if (cut.release_answered < request.invoked)
      return fail(Rule::S11, request, "was answered OK although the snapshot had been released");
    if (cut.at(request.origin).found_corrupted < request.invoked &&
        request.operation != Operation::flush)
      return fail(Rule::S5, request, "was answered OK although its area was corrupted before");
  } else {
    excused = image_error_excused(request, outcome);
  }
  judge_demand(request, outcome, excused);
}

bool Judge::image_error_excused(Request& request, Errc outcome) {
  if (outcome == Errc::again) return request.flags.nowait;
  Cut& cut = *request.cut;
  if (outcome == Errc::no_device && cut.release_invoked != kNotYet) return true;
  if (outcome == Errc::io && corrupted(cut, request.origin)) return true;
  if (excuses_.image_request(outcome, request.origin, cut.storage, request.invoked)) return true;
  if (cut.release_answered != kNotYet) return false;
  // What is read of the origin is no more than the chunks that the request touches.
  const std::uint64_t chunk = subject_->chunk_size(cut.storage, request.origin).value;
  const std::uint64_t chunks_end = (request.range.end().value + chunk - 1) / chunk * chunk;
  const Sector end{std::min(chunks_end, cut.at(request.origin).capacity.value)};
  return outcome != Errc::no_memory && excuses_.shrunk_below(request.origin, end, request.invoked);
}

SectorCount Judge::image_capacity(const Cut& cut, OriginIndex origin) {
  return subject_->image(cut.storage, origin).geometry().capacity;
}

/// What the statement demands of its end: S7 and S6 say that nothing else may fail.
void Judge::judge_demand(const Request& request, Errc outcome, bool excused) {
  if (breach_) return;
  const Statement* statement =
      request.statement == Write::kNoStatement ? nullptr : &scenario_->program[request.statement];
  const Demand demand = statement == nullptr ? Demand{} : statement->demand;
  switch (demand.kind) {
    case Demand::Kind::may_fail:
      return;
    case Demand::Kind::fail:
      if (outcome != demand.error && !(outcome == Errc::again && request.flags.nowait))
        not_met(request.statement,
                fmt::format("{} was answered {}", name(request), errno_name(outcome)),
                errno_name(outcome));
      return;
    case Demand::Kind::succeed:
      break;
  }
  if (!excused)
    return fail(request.cut == nullptr ? Rule::S7 : Rule::S6, request,
                fmt::format("was answered {} with nothing to excuse it", errno_name(outcome)));
  if (outcome != Errc::none || request.operation != Operation::read || !request.fill) return;
  SectorCursor cursor(request.segments);
  for (std::uint64_t i = 0; i < request.range.count.value; ++i) {
    const Sector sector = request.range.first + SectorCount{i};
    const Content seen = golden_.stamps().content(cursor.next(), sector);
    if (seen != Content::byte(*request.fill))
      return not_met(request.statement,
                     fmt::format("{} holds {} at byte {}, not 0x{:02x}", name(request),
                                 describe(seen), byte_offset(sector).value, *request.fill),
                     seen.is_stamp() ? "stamped contents" : describe(seen));
  }
}

// What the world announces ---------------------------------------------------------------------

void Judge::submitted(DeviceId device, const Bio& bio) {
  ++open_device_requests_;
  if (device.kind == DeviceId::Kind::storage) {
    if (!ghost(device.index).submitted(bio, world_->environment().clock.now()))
      fail(Rule::S10, Write::kNoStatement,
           fmt::format("a {} of the storage reaches to byte {}, past the {} bytes that may be used",
                       operation_name(bio.operation), byte_offset(bio.range.end()).value,
                       to_bytes(ghost(device.index).room()).value));
    return;
  }
  const bool changes = changes_data(bio.operation);
  if (!changes && golden_.is_held(device.index)) return;
  const Request* request = requests_.find(bio);
  if (request != nullptr && request->cut == nullptr) return;
  if (request != nullptr && changes) return fail(Rule::S4, *request, "was sent to the origin");
  fail(changes ? Rule::S1 : Rule::S11, Write::kNoStatement,
       fmt::format("the engine sent a {} of its own to {}{}", operation_name(bio.operation),
                   scenario_->origins[device.index].name,
                   changes ? "" : ", which no snapshot holds"));
}

void Judge::took_effect(DeviceId device, const Bio& bio, SectorRange blocks) {
  if (device.kind == DeviceId::Kind::storage || !effects_announced_) return;
  Request* request = requests_.find(bio);
  if (request == nullptr) return;  // told when it was submitted
  request->sectors_in_effect += blocks.count.value;
  if (!request->valid) return;
  if (request->cut != nullptr) return;
  if (!request->open || request->origin != device.index || !request->range.contains(blocks))
    return fail(Rule::S1, *request, "took effect where or when it should not");
  golden_.took_effect(*request, blocks);
  if (history_.on()) note(HistoryEvent::Kind::took_effect, *request, blocks, Errc::none);
}

void Judge::answered(DeviceId device, const Bio& bio) {
  --open_device_requests_;
  ++device_answers_;
  Request* request = nullptr;
  if (device.kind == DeviceId::Kind::storage) {
    ghost(device.index).answered(bio, world_->environment().clock.now());
  } else {
    request = requests_.find(bio);
    if (request != nullptr && request->cut != nullptr) request = nullptr;
    if (request != nullptr) request->answered_by_device = true;
  }
  if (bio.outcome() == Errc::none || !excuses_.claim(device, bio)) return;
  if (request != nullptr)
    request->fault_injected = true;
  else
    excuses_.struck(device, request_kind(bio.operation), golden_.tick());
}

void Judge::injected(const InjectedFault& fault) {
  switch (fault.effect) {
    case FaultEffect::lost:
    case FaultEffect::misdirected:
    case FaultEffect::rot:
      return ghost(fault.device.index).lied(fault.range);
    case FaultEffect::error:
    case FaultEffect::short_transfer:
    case FaultEffect::zero_transfer:
    case FaultEffect::torn:
    case FaultEffect::gone:
      return excuses_.injected(fault, golden_.tick());
  }
}

// Findings -------------------------------------------------------------------------------------

void Judge::wrong(const Request& request, const WrongBlock& block) {
  if (breach_) return;
  std::string allowed;
  for (const Content content : golden_.allowed(request, block.block))
    allowed += (allowed.empty() ? "" : ", or ") + describe(content);
  const std::uint64_t at = byte_offset(golden_.unit(request.origin).sector(block.block)).value;
  std::string what = fmt::format("returned {} at byte {}", describe_sight(request, block), at);
  what += block.no_instant
              ? "; with what else was read of the snapshot, no one instant of its take is left"
              : "; allowed: " + allowed;
  std::vector<History::Place> places{place(request.origin, block.block)};
  if (block.no_instant)
    for (const Cut::Bound bound : {request.cut->lo, request.cut->hi})
      places.push_back(place(bound.origin, bound.block));
  fail(Breach{.rule = block.rule,
              .what = name(request) + " " + what,
              .history = history_.of(*scenario_, places),
              .line = {}},
       request.statement);
}

History::Place Judge::place(OriginIndex origin, BlockNumber block) const {
  const BlockUnit unit = golden_.unit(origin);
  return {origin, {unit.sector(block), SectorCount{unit.sectors}}};
}

void Judge::waits_for_storage(const Request& request) {
  fail(Rule::S8, request, "waits for a storage that does not answer");
}

void Judge::fail(Rule rule, const Request& request, std::string what) {
  if (breach_) return;
  fail(rule, request.statement, name(request) + " " + what);
  const History::Place at{request.origin, request.range};
  breach_->history = history_.of(*scenario_, {&at, 1});
}

void Judge::fail(Rule rule, std::uint32_t statement, std::string what) {
  if (!breach_)
    fail(Breach{.rule = rule, .what = std::move(what), .history = {}, .line = {}}, statement);
}

void Judge::fail(Breach breach, std::uint32_t statement) {
  breach_ = std::move(breach);
  if (statement != Write::kNoStatement) breach_->line = scenario_->program[statement].line;
  if (listener_ != nullptr) listener_->broke();
}

void Judge::not_met(std::uint32_t statement, std::string what, std::string_view found) {
  if (breach_) return;
  fail(Breach{.rule = std::nullopt,
              .what = std::move(what),
              .history = {},
              .found = std::string(found),
              .found_in_image = scenario_->program[statement].device.is_image(),
              .line = {}},
       statement);
}

}  // namespace cowbell::model
