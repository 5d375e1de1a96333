// SPDX-License-Identifier: Apache-2.0
// The engine as the system under test.
#pragma once

#include <memory>

#include "core/engine.hpp"
#include "core/snapshot_image.hpp"
#include "models/subject.hpp"

namespace cowbell::model {

class EngineSubject : public Subject {
 public:
  EngineSubject(const Environment& environment, const Params& params)
      : environment_(environment), params_(params) {}

  Errc track(BlockDevice& origin) override;
  void stop() override;
  BlockDevice& origin(OriginIndex origin) override { return *trackers_[origin]; }
  TakeError take(TakeNumber take, std::string_view name, std::span<const OriginIndex> origins,
                 StorageBacking& storage, std::optional<SectorCount> limit) override;
  Errc release(TakeNumber take, std::string_view name) override;
  BlockDevice& image(TakeNumber take, OriginIndex origin) override;
  std::optional<Errc> corrupted(TakeNumber take, OriginIndex origin) override;
  SectorCount chunk_size(TakeNumber take, OriginIndex origin) override;
  std::uint64_t chunks_preserved(TakeNumber take, OriginIndex origin) override;
  void extents(TakeNumber take, OriginIndex origin, std::vector<LiveExtent>& out) override;
  ByteCount storage_filled(TakeNumber take) override;
  ByteCount storage_capacity(TakeNumber take) override;
  Result<ChangedAnswer> changed(TakeNumber from, TakeNumber to, OriginIndex origin,
                                std::vector<SectorRange>& out) override;
  Errc mark_changed(std::optional<TakeNumber> take, OriginIndex origin, SectorRange range) override;
  std::optional<ReportedEvent> poll_event() override;

  static SubjectMaker maker();

 private:
  struct Taken {
    std::uint64_t number = 0;                            ///< Snapshot::number(), once it is known
    Snapshot* snapshot = nullptr;                        ///< while it is alive
    std::vector<std::unique_ptr<SnapshotImage>> images;  ///< by origin; null for no member
    std::vector<TrackingPoint> points;                   ///< by origin; none for no member
  };

  DiffArea& area(TakeNumber take, OriginIndex origin);

  Environment environment_;
  const Params params_;
  std::optional<Engine> engine_;  ///< while it runs
  std::vector<Tracker*> trackers_;
  std::vector<Taken> taken_;
};

}  // namespace cowbell::model
