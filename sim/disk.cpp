// SPDX-License-Identifier: Apache-2.0
#include "sim/disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/invariant.hpp"

namespace cowbell::sim {
namespace {

using model::Concern;

struct Plan {
  Moment head;
  Moment tail;
};

// In the order of the choice: what is plainer comes first. Those of one moment need no split.
constexpr std::uint32_t kWholePlans = 3;
constexpr std::array<Plan, 9> kPlans{{
    {Moment::answer, Moment::answer},
    {Moment::submission, Moment::submission},
    {Moment::midway, Moment::midway},
    {Moment::submission, Moment::answer},
    {Moment::answer, Moment::submission},
    {Moment::midway, Moment::answer},
    {Moment::answer, Moment::midway},
    {Moment::submission, Moment::midway},
    {Moment::midway, Moment::submission},
}};

}  // namespace

DiskRequest& DiskRequests::take() {
  if (free_.empty()) return requests_.emplace_back();
  DiskRequest& request = *free_.back();
  free_.pop_back();
  return request;
}

Disk::Disk(DiskSurroundings& surroundings)
    : surroundings_(surroundings), store_(surroundings.pages) {}

Disk::~Disk() {
  COWBELL_INVARIANT(S11, open_ == 0);
}

void Disk::restart(model::DeviceId id, const Geometry& geometry, bool whole_bodies,
                   bool volatile_cache, model::Profile profile) {
  COWBELL_INVARIANT(S11, open_ == 0);
  id_ = id;
  geometry_ = geometry;
  profile_ = model::disk_profile(profile);
  last_end_ = {};
  store_.restart(whole_bodies);
  cache_.restart(volatile_cache, logical_block());
  submitted_ = 0;
  gone_ = false;
  has_power_ = true;
}

void Disk::submit(Bio& bio) {
  DiskRequest& request = surroundings_.requests.take();
  request.disk = this;
  request.bio = &bio;
  request.number = submitted_++;
  request.status = check_request(bio, geometry_);
  request.transferred = request.effective = request.split =
      request.status == Errc::none ? bio.range.count : SectorCount{};
  request.moments[0] = request.moments[1] = Moment::answer;
  request.keeps_old = false;
  request.misdirected.reset();
  request.rotten.reset();
  ++open_;

  surroundings_.log.submitted(id_, request.number, bio);
  surroundings_.listener->submitted(id_, bio);
  if (cache_.on()) cache_.submitted();
  if (!has_power_) {
    lose_power(request);
    return go(request);
  }
  const model::RequestKind kind = model::request_kind(bio.operation);
  if (request.status == Errc::none)
    if (const auto hit = arrive(kind, bio.range, bio.range, carries_data(bio.operation)))
      befall(request, *hit);
  const std::optional<Time> latency = draw_latency(kind, bio.range);
  decide_moments(request);
  apply(request, Moment::submission);
  if (!latency) {
    stalled_.push_back(request);
    surroundings_.listener->stalled(id_);
    return;
  }
  request.latency = *latency;
  go(request);
}

void Disk::resize(SectorCount capacity) {
  const Sector end{geometry_.capacity.value};
  geometry_.capacity = capacity;
  surroundings_.log.resized(id_, capacity);
  if (capacity.value < end.value) {
    const SectorRange lost{{capacity.value}, end - Sector{capacity.value}};
    store_.zero(lost);
    if (cache_.on()) cache_.settle(lost);
    for (Requests* requests : {&going_, &stalled_})
      for (DiskRequest& request : *requests) {
        if (request.status != Errc::none || !request.bio->range.overlaps(lost)) continue;
        refuse(request, Errc::io);
      }
  }
  surroundings_.listener->resized(id_, capacity);
}

void Disk::heal() {
  while (!stalled_.empty()) {
    DiskRequest& request = stalled_.front();
    stalled_.pop_front();
    request.latency =
        *draw_latency(model::request_kind(request.bio->operation), request.bio->range);
    go(request);
  }
}

std::uint64_t Disk::cut_power() {
  has_power_ = false;
  std::vector<DiskRequest*> open;
  for (DiskRequest& request : going_) {
    surroundings_.clock.disarm(request);
    open.push_back(&request);
  }
  for (DiskRequest& request : stalled_) open.push_back(&request);
  going_.clear();
  stalled_.clear();
  std::ranges::sort(open, {}, &DiskRequest::number);
  for (DiskRequest* request : open) {
    lose_power(*request);
    go(*request);
  }
  return cache_.on() ? cache_.lose_power(store_, surroundings_.decisions) : 0;
}

/// The device has no power to carry it out, or what is left of it.
void Disk::lose_power(DiskRequest& request) {
  if (request.status != Errc::invalid) request.status = Errc::no_device;
  transfer(request, {});
  request.latency = {};
}

std::optional<Time> Disk::draw_latency(model::RequestKind kind, SectorRange range) {
  Latencies& latencies = surroundings_.latencies;
  if (profile_ == nullptr) return latencies.draw(id_, kind, surroundings_.decisions);
  Service service{.profile = *profile_, .kind = kind, .range = {}};
  if (kind == model::RequestKind::read || kind == model::RequestKind::write) {
    service.range = range;
    service.follows = range.first == last_end_;
    last_end_ = range.end();
  }
  return latencies.draw(id_, kind, surroundings_.decisions, &service);
}

void Disk::decide_moments(DiskRequest& request) {
  const Operation operation = request.bio->operation;
  if (request.effective.value == 0) return;
  if (operation == Operation::discard)
    request.keeps_old = surroundings_.decisions.draw(Concern::effect_order, 2) != 0;
  const bool divisible = request.effective > logical_block();
  const std::uint32_t choice = surroundings_.decisions.draw(
      Concern::effect_order, divisible ? std::uint32_t{kPlans.size()} : kWholePlans);
  request.moments[0] = kPlans[choice].head;
  request.moments[1] = kPlans[choice].tail;
  if (choice >= kWholePlans) request.split = draw_split(request.effective);
}

/// Of a range of several blocks a part, one block at least; one block is not divided.
SectorCount Disk::draw_split(SectorCount of) {
  const std::uint64_t borders = of.value / logical_block().value - 1;
  if (borders == 0) return of;
  const auto bound = static_cast<std::uint32_t>(std::min<std::uint64_t>(borders, kPartsMaximum));
  const std::uint64_t choice = surroundings_.decisions.draw(Concern::effect_order, bound);
  return {(1 + choice * borders / bound) * logical_block().value};
}

void Disk::go(DiskRequest& request) {
  const Time now = surroundings_.clock.now();
  going_.push_back(request);
  const bool has_midway = request.effective.value != 0 && (request.moments[0] == Moment::midway ||
                                                           request.moments[1] == Moment::midway);
  request.expire = has_midway ? &Disk::midway : &Disk::answered;
  surroundings_.clock.arm(request, later(now, has_midway ? request.latency / 2 : request.latency));
}

void Disk::midway(Timer& timer) noexcept {
  DiskRequest& request = static_cast<DiskRequest&>(timer);
  Disk& disk = *request.disk;
  disk.apply(request, Moment::midway);
  request.expire = &Disk::answered;
  disk.surroundings_.clock.arm(
      request, later(disk.surroundings_.clock.now(), request.latency - request.latency / 2));
}

void Disk::answered(Timer& timer) noexcept {
  DiskRequest& request = static_cast<DiskRequest&>(timer);
  request.disk->apply(request, Moment::answer);
  request.disk->answer(request);
}

void Disk::apply(DiskRequest& request, Moment moment) {
  const Sector first = request.bio->range.first;
  if (request.moments[0] == moment && request.split.value != 0)
    apply_group(request, {first, request.split});
  if (request.moments[1] == moment && request.split < request.effective)
    apply_group(request, {first + request.split, request.effective - request.split});
}

void Disk::apply_group(DiskRequest& request, SectorRange blocks) {
  Bio& bio = *request.bio;
  const SectorCount skipped = blocks.first - bio.range.first;
  const std::size_t offset = to_bytes(skipped).value;
  const SectorRange place{request.misdirected.value_or(bio.range.first) + skipped, blocks.count};
  if (cache_.on() && changes_data(bio.operation) && !request.keeps_old) {
    if (bio.flags.preflush) cache_.flush(request.number);
    cache_.changes(request.number, place, store_);
  }
  switch (bio.operation) {
    case Operation::read:
      decay(request, blocks);
      store_.read(blocks, bio.segments, offset);
      break;
    case Operation::write:
      store_.write(place, bio.segments, offset);
      decay(request, blocks);
      break;
    case Operation::write_zeroes:
      store_.zero(place);
      decay(request, blocks);
      break;
    case Operation::discard:
      if (request.keeps_old) return;
      store_.zero(blocks);
      break;
    case Operation::flush:
      return;
  }
  surroundings_.log.took_effect(id_, request.number, place);
  if (changes_data(bio.operation)) surroundings_.listener->took_effect(id_, bio, place);
}

void Disk::leave_garbage(const DiskRequest& request) {
  const std::size_t stride = store_.stride();
  std::size_t untouched = to_bytes(request.transferred).value;
  for (const Segment& segment : request.bio->segments) {
    const std::size_t skipped = std::min(untouched, segment.size);
    untouched -= skipped;
    for (std::size_t at = skipped; at < segment.size; at += kSectorSize)
      std::memset(segment.data + at, std::to_integer<int>(kGarbage),
                  std::min(stride, segment.size - at));
  }
}

/// A request is answered OK.
void Disk::become_durable(const DiskRequest& request) {
  const Bio& bio = *request.bio;
  cache_.answered(request.number);
  if (bio.operation == Operation::flush || bio.flags.preflush) cache_.flush(request.number);
  if (bio.flags.fua && changes_data(bio.operation)) cache_.force(request.number, bio.range);
}

void Disk::answer(DiskRequest& request) {
  Bio& bio = *request.bio;
  bio.status = request.status;
  bio.transferred = to_bytes(request.transferred);
  if (cache_.on() && bio.outcome() == Errc::none) become_durable(request);
  // Not for EINVAL: the memory of such a request may be anything.
  if (bio.operation == Operation::read && request.transferred < bio.range.count &&
      request.status != Errc::invalid)
    leave_garbage(request);
  surroundings_.log.answered(id_, request.number, bio);
  going_.erase(going_.iterator_to(request));
  surroundings_.requests.give_back(request);
  --open_;
  surroundings_.listener->answered(id_, bio);
  bio.complete();
}

std::string Disk::describe_stalled() const {
  std::string text;
  for (const DiskRequest& request : stalled_)
    text += fmt::format("{} holds back {} {}+{} until healed\n", device_text(id_),
                        operation_name(request.bio->operation), request.bio->range.first.value,
                        request.bio->range.count.value);
  return text;
}

}  // namespace cowbell::sim
