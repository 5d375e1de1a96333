// SPDX-License-Identifier: Apache-2.0
// How statements become requests, and how everything is read back at the end.
#include <algorithm>

#include "core/invariant.hpp"
#include "models/play.hpp"

namespace cowbell::model {
namespace {

constexpr SectorCount kFinalReadMaximum{(std::uint64_t{1} << 20) / kSectorSize};
constexpr std::uint32_t kFinalReadsOpen = 16;

Operation operation(StatementKind kind) {
  switch (kind) {
    case StatementKind::write:
      return Operation::write;
    case StatementKind::zero:
      return Operation::write_zeroes;
    case StatementKind::discard:
      return Operation::discard;
    case StatementKind::flush:
      return Operation::flush;
    default:
      return Operation::read;
  }
}

}  // namespace

void Play::request(Client& client, Step step) {
  const Statement& statement = scenario_->program[step.statement];
  BlockDevice* device = &subject_->origin(statement.device.origin);
  Cut* cut = nullptr;
  if (statement.device.is_image()) {
    TakenSnapshot* taken = latest(*statement.device.snapshot);
    if (taken == nullptr || !taken->cut->holds(statement.device.origin)) {
      const Deed deed{.statement = step.statement, .kind = statement.kind};
      tell_began(deed);
      if (!may_be_absent(statement)) not_met(step.statement, "there is no such image yet");
      tell_ended(deed, Errc::not_found);
      return ended(step.phase);
    }
    cut = taken->cut;
    device = &subject_->image(taken->number, statement.device.origin);
  }

  if (statement.background && options_->background_maximum != 0)
    while (background_open_ >= options_->background_maximum) background_room_.wait();
  ClientRequest& request = make_request(statement, step.statement);
  request.origin = statement.device.origin;
  request.cut = cut;
  request.client = &client;
  request.phase = step.phase;
  request.background = statement.background;
  if (statement.background) {
    ++client.background;
    ++background_open_;
    return submit(*device, request);
  }
  client.answered = false;
  submit(*device, request);
  while (!client.answered) client.answer.wait();
  ended(step.phase);
}

/// Nobody is there to be asked: the take of the image has failed, or has not ended, or a later one
/// of the name left the origin out. A program that comes too early by accident must not look as if
/// it had shown anything.
bool Play::may_be_absent(const Statement& statement) const {
  switch (statement.demand.kind) {
    case Demand::Kind::succeed:
      return take_failed_[*statement.device.snapshot] ||
             std::any_of(taken_.begin(), taken_.end(), [&](const auto& taken) {
               return taken->name == *statement.device.snapshot &&
                      taken->cut->holds(statement.device.origin);
             });
    case Demand::Kind::fail:
      return statement.demand.error == Errc::not_found;
    case Demand::Kind::may_fail:
      return true;
  }
  return true;
}

ClientRequest& Play::make_request(const Statement& statement, std::uint32_t number) {
  const Operation kind = operation(statement.kind);
  const std::uint64_t size = carries_data(kind) ? to_bytes(statement.range.count).value : 0;
  ClientRequest& request = pool_.take(size, statement.segments);
  request.operation = kind;
  request.flags = statement.flags;
  request.range = statement.range;
  request.statement = number;
  request.fill = statement.fill;
  return request;
}

void Play::submit(BlockDevice& device, ClientRequest& request) {
  request.play = this;
  request.version = kInitial;
  request.sectors_in_effect = 0;
  request.answered_by_device = false;
  request.fault_injected = false;
  request.began = world_->environment().clock.now();
  ++deeds_open_;
  const bool pushed = request.push({&Play::request_answered, this});
  COWBELL_INVARIANT(S8, pushed);
  request.valid = check_request(request, device.geometry()) == Errc::none;
  judge_.invoked(request);
  if (options_->program_listener != nullptr) tell_began(deed_of(request));
  const bool of_program = options_->listener != nullptr && request.client != nullptr;
  if (of_program) options_->listener->submitting(request);
  device.submit(request);
  if (of_program) options_->listener->submitted(&request);
}

Deed Play::deed_of(const ClientRequest& request) const {
  if (request.statement != Write::kNoStatement)
    return {.statement = request.statement, .kind = scenario_->program[request.statement].kind};
  Deed deed{.statement = Write::kNoStatement,
            .kind = StatementKind::read,
            .device = {request.origin, std::nullopt},
            .range = request.range};
  for (const std::unique_ptr<TakenSnapshot>& taken : taken_)
    if (request.cut != nullptr && taken->cut == request.cut) deed.device.snapshot = taken->name;
  return deed;
}

void Play::request_answered(Bio& bio, void* context) noexcept {
  Play& play = *static_cast<Play*>(context);
  ClientRequest& request = static_cast<ClientRequest&>(bio);
  play.judge_.answered(request);
  if (play.options_->program_listener != nullptr)
    play.tell_ended(play.deed_of(request), request.outcome());
  Client* client = request.client;
  const bool background = request.background;
  const std::uint32_t phase = request.phase;
  if (play.options_->listener != nullptr && client != nullptr)
    play.options_->listener->answered({request.operation, request.cut != nullptr,
                                       to_bytes(request.range.count), request.outcome(),
                                       request.began, play.world_->environment().clock.now(),
                                       request.statement, &request});
  play.pool_.give_back(request);
  play.deed_ended();
  if (client == nullptr) {
    --play.final_open_;
    play.final_answer_.wake_one();
  } else if (background) {
    --play.background_open_;
    play.background_room_.wake_one();
    if (--client->background == 0) client->background_ended.wake_all();
    play.ended(phase);
  } else {
    client->answered = true;
    client->answer.wake_one();
  }
}

// At the end -----------------------------------------------------------------------------------

/// Everything is at rest: all that was touched is read back and judged like any other read.
void Play::final_check() {
  if (gives_up()) return;
  final_reads_.clear();
  final_open_ = 0;
  for (OriginIndex i = 0; i < scenario_->origins.size(); ++i) {
    add_final_reads(i, nullptr);
    for (const std::unique_ptr<TakenSnapshot>& taken : taken_)
      if (taken->alive && taken->cut->holds(i)) add_final_reads(i, taken.get());
  }
  ByteCount total;
  for (const FinalRead& read : final_reads_) total += to_bytes(read.range.count);
  ByteCount done;
  for (const FinalRead& read : final_reads_) {
    while (final_open_ >= kFinalReadsOpen) final_answer_.wait();
    if (judge_.breached()) break;
    read_back(read.origin, read.taken, read.range);
    done += to_bytes(read.range.count);
    if (options_->listener != nullptr) options_->listener->checking(done, total);
  }
  while (final_open_ != 0) final_answer_.wait();
  for (const std::unique_ptr<TakenSnapshot>& taken : taken_)
    if (taken->alive) judge_.inspect(*taken->cut);
}

/// What was written to the origin, and through the image of `taken` where it is given, as far as
/// the device still reaches.
void Play::add_final_reads(OriginIndex origin, TakenSnapshot* taken) {
  GoldenCopy& golden = judge_.golden();
  const BlockUnit unit = golden.unit(origin);
  ranges_.clear();
  const auto add = [&](BlockNumber block) {
    const SectorRange range{unit.sector(block), SectorCount{unit.sectors}};
    if (!ranges_.empty() && ranges_.back().end() == range.first)
      ranges_.back().count += range.count;
    else
      ranges_.push_back(range);
  };
  golden.for_each_touched(origin, add);
  if (taken != nullptr) {
    golden.for_each_touched(*taken->cut, origin, add);
    std::sort(ranges_.begin(), ranges_.end(),
              [](SectorRange a, SectorRange b) { return a.first < b.first; });
  }
  const SectorCount capacity = taken == nullptr ? subject_->origin(origin).geometry().capacity
                                                : taken->cut->at(origin).capacity;
  const Sector device_end{capacity.value};
  Sector next;
  for (const SectorRange& range : ranges_) {
    next = std::max(next, range.first);
    const Sector end = std::min(range.end(), device_end);
    while (next < end) {
      const SectorCount count = std::min(end - next, kFinalReadMaximum);
      final_reads_.push_back({origin, taken, {next, count}});
      next += count;
    }
  }
}

void Play::read_back(OriginIndex origin, TakenSnapshot* taken, SectorRange range) {
  ClientRequest& request = pool_.take(to_bytes(range.count).value, 1);
  request.operation = Operation::read;
  request.flags = {};
  request.range = range;
  request.statement = Write::kNoStatement;
  request.fill.reset();
  request.origin = origin;
  request.cut = taken == nullptr ? nullptr : taken->cut;
  request.client = nullptr;
  request.background = true;
  ++final_open_;
  submit(taken == nullptr ? subject_->origin(origin) : subject_->image(taken->number, origin),
         request);
}

}  // namespace cowbell::model
