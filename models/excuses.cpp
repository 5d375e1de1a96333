// SPDX-License-Identifier: Apache-2.0
#include "models/excuses.hpp"

#include <algorithm>

#include "core/fiber.hpp"

namespace cowbell::model {

void Excuses::begin(const Scenario& scenario) {
  scenario_ = &scenario;
  origins_.assign(scenario.origins.size(), {});
  storages_.clear();
  storage_block_ = {kSectorSize};
  pending_.clear();
  sizes_.clear();
  for (const OriginSpec& origin : scenario.origins) sizes_.push_back({{0, origin.size}});
  memory_refused_ = 0;
  has_power_ = true;
  power_cuts_.clear();
}

Excuses::Struck& Excuses::device(DeviceId id) {
  std::vector<Struck>& devices = id.kind == DeviceId::Kind::origin ? origins_ : storages_;
  if (id.index >= devices.size()) devices.resize(id.index + 1);
  return devices[id.index];
}

Excuses::Struck Excuses::storage(std::uint32_t index) const {
  return index < storages_.size() ? storages_[index] : Struck{};
}

void Excuses::injected(const InjectedFault& fault, Moment now) {
  Struck& on = device(fault.device);
  if (fault.effect == FaultEffect::gone) on.gone = true;
  const bool growth = fault.kind == RequestKind::grow;
  const bool no_device = fault.error == Errc::no_device;
  if (no_device && (growth || fault.kind == RequestKind::write)) on.no_device = now;
  if (!growth)
    pending_.push_back({fault.device, fault.kind, fault.range, fault.error});
  else if (!no_device)
    struck(fault.device, RequestKind::grow, now);
}

bool Excuses::claim(DeviceId id, const Bio& bio) {
  const RequestKind kind = request_kind(bio.operation);
  const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& pending) {
    // No fault befalls a request that the device cannot take: one like it may be beside it.
    const bool refused = bio.status == Errc::invalid && pending.error != Errc::invalid;
    return !refused && pending.device == id && pending.kind == kind && pending.range == bio.range;
  });
  if (found == pending_.end())
    return device(id).gone || (!has_power_ && bio.status == Errc::no_device);
  pending_.erase(found);
  return true;
}

void Excuses::struck(DeviceId id, RequestKind kind, Moment now) {
  Struck& on = device(id);
  on.at[static_cast<unsigned>(kind)] = now;
  if (kind == RequestKind::write) ++on.failed_writes;
}

void Excuses::resized(OriginIndex origin, SectorCount capacity, Moment now) {
  sizes_[origin].push_back({now, capacity});
}

bool Excuses::had_size(OriginIndex origin, SectorCount capacity, Moment since) const {
  bool had = false;
  for_each_size(origin, since, [&](SectorCount size) { had |= size == capacity; });
  return had;
}

bool Excuses::shrunk_below(OriginIndex origin, Sector end, Moment since) const {
  bool shrunk = false;
  for_each_size(origin, since, [&](SectorCount capacity) { shrunk |= capacity.value < end.value; });
  return shrunk;
}

bool Excuses::image_request(Errc error, OriginIndex origin, std::uint32_t storage_index,
                            Moment since) const {
  if (error == Errc::no_memory) return memory_refused_ > since || metadata_may_be_full(0);
  const Struck& from = origins_[origin];
  const Struck to = storage(storage_index);
  return struck_since(from, RequestKind::read, since) ||
         struck_since(to, RequestKind::read, since) || struck_since(to, RequestKind::write, since);
}

bool Excuses::take(Errc error, std::uint64_t origins, std::uint32_t storage_index,
                   Moment since) const {
  const Params& params = scenario_->params;
  std::uint64_t members = 0;
  std::uint64_t largest_chunk = 0;
  for (std::size_t i = 0; i < scenario_->origins.size(); ++i) {
    if ((origins >> i & 1) == 0) continue;
    ++members;
    largest_chunk = std::max(largest_chunk, chunk_size(static_cast<OriginIndex>(i), since));
  }
  switch (error) {
    case Errc::no_memory:
      return memory_refused_ > since || metadata_may_be_full(0);
    case Errc::too_large:
      return largest_chunk > std::uint64_t{1} << params.chunk_maximum_shift;
    case Errc::invalid: {
      // Two chunks, and per member and copy fiber one fiber that copies and one that serves the
      // image, each with a page for what it keeps; and a few more.
      const std::uint64_t fibers = 2 + 2 * members * params.copy_fibers_maximum;
      return params.memory_maximum <
             2 * (largest_chunk + 4096) + (kFiberCharge.value + 4096) * (fibers + 2);
    }
    default:
      break;
  }
  const StorageSpec& spec = scenario_->storage;
  if (error == Errc::no_space && spec.limit && spec.kind == StorageKind::file &&
      spec.size > *spec.limit)
    return true;
  if (error == Errc::no_device && power_cut_between(since, kNotYet)) return true;
  const Struck to = storage(storage_index);
  return to.no_device > since || struck_since(to, RequestKind::grow, since) ||
         struck_since(to, RequestKind::read, since) || struck_since(to, RequestKind::write, since);
}

bool Excuses::corruption(const Corruption& found, const GhostStorage& ghost) {
  const Struck to = storage(found.storage);
  switch (found.cause) {
    case Errc::io:
      // A failed storage *read* fails only its request (S6).
      return struck_since(origins_[found.origin], RequestKind::read, found.take_invoked) ||
             shrunk_below(found.origin, Sector{found.capacity.value}, found.take_invoked) ||
             use_up_failed_write(found.storage);
    case Errc::no_memory:
      return memory_refused_ > found.take_invoked || metadata_may_be_full(found.chunks_preserved);
    case Errc::no_space:
      return ghost.could_overflow(found.chunk,
                                  struck_since(to, RequestKind::grow, found.take_invoked));
    case Errc::timed_out:
      return ghost.longest(found.now) >= storage_wait_maximum() &&
             found.longest_wait >= storage_wait_maximum();
    case Errc::no_device:
      return to.no_device > found.take_invoked || power_cut_between(found.take_invoked, kNotYet);
    default:
      return false;
  }
}

bool Excuses::use_up_failed_write(std::uint32_t index) {
  std::uint64_t& left = device({DeviceId::Kind::storage, index}).failed_writes;
  return left != 0 && left-- != 0;
}

/// Of a storage request, less what two clocks may differ by in the world of real devices.
Time Excuses::storage_wait_maximum() const {
  const Time maximum = std::chrono::milliseconds(scenario_->params.storage_wait_maximum);
  return maximum - maximum / 64;
}

/// What the maps of chunks may take, by their own bound, and the change maps beside them.
bool Excuses::metadata_may_be_full(std::uint64_t chunks) const {
  constexpr std::uint64_t kFixed = 8192 + 512;  // for each origin
  constexpr std::uint64_t kPerChunk = 24;
  return scenario_->params.metadata_maximum <
         kFixed * sizes_.size() + kPerChunk * (chunks + 1) + change_maps();
}

bool Excuses::marks_may_be_full(OriginIndex origin, std::uint64_t takes) const {
  constexpr std::uint64_t kFixed = 128;  // for each cut, beside a bit a block
  return scenario_->params.metadata_maximum < takes * (tracking_blocks(origin) / 8 + kFixed);
}

std::uint64_t Excuses::change_maps() const {
  std::uint64_t blocks = 0;
  for (OriginIndex i = 0; i < sizes_.size(); ++i) blocks += tracking_blocks(i);
  return blocks;
}

std::uint64_t Excuses::tracking_blocks(OriginIndex origin) const {
  std::uint64_t size = 0;
  for_each_size(origin, 0,
                [&](SectorCount capacity) { size = std::max(size, to_bytes(capacity).value); });
  return (size >> scenario_->params.tracking_block_minimum_shift) + 1;
}

/// The smallest chunk, doubled while there would be too many; 2^63 if none fits.
std::uint64_t Excuses::chunk_size(OriginIndex origin, Moment since) const {
  const Params& params = scenario_->params;
  std::uint64_t size = 0;
  for_each_size(origin, since,
                [&](SectorCount capacity) { size = std::max(size, to_bytes(capacity).value); });
  for (std::uint64_t shift = params.chunk_minimum_shift; shift < 63; ++shift) {
    const std::uint64_t chunk = std::uint64_t{1} << shift;
    const OriginSpec& spec = scenario_->origins[origin];
    if (chunk >= std::max({spec.minimum_io, spec.logical_block, storage_block_}).value &&
        (size + chunk - 1) >> shift <= std::uint64_t{1} << params.chunk_maximum_count_shift)
      return chunk;
  }
  return std::uint64_t{1} << 63;
}

}  // namespace cowbell::model
