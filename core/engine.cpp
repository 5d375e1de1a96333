// SPDX-License-Identifier: Apache-2.0
#include "core/engine.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace cowbell {
namespace {

bool named_twice(std::span<Tracker* const> origins) {
  for (std::size_t i = 0; i < origins.size(); ++i)
    if (std::find(origins.begin() + i + 1, origins.end(), origins[i]) != origins.end()) return true;
  return false;
}

}  // namespace

Engine::Engine(const Environment& environment, const Params& params)
    : environment_(environment),
      params_(params),
      events_(environment.memory),
      trackers_(&environment.memory) {
  COWBELL_INVARIANT(S9, check_params(params) == Errc::none);
}

Engine::~Engine() {
  COWBELL_INVARIANT(S11, snapshots_.empty());
}

Result<Tracker*> Engine::track(BlockDevice& device) {
  Owned<Tracker> tracker = make_owned<Tracker>(environment_.memory, environment_, params_, device,
                                               static_cast<std::uint32_t>(trackers_.size()));
  if (tracker == nullptr) return std::unexpected(Errc::no_memory);
  Tracker* made = tracker.get();
  if (try_allocate([&] { trackers_.push_back(std::move(tracker)); }) != Errc::none)
    return std::unexpected(Errc::no_memory);
  return made;
}

std::expected<Snapshot*, TakeError> Engine::take(std::string_view name,
                                                 std::span<Tracker* const> origins,
                                                 StorageBacking& storage,
                                                 std::optional<SectorCount> limit) {
  for (const Snapshot& snapshot : snapshots_)
    if (snapshot.name() == name) return std::unexpected(Errc::exists);
  if (origins.empty()) return std::unexpected(TakeError(Errc::invalid, "no origin is named"));
  if (named_twice(origins))
    return std::unexpected(TakeError(Errc::invalid, "an origin is named twice"));
  for (Snapshot& snapshot : snapshots_)
    if (&snapshot.storage().backing() == &storage)
      return std::unexpected(TakeError(Errc::busy, "the storage serves another snapshot"));
  if (lies_on_an_origin(storage, origins))
    return std::unexpected(TakeError(Errc::busy, "a storage lies on the device of an origin"));
  if (events_.full())
    return std::unexpected(TakeError(Errc::no_memory, "too many events have not been read"));
  auto low_space = events_.reserve(EventKind::low_space, taken_ + 1, Event::kNoOrigin);
  if (!low_space) return std::unexpected(low_space.error());
  Owned<Snapshot> made = make_owned<Snapshot>(environment_.memory, environment_, params_, name,
                                              taken_ + 1, storage, limit, std::move(*low_space));
  if (made == nullptr) return std::unexpected(Errc::no_memory);
  Snapshot& snapshot = *made.release();
  ++taken_;
  snapshots_.push_back(snapshot);  // the name is in use from here on
  takes_.lock();
  const TakeError error = snapshot.prepare(origins, events_);
  if (error == Errc::none) snapshot.cut();
  takes_.unlock();
  if (error == Errc::none) return &snapshot;
  forget(snapshot);
  return std::unexpected(error);
}

/// S3, S14: what is stored on a tracked device changes it behind its tracker's back. So this
/// storage may lie on none of them, nor that of another snapshot on one of `origins`.
bool Engine::lies_on_an_origin(const StorageBacking& storage,
                               std::span<Tracker* const> origins) const {
  for (const Owned<Tracker>& tracker : trackers_)
    if (storage.lies_on(tracker->origin())) return true;
  for (const Snapshot& snapshot : snapshots_)
    for (Tracker* origin : origins)
      if (snapshot.storage().backing().lies_on(origin->origin())) return true;
  return false;
}

Errc Engine::release(std::string_view name) {
  Snapshot* snapshot = find(name);
  if (snapshot == nullptr) return Errc::not_found;
  snapshot->shut_down();
  forget(*snapshot);
  return Errc::none;
}

Snapshot* Engine::find(std::string_view name) {
  for (Snapshot& snapshot : snapshots_)
    if (snapshot.name() == name && snapshot.live()) return &snapshot;
  return nullptr;
}

Result<ChangedBlocks> Engine::changed(const TrackingPoint& from, std::string_view to,
                                      const Tracker& origin) {
  const Snapshot* snapshot = find(to);
  const TrackedCut* cut = snapshot == nullptr ? nullptr : snapshot->changes(origin);
  if (cut == nullptr) return std::unexpected(Errc::not_found);
  return cut->changed_since(from);
}

void Engine::forget(Snapshot& snapshot) {
  snapshots_.erase(snapshots_.iterator_to(snapshot));
  std::pmr::polymorphic_allocator<>(&environment_.memory).delete_object(&snapshot);
}

}  // namespace cowbell
