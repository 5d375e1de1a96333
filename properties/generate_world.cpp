// SPDX-License-Identifier: Apache-2.0
#include "properties/generate_world.hpp"

#include <algorithm>

#include "core/fiber.hpp"
#include "properties/scenario_edit.hpp"

namespace cowbell::properties {
namespace {

using model::RequestKind;
using model::Scenario;
using model::Site;
using namespace std::chrono_literals;

constexpr std::uint64_t kOriginBytesMaximum = 512 * 1024;
constexpr std::array kOriginNames{"A", "B", "C", "D", "E", "F", "G", "H"};

// The largest chunk of any origin.
std::uint64_t largest_chunk(const Scenario& scenario) {
  std::uint64_t largest = 0;
  for (const model::OriginSpec& origin : scenario.origins)
    largest = std::max(largest, chunk_bytes(scenario, origin));
  return largest;
}

// What a snapshot of everything can need in storage, in bytes.
std::uint64_t storage_for_all(const Scenario& scenario) {
  std::uint64_t bytes = 0;
  for (const model::OriginSpec& origin : scenario.origins) {
    const std::uint64_t chunk = chunk_bytes(scenario, origin);
    bytes += (to_bytes(origin.size).value + chunk - 1) / chunk * chunk;
  }
  return bytes;
}

std::uint64_t origin_bytes(Draw& draw, std::uint64_t chunk, std::uint64_t block) {
  const std::uint64_t chunks_maximum = std::max<std::uint64_t>(kOriginBytesMaximum / chunk, 2);
  const std::uint64_t few = std::min<std::uint64_t>(8, chunks_maximum);
  switch (draw.weighted(std::array<std::uint32_t, 4>{4, 4, 1, 1})) {
    case 0:  // a few whole chunks
      return draw.between(2, few) * chunk;
    case 1: {  // the last chunk is short
      const std::uint64_t whole = draw.between(1, few);
      return whole * chunk + draw.between(1, chunk / block) * block;
    }
    case 2:  // less than a chunk
      return draw.between(1, chunk / block) * block;
    default:
      return draw.between(2, chunks_maximum) * chunk;
  }
}

// Of a block device as storage: with room for everything, though the origins grow; for a few
// chunks, the last of them in part; for less than one.
std::uint64_t device_bytes(Draw& draw, const Shape& shape, std::uint64_t chunk, std::uint64_t block,
                           std::uint64_t all) {
  const std::size_t size =
      shape.tight_limits ? draw.weighted(std::array<std::uint32_t, 3>{3, 2, 1}) : 0;
  if (size == 0) return 2 * all + chunk;
  const std::uint64_t whole = size == 1 ? draw.between(1, 4) * chunk : 0;
  return whole + draw.below(chunk / block) * block;
}

// A limit for the memory of a snapshot: the least that a take must have, or less, and up to
// `halves_maximum` halves of a chunk.
std::uint64_t tight_memory(Draw& draw, const Scenario& scenario, std::uint64_t halves_maximum) {
  const std::uint64_t chunk = largest_chunk(scenario);
  const std::uint64_t fibers =
      2 + 2 * scenario.params.copy_fibers_maximum * scenario.origins.size();
  const std::uint64_t least = draw.one_in(8) ? 0 : 2 * chunk;
  return fibers * (kFiberCharge.value + 1024) + least + draw.below(halves_maximum + 1) * chunk / 2;
}

Site site_of(Draw& draw, const Scenario& scenario) {
  const auto origin = static_cast<model::OriginIndex>(draw.below(scenario.origins.size()));
  return {.kind = Site::Kind::origin, .origin = origin};
}

void add_latency(Scenario& scenario, Site site, RequestKind kind, Time low, Time high) {
  scenario.latencies.push_back({.site = site, .kind = kind, .low = low, .high = high, .line = {}});
}

std::variant<model::NthRequest, model::TouchesRange, model::OneIn> trigger_of(
    Draw& draw, const Scenario& scenario, Site site) {
  const std::size_t way = draw.weighted(std::array<std::uint32_t, 3>{4, 2, 1});
  if (way == 0) return model::NthRequest{draw.log_uniform(5)};
  if (way == 1 || site.kind == Site::Kind::any)
    return model::OneIn{draw.one_in(2) ? draw.between(2, 16)
                                       : std::uint64_t{1} << draw.between(1, 7)};
  const bool origin = site.kind == Site::Kind::origin;
  const std::uint64_t block = origin ? scenario.origins[site.origin].logical_block.value : 4096;
  const std::uint64_t bytes =
      origin ? to_bytes(scenario.origins[site.origin].size).value : storage_for_all(scenario);
  const std::uint64_t first = draw.below(std::max<std::uint64_t>(bytes / block, 1)) * block;
  return model::TouchesRange{
      {.first = {first >> kSectorShift}, .count = to_sectors(ByteCount{block})}};
}

// How often each effect comes up in this run: swarm testing, likewise for what is struck.
using EffectWeights = std::array<std::uint32_t, model::kFaultEffectCount>;

template <std::size_t N>
void swarm(Draw& draw, std::array<std::uint32_t, N>& weights) {
  for (std::uint32_t& weight : weights) weight *= draw.any_of(std::array{1u, 0u, 1u, 4u});
}

template <std::size_t N>
bool none_of(const std::array<std::uint32_t, N>& weights) {
  return std::ranges::all_of(weights, [](std::uint32_t weight) { return weight == 0; });
}

// What a fault may do to requests of that kind; an error where the run has nothing else for them.
model::FaultEffect effect_of(Draw& draw, EffectWeights weights, Site site, RequestKind kind) {
  using enum model::FaultEffect;
  const auto leave_out = [&](model::FaultEffect effect) {
    weights[static_cast<std::size_t>(effect)] = 0;
  };
  const bool write = kind == RequestKind::write;
  if (!write && kind != RequestKind::read)
    for (const model::FaultEffect effect : {short_transfer, zero_transfer, rot}) leave_out(effect);
  if (!write) leave_out(torn);
  const bool storage = site.kind == Site::Kind::storage;
  if (!write || !storage)
    for (const model::FaultEffect effect : {lost, misdirected}) leave_out(effect);
  if (!storage) leave_out(rot);
  return none_of(weights) ? error : static_cast<model::FaultEffect>(draw.weighted(weights));
}

Errc error_of(Draw& draw, RequestKind kind) {
  if (kind == RequestKind::grow) return draw.one_in(4) ? Errc::io : Errc::no_space;
  // A device that is provisioned as it fills, one that gives up, one that protects itself.
  if (draw.one_in(6))
    return draw.any_of(std::array{Errc::no_space, Errc::timed_out, Errc::read_only});
  return Errc::io;
}

void add_fault(Draw& draw, const EffectWeights& weights, Scenario& scenario, Site site,
               RequestKind kind) {
  model::DeviceFault fault{.site = site, .kind = kind, .trigger = {}, .line = {}};
  fault.trigger = trigger_of(draw, scenario, site);
  fault.effect = effect_of(draw, weights, site, kind);
  if (fault.effect == model::FaultEffect::error) fault.error = error_of(draw, kind);
  if (kind == RequestKind::grow && std::holds_alternative<model::TouchesRange>(fault.trigger))
    fault.trigger = model::NthRequest{1};
  if (std::holds_alternative<model::NthRequest>(fault.trigger)) fault.sticky = draw.one_in(4);
  scenario.faults.push_back(fault);
}

void add_memory_fault(Draw& draw, Scenario& scenario) {
  // What a first take needs, or what comes after it.
  const std::uint64_t nth = draw.one_in(2) ? draw.between(12, 63) : draw.log_uniform(8);
  scenario.memory_faults.push_back({.nth = nth, .sticky = draw.one_in(4), .line = {}});
}

}  // namespace

void generate_origins(Draw& draw, const Shape& shape, Scenario& scenario) {
  // Mostly large enough to hold more segments of a request than need no memory.
  scenario.params.chunk_minimum_shift = draw.one_in(4) ? draw.between(9, 11) : draw.between(12, 15);
  if (draw.one_in(16)) scenario.params.chunk_maximum_count_shift = draw.between(1, 3);
  if (draw.one_in(4)) scenario.storage.logical_block = {4096};
  const std::uint64_t smallest = std::uint64_t{1} << scenario.params.chunk_minimum_shift;
  const std::uint64_t fewer = std::min<std::uint64_t>(shape.origins_maximum, kOriginNames.size());
  std::uint64_t count = shape.origins_minimum;
  while (count < fewer && draw.one_in(3)) ++count;
  for (std::uint64_t i = 0; i < count; ++i) {
    model::OriginSpec origin;
    origin.name = kOriginNames[i];
    origin.logical_block = {draw.one_in(4) ? 4096u : 512u};
    origin.minimum_io = origin.logical_block;
    if (draw.one_in(16)) origin.minimum_io = {draw.any_of(std::array{4096u, 8192u, 32768u})};
    const std::uint64_t block = origin.logical_block.value;
    const std::uint64_t chunk =
        std::max({smallest, origin.minimum_io.value, scenario.storage.logical_block.value});
    origin.size = to_sectors(ByteCount{origin_bytes(draw, chunk, block)});
    origin.profile = shape.profile;
    scenario.origins.push_back(origin);
  }
}

void generate_limits(Draw& draw, const Shape& shape, Scenario& scenario) {
  Params& params = scenario.params;
  params.chunk_maximum_in_queue = draw.below(5);
  params.copy_fibers_maximum = draw.between(1, 3);
  if (draw.one_in(2)) params.free_diff_buffer_pool_size = draw.below(4);
  // Blocks of a size like the chunks', so that there are some.
  params.tracking_block_minimum_shift -= draw.below(6);
  if (draw.one_in(8)) params.tracking_block_maximum_count = draw.between(1, 16);
  if (!shape.tight_limits) return;
  // Up to what suffices.
  if (draw.one_in(3)) params.memory_maximum = tight_memory(draw, scenario, 16);
  if (draw.one_in(24)) params.metadata_maximum = draw.log_uniform(14);
  // Of the order of what devices take for a request.
  if (draw.one_in(6)) params.storage_wait_maximum = draw.any_of(std::array{1u, 2u, 5u, 20u});
}

void generate_storage(Draw& draw, const Shape& shape, Scenario& scenario) {
  const std::uint64_t chunk = largest_chunk(scenario);
  const std::uint64_t all = storage_for_all(scenario);
  model::StorageSpec& storage = scenario.storage;
  storage.profile = shape.profile;
  const auto sectors = [](std::uint64_t bytes) { return to_sectors(ByteCount{bytes}); };
  switch (draw.weighted(std::array<std::uint32_t, 4>{3, 4, 3, 1})) {
    case 0:  // room for everything from the beginning
      storage.size = sectors(all + chunk);
      storage.minimum = sectors(chunk);
      break;
    case 1:  // grows in small steps
      storage.size = sectors(draw.below(3) * chunk);
      storage.minimum = sectors(draw.between(1, 4) * chunk);
      break;
    case 2:  // grows in one large step
      break;
    default:  // never grows
      storage.kind = model::StorageKind::device;
      storage.size = sectors(device_bytes(draw, shape, chunk, storage.logical_block.value, all));
      break;
  }
  if (!shape.tight_limits || !draw.one_in(4)) return;
  const std::uint64_t limit = draw.between(1, all / chunk + 2) * chunk;
  storage.limit = sectors(limit);
  // A file past its limit is refused; a device is used up to it.
  if (storage.kind == model::StorageKind::file && !draw.one_in(16))
    storage.size = std::min(storage.size, *storage.limit);
}

void generate_latencies(Draw& draw, const Shape& shape, Scenario& scenario) {
  const Site any{};
  const Site storage{.kind = Site::Kind::storage, .origin = 0};
  // What is listed first wins.
  if (shape.storage_faults && draw.one_in(16)) {
    const RequestKind kind =
        draw.any_of(std::array{RequestKind::write, RequestKind::read, RequestKind::grow});
    scenario.latencies.push_back({.site = storage, .kind = kind, .stall = true, .line = {}});
    // Others wait for the memory that it keeps when there is little, and what is preserved must be
    // stored before its reads can stall.
    if (shape.tight_limits && draw.one_in(2)) {
      scenario.params.memory_maximum = tight_memory(draw, scenario, 3);
      scenario.params.chunk_maximum_in_queue = 0;
    }
  }
  if (shape.origin_faults && draw.one_in(48)) {
    const Site stuck = site_of(draw, scenario);
    const RequestKind kind = draw.any_of(std::array{RequestKind::read, RequestKind::write,
                                                    RequestKind::flush, RequestKind::discard});
    scenario.latencies.push_back({.site = stuck, .kind = kind, .stall = true, .line = {}});
  }
  if (shape.profile != model::Profile::none) return;
  if (draw.one_in(4)) add_latency(scenario, storage, RequestKind::write, 1ms, 10ms);
  if (draw.one_in(6)) add_latency(scenario, storage, RequestKind::read, 1ms, 4ms);
  if (draw.one_in(6)) add_latency(scenario, storage, RequestKind::grow, 1ms, 10ms);
  if (draw.one_in(4)) {
    const Site slow = site_of(draw, scenario);
    add_latency(scenario, slow, RequestKind::read, 200us, 2ms);
  }
  if (draw.one_in(4)) {
    const Site slow = site_of(draw, scenario);
    add_latency(scenario, slow, RequestKind::write, 200us, 2ms);
  }
  if (draw.below(4) == 0) return;
  const Time low = draw.one_in(2) ? Time{100us} : Time{10us};
  const Time high = low * static_cast<int>(draw.between(1, 10));
  for (const RequestKind kind : {RequestKind::read, RequestKind::write})
    add_latency(scenario, any, kind, low, high);
  if (draw.one_in(2)) return;
  for (const RequestKind kind : {RequestKind::flush, RequestKind::discard, RequestKind::grow})
    add_latency(scenario, any, kind, low, high);
}

void generate_faults(Draw& draw, const Shape& shape, Scenario& scenario) {
  const Site storage{.kind = Site::Kind::storage, .origin = 0};
  std::array<std::uint32_t, 8> weights{
      shape.storage_faults ? 4u : 0u, shape.storage_faults ? 3u : 0u,
      shape.storage_faults ? 2u : 0u, shape.origin_faults ? 3u : 0u,
      shape.origin_faults ? 2u : 0u,  shape.origin_faults ? 1u : 0u,
      shape.memory_faults ? 4u : 0u,  shape.origin_faults && shape.storage_faults ? 1u : 0u};
  if (none_of(weights)) return;
  if (!draw.one_in(4) && !shape.always_faults) return;
  const auto all = weights;
  swarm(draw, weights);
  if (none_of(weights)) weights = all;
  EffectWeights effects{14, 4, 2, 2, 2, 2, 3, 2};  // in the order of their enumeration
  swarm(draw, effects);
  std::uint64_t count = 1;
  while (count < 3 && draw.one_in(3)) ++count;
  for (; count > 0; --count) {
    switch (draw.weighted(weights)) {
      case 0:
        add_fault(draw, effects, scenario, storage, RequestKind::write);
        break;
      case 1:
        add_fault(draw, effects, scenario, storage, RequestKind::read);
        break;
      case 2:
        add_fault(draw, effects, scenario, storage, RequestKind::grow);
        break;
      case 3: {
        const Site site = site_of(draw, scenario);
        add_fault(draw, effects, scenario, site, RequestKind::read);
        break;
      }
      case 4: {
        const Site site = site_of(draw, scenario);
        add_fault(draw, effects, scenario, site, RequestKind::write);
        break;
      }
      case 5: {
        const Site site = site_of(draw, scenario);
        const bool flush = draw.one_in(2);
        add_fault(draw, effects, scenario, site, flush ? RequestKind::flush : RequestKind::discard);
        break;
      }
      case 6:
        add_memory_fault(draw, scenario);
        break;
      default: {
        const bool write = draw.one_in(2);
        add_fault(draw, effects, scenario, Site{}, write ? RequestKind::write : RequestKind::read);
      }
    }
  }
}

void generate_schedule(Draw& draw, const Shape& shape, Scenario& scenario) {
  using enum model::SchedulerKind;
  model::ScheduleSpec& schedule = scenario.schedule;
  const std::size_t drawn = draw.weighted(std::array<std::uint32_t, 3>{4, 2, 1});
  schedule.kind =
      shape.any_scheduler ? std::array{random, pct, round_robin}[drawn] : shape.scheduler;
  if (schedule.kind == pct) schedule.change_points = static_cast<std::uint32_t>(draw.between(1, 5));
  schedule.seed = draw.below(0xffff'ffff);
}

}  // namespace cowbell::properties
