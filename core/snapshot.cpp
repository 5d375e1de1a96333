// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell {

Snapshot::Snapshot(const Environment& environment, const Params& params, std::string_view name,
                   std::uint64_t number, StorageBacking& storage, std::optional<SectorCount> limit,
                   EventQueue::Slot low_space)
    : environment_(environment),
      params_(params),
      name_(name, &environment.memory),
      number_(number),
      storage_(environment, storage, limit, SectorCount{params.diff_storage_minimum},
               std::move(low_space), std::chrono::milliseconds(params.storage_wait_maximum)),
      memory_(storage_.watch(), ByteCount{params.memory_maximum}, *this),
      metadata_(environment.memory, ByteCount{params.metadata_maximum}),
      store_queue_(environment, storage_, memory_, params.chunk_maximum_in_queue),
      members_(&environment.memory) {}

DiffArea* Snapshot::area(const Tracker& origin) {
  for (Member& member : members_)
    if (member.origin == &origin) return member.area.get();
  return nullptr;
}

ImageServer* Snapshot::image_server(const Tracker& origin) {
  for (Member& member : members_)
    if (member.origin == &origin) return member.image.get();
  return nullptr;
}

const TrackedCut* Snapshot::changes(const Tracker& origin) const {
  for (const Member& member : members_)
    if (member.origin == &origin) return member.changes.get();
  return nullptr;
}

Errc Snapshot::mark_changed(const Tracker& origin, SectorRange range) {
  for (Member& member : members_) {
    if (member.origin != &origin) continue;
    const SectorCount capacity = member.area->capacity();
    if (range.first.value > capacity.value ||
        range.count > capacity - SectorCount{range.first.value})
      return Errc::invalid;
    member.changes->mark(range);
    return Errc::none;
  }
  return Errc::not_found;
}

/// The budget is short: free buffers go first, then storing begins.
void Snapshot::memory_wanted() {
  for (Member& member : members_) member.area->pool().shrink();
  store_queue_.begin();
}

// Take -----------------------------------------------------------------------------------------

TakeError Snapshot::prepare(std::span<Tracker* const> origins, EventQueue& events) {
  if (const TakeError error = make_members(origins, events); error != Errc::none) return error;
  ByteCount largest;
  for (const Member& member : members_) largest = std::max(largest, member.area->chunk_cost());
  if (!memory_.set_aside(fixed_costs()) || memory_.limit() < largest * 2)
    return {Errc::invalid, "memory_maximum is below two chunks and the fibers"};
  TakeError error = start_fibers();
  // Last, because space that has been granted is not given back.
  if (error == Errc::none) error = storage_.set_up();
  if (error != Errc::none) stop_fibers();
  return error;
}

TakeError Snapshot::make_members(std::span<Tracker* const> origins, EventQueue& events) {
  if (const Errc error = try_allocate([&] { members_.reserve(origins.size()); });
      error != Errc::none)
    return error;
  for (Tracker* origin : origins)
    if (const TakeError error = make_member(*origin, events); error != Errc::none) return error;
  return Errc::none;
}

TakeError Snapshot::make_member(Tracker& origin, EventQueue& events) {
  const Geometry geometry = origin.look_at_origin();
  const Result<ByteCount> chunk_size =
      choose_chunk_size(params_, geometry, storage_.backing().geometry().logical_block);
  if (!chunk_size) return {chunk_size.error(), "no chunk size fits the device"};
  auto corrupted = events.reserve(EventKind::corrupted, number_, origin.number());
  auto overflow = events.reserve(EventKind::overflow, number_, origin.number());
  if (!corrupted || !overflow) return Errc::no_memory;
  Owned<DiffArea> area = make_owned<DiffArea>(
      environment_.memory, environment_, params_, origin.origin(), *chunk_size, memory_, metadata_,
      store_queue_, DiffArea::Events{std::move(*corrupted), std::move(*overflow)});
  if (area == nullptr) return Errc::no_memory;
  Owned<TrackedCut> changes = origin.changes().prepare(area->capacity(), metadata_);
  if (changes == nullptr) return Errc::no_memory;
  Owned<ImageServer> image = make_owned<ImageServer>(environment_.memory, environment_, origin,
                                                     *area, storage_, *changes, geometry);
  if (image == nullptr) return Errc::no_memory;
  members_.push_back({&origin, std::move(area), std::move(changes), std::move(image)});
  return Errc::none;
}

/// What is charged to `memory_maximum` for as long as the snapshot lives: its fibers, and one chunk
/// object for each, which is what a fiber works with outside of a reservation.
ByteCount Snapshot::fixed_costs() const {
  const std::uint64_t fibers = 2 + 2 * params_.copy_fibers_maximum * members_.size();
  return (kFiberCharge + kChunkCharge) * fibers;
}

Errc Snapshot::start_fibers() {
  const Errc error = try_allocate([&] {
    storage_.start();
    store_queue_.start();
    for (Member& member : members_) member.image->start(params_.copy_fibers_maximum);
  });
  if (error != Errc::none) return error;
  for (Member& member : members_) {
    if (const Errc refused = member.origin->need_copy_fibers(); refused != Errc::none)
      return refused;
    member.has_copy_fibers = true;
  }
  return Errc::none;
}

void Snapshot::cut() {
  for (Member& member : members_) member.origin->close_gate();
  for (Member& member : members_) member.origin->drain();
  // From here to the last open gate nothing suspends: this is the instant of the cut.
  for (Member& member : members_) {
    member.origin->attach(*member.area);
    member.origin->changes().cut(*member.changes);
  }
  live_ = true;
  for (Member& member : members_) member.origin->open_gate();
}

// Release --------------------------------------------------------------------------------------

void Snapshot::shut_down() {
  live_ = false;
  // Published before anything is detached: whoever looks again sees it.
  for (Member& member : members_) member.area->release();
  memory_.close();
  for (Member& member : members_) member.origin->detach(*member.area);
  for (Member& member : members_) member.area->wait_until_idle();
  stop_fibers();
}

void Snapshot::stop_fibers() {
  for (Member& member : members_) member.image->stop();
  storage_.stop();
  store_queue_.stop();
  for (Member& member : members_)
    if (member.has_copy_fibers) member.origin->release_copy_fibers();
}

}  // namespace cowbell
