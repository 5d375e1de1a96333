// SPDX-License-Identifier: Apache-2.0
#include "sim/exhaustive_source.hpp"

#include <algorithm>
#include <utility>

#include "core/invariant.hpp"

namespace cowbell::sim {
namespace {

using model::Concern;

constexpr Time kStep = std::chrono::microseconds(1);
constexpr Time kLatencyLow = kStep;
constexpr std::uint32_t kStepsOfALatency = 16;
constexpr Time kLatencyHigh = kStepsOfALatency * kStep;
constexpr SearchCost kPreemption{.preemptions = 1};
constexpr SearchCost kOvertaking{.overtakings = 1};
constexpr SearchCost kFree{};

// Of the disk's plans for the moments of effect, those without a moment midway: all at the answer,
// all at the submission, and each of these for a first group and the other for the rest.
constexpr std::uint32_t kPlansOfOneBlock = 3;
constexpr std::uint32_t kPlansOfSeveralBlocks = 9;
constexpr std::uint32_t kSubmissionFirst = 3;
constexpr std::uint32_t kAnswerFirst = 4;

}  // namespace

std::vector<model::LatencySpec> ExhaustiveSource::latencies() {
  std::vector<model::LatencySpec> lines;
  for (const model::RequestKind kind : {model::RequestKind::read, model::RequestKind::write})
    lines.push_back({.site = {.kind = model::Site::Kind::any},
                     .kind = kind,
                     .low = kLatencyLow,
                     .high = kLatencyHigh,
                     .line = {}});
  return lines;
}

void ExhaustiveSource::begin(const Run& run) {
  run_.emplace(run);
  takes_ended_ = 0;
  takes_under_way_ = 0;
  program_ended_ = only_ends_ = false;
  on_their_way_.clear();
  latencies_drawn_ = 0;
  state_.restart();
  ready_.clear();
  step_points_.clear();
  search_.begin();
}

void ExhaustiveSource::add(const Event& event) {
  if (!run_->log.keeps()) return;
  if (event.kind == Event::Kind::switched) ready_.clear();
  state_.add(event);
  if (event.kind != Event::Kind::suspended) return;
  if (!state_.last_step_only_ended())
    for (const std::size_t point : step_points_) search_.make_relevant(point);
  step_points_.clear();
  // Not before the step is over: what it does counts for the choices that led to it.
  only_ends_ = search_.repeats();
  if (only_ends_ || program_ended_) run_->log.keep_no_more();
}

void ExhaustiveSource::asked(std::span<const ReadyFiber> ready, bool overtaking) {
  ready_.assign(ready.begin(), ready.end());
  if (exploring()) arrive(overtaking ? Question::overtaking : Question::fiber);
}

void ExhaustiveSource::arrive(Question question) {
  if (!prune_repeated_ || !search_.is_new()) return;
  const auto name = state_.name(ready_) + static_cast<std::uint64_t>(question);
  for (const ExhaustiveSearch::Note& note : search_.arrive(name))
    for (OnItsWay& request : on_their_way_)
      if (request.name == note.subject)
        see(request, {{note.first}, Sector{note.end} - Sector{note.first}});
}

std::uint32_t ExhaustiveSource::choose(Concern concern, std::uint32_t bound) {
  switch (concern) {
    case Concern::schedule:
      if (!exploring()) return 0;
      step_points_.push_back(search_.depth());
      return search_.choose(bound, kPreemption, !prune_repeated_);
    case Concern::latency:
      on_their_way_.back().latency = latencies_drawn_++;
      return kStepsOfALatency - 1;  // for now: as long as nobody has answered it
    case Concern::effect_order:
      return exploring() ? choose_effect(bound) : 0;
    case Concern::fault:
    case Concern::workload:
    case Concern::power:
      return 0;
  }
  return 0;
}

void ExhaustiveSource::armed(Timer& timer) {
  if (on_their_way_.empty() || on_their_way_.back().timer != nullptr) return;
  on_their_way_.back().timer = &timer;
}

void ExhaustiveSource::advancing() {
  if (on_their_way_.empty()) return;
  const Time next = run_->clock.now() + kStep;
  const OnItsWay& oldest = on_their_way_.front();
  const bool several = exploring() && on_their_way_.size() > 1;
  if (oldest.timer->deadline <= next) {
    if (several) without_room_ += on_their_way_.size() - 1;
    return;
  }
  if (several) arrive(Question::answer);
  const std::size_t chosen =
      several ? search_.choose(static_cast<std::uint32_t>(on_their_way_.size()), kOvertaking, true)
              : 0;
  Timer& timer = *on_their_way_[chosen].timer;
  run_->clock.disarm(timer);
  run_->clock.arm(timer, next);
}

/// Two choices of the search for the disk's plan: when the first block takes effect, and how many
/// blocks behind it do so with it.
std::uint32_t ExhaustiveSource::choose_effect(std::uint32_t bound) {
  OnItsWay& request = on_their_way_.back();
  if (request.split != 0) return std::exchange(request.split, 0) - 1;
  COWBELL_INVARIANT(S13, bound == kPlansOfOneBlock || bound == kPlansOfSeveralBlocks);
  request.moment_point = search_.depth();
  const std::uint32_t moment = search_.choose(2, kFree, request.seen >= 1);
  if (bound == kPlansOfOneBlock) return moment;
  request.split_point = search_.depth();
  const auto blocks = static_cast<std::uint32_t>(request.bio->range.count.value);
  request.split = search_.choose(blocks, kFree, request.seen >= 2);
  if (request.split == 0) return moment;
  return moment == 0 ? kAnswerFirst : kSubmissionFirst;
}

/// Somebody can tell when these blocks of the request take effect.
void ExhaustiveSource::see(OnItsWay& request, SectorRange blocks) {
  const Sector first = std::max(blocks.first, request.bio->range.first);
  const Sector end = std::min(blocks.end(), request.bio->range.end());
  request.seen_first = request.seen == 0 ? first : std::min(request.seen_first, first);
  request.seen_end = request.seen == 0 ? end : std::max(request.seen_end, end);
  request.seen = (request.seen_end - request.seen_first).value;
  search_.note({request.name, request.seen_first.value, request.seen_end.value}, request.depth);
  if (request.moment_point) search_.make_relevant(*request.moment_point);
  if (request.split_point && request.seen > 1) search_.make_relevant(*request.split_point);
}

void ExhaustiveSource::take_began() {
  ++takes_under_way_;
  for (OnItsWay& request : on_their_way_)
    if (request.changes_origin()) see(request, request.bio->range);
}

void ExhaustiveSource::take_ended() {
  --takes_under_way_;
  ++takes_ended_;
}

void ExhaustiveSource::submitted(model::DeviceId device, const Bio& bio) {
  OnItsWay request;
  request.device = device;
  request.bio = &bio;
  request.submitted = run_->clock.now();
  if (run_->log.keeps()) request.name = state_.newest_request();
  request.depth = search_.depth();
  if (takes_under_way_ != 0 && request.changes_origin()) see(request, bio.range);
  for (OnItsWay& other : on_their_way_) {
    const bool conflict = other.device == device && other.bio->range.overlaps(bio.range) &&
                          (changes_data(bio.operation) || changes_data(other.bio->operation));
    if (!conflict) continue;
    see(request, other.bio->range);
    see(other, bio.range);
  }
  on_their_way_.push_back(request);
  run_->listener.submitted(device, bio);
}

void ExhaustiveSource::answered(model::DeviceId device, const Bio& bio) {
  const auto request = std::ranges::find(on_their_way_, &bio, &OnItsWay::bio);
  const Time latency = run_->clock.now() - request->submitted;
  run_->decisions.amend(Concern::latency, request->latency,
                        static_cast<std::uint32_t>((latency - kLatencyLow) / kStep));
  on_their_way_.erase(request);
  run_->listener.answered(device, bio);
}

}  // namespace cowbell::sim
