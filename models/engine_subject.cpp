// SPDX-License-Identifier: Apache-2.0
#include "models/engine_subject.hpp"

#include <array>

#include "core/invariant.hpp"

namespace cowbell::model {

SubjectMaker EngineSubject::maker() {
  return [](const Environment& environment, const Params& params) {
    return std::make_unique<EngineSubject>(environment, params);
  };
}

Errc EngineSubject::track(BlockDevice& origin) {
  if (!engine_) engine_.emplace(environment_, params_);
  const Result<Tracker*> tracker = engine_->track(origin);
  if (!tracker) return tracker.error();
  trackers_.push_back(*tracker);
  return Errc::none;
}

void EngineSubject::stop() {
  engine_.reset();
  trackers_.clear();
  for (Taken& taken : taken_) taken.number = 0;  // the next engine counts from 1 again
  ++environment_.instance;
}

TakeError EngineSubject::take(TakeNumber take, std::string_view name,
                              std::span<const OriginIndex> origins, StorageBacking& storage,
                              std::optional<SectorCount> limit) {
  std::array<Tracker*, kOriginMaximum> members;
  for (std::size_t i = 0; i < origins.size(); ++i) members[i] = trackers_[origins[i]];
  const std::expected<Snapshot*, TakeError> snapshot =
      engine_->take(name, std::span(members).first(origins.size()), storage, limit);
  if (!snapshot) return snapshot.error();
  if (taken_.size() <= take) taken_.resize(take + 1);
  Taken& taken = taken_[take];
  taken.number = (*snapshot)->number();
  taken.snapshot = *snapshot;
  taken.images.resize(trackers_.size());
  taken.points.resize(trackers_.size());
  for (const OriginIndex origin : origins) {
    taken.images[origin] = std::make_unique<SnapshotImage>(**snapshot, *trackers_[origin]);
    taken.points[origin] = (*snapshot)->changes(*trackers_[origin])->point();
  }
  return Errc::none;
}

Errc EngineSubject::release(TakeNumber take, std::string_view name) {
  const Errc error = engine_->release(name);
  if (error == Errc::none) taken_[take].snapshot = nullptr;
  return error;
}

BlockDevice& EngineSubject::image(TakeNumber take, OriginIndex origin) {
  return *taken_[take].images[origin];
}

DiffArea& EngineSubject::area(TakeNumber take, OriginIndex origin) {
  DiffArea* area = taken_[take].snapshot->area(*trackers_[origin]);
  COWBELL_INVARIANT(S2, area != nullptr);
  return *area;
}

std::optional<Errc> EngineSubject::corrupted(TakeNumber take, OriginIndex origin) {
  return area(take, origin).corrupted();
}

SectorCount EngineSubject::chunk_size(TakeNumber take, OriginIndex origin) {
  return to_sectors(area(take, origin).chunk_size());
}

std::uint64_t EngineSubject::chunks_preserved(TakeNumber take, OriginIndex origin) {
  return area(take, origin).chunks_preserved();
}

void EngineSubject::extents(TakeNumber take, OriginIndex origin, std::vector<LiveExtent>& out) {
  const DiffArea& of = area(take, origin);
  of.for_each_extent([&](ChunkNumber chunk, SectorRange extent) {
    out.push_back({origin, of.range_of(chunk), extent});
  });
}

ByteCount EngineSubject::storage_filled(TakeNumber take) {
  return to_bytes(taken_[take].snapshot->storage().filled());
}

ByteCount EngineSubject::storage_capacity(TakeNumber take) {
  return to_bytes(taken_[take].snapshot->storage().capacity());
}

Result<ChangedAnswer> EngineSubject::changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                             std::vector<SectorRange>& out) {
  const Snapshot& snapshot = *taken_[to].snapshot;
  Result<ChangedBlocks> changed =
      engine_->changed(taken_[from].points[origin], snapshot.name(), *trackers_[origin]);
  if (!changed) return std::unexpected(changed.error());
  while (const std::optional<SectorRange> range = changed->next()) out.push_back(*range);
  return ChangedAnswer{changed->exact(),
                       to_sectors(snapshot.changes(*trackers_[origin])->block_size())};
}

Errc EngineSubject::mark_changed(std::optional<TakeNumber> take, OriginIndex origin,
                                 SectorRange range) {
  if (!take) return trackers_[origin]->mark_changed(range);
  return taken_[*take].snapshot->mark_changed(*trackers_[origin], range);
}

std::optional<ReportedEvent> EngineSubject::poll_event() {
  while (const std::optional<Event> event = engine_->events().poll()) {
    for (TakeNumber take = 0; take < taken_.size(); ++take) {
      if (taken_[take].number != event->snapshot) continue;
      ReportedEvent reported{event->kind, take, std::nullopt, event->cause};
      if (event->origin != Event::kNoOrigin) reported.origin = event->origin;
      return reported;
    }
    // Of a take that failed: its snapshot never had a number that was known here.
  }
  return std::nullopt;
}

}  // namespace cowbell::model
