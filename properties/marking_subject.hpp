// SPDX-License-Identifier: Apache-2.0
// Counts what the engine answers and reports.
#pragma once

#include <utility>

#include "models/runner.hpp"
#include "properties/coincidences.hpp"

namespace cowbell::properties {

/// Another subject, with takes, releases and events counted. What it is told of is borrowed.
class MarkingSubject : public model::Subject {
 public:
  MarkingSubject(std::unique_ptr<model::Subject> subject, Marks& marks, Coincidences& coincidences)
      : subject_(std::move(subject)), marks_(marks), coincidences_(coincidences) {}
  ~MarkingSubject() override { coincidences_.subject_ended(); }

  Errc track(BlockDevice& origin) override { return subject_->track(origin); }
  void stop() override { subject_->stop(); }
  BlockDevice& origin(model::OriginIndex origin) override { return subject_->origin(origin); }
  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override;
  Errc release(model::TakeNumber take, std::string_view name) override;
  BlockDevice& image(model::TakeNumber take, model::OriginIndex origin) override {
    return subject_->image(take, origin);
  }
  std::optional<Errc> corrupted(model::TakeNumber take, model::OriginIndex origin) override {
    return subject_->corrupted(take, origin);
  }
  SectorCount chunk_size(model::TakeNumber take, model::OriginIndex origin) override {
    return subject_->chunk_size(take, origin);
  }
  std::uint64_t chunks_preserved(model::TakeNumber take, model::OriginIndex origin) override {
    return subject_->chunks_preserved(take, origin);
  }
  void extents(model::TakeNumber take, model::OriginIndex origin,
               std::vector<model::LiveExtent>& out) override {
    subject_->extents(take, origin, out);
  }
  ByteCount storage_filled(model::TakeNumber take) override {
    return subject_->storage_filled(take);
  }
  ByteCount storage_capacity(model::TakeNumber take) override {
    return subject_->storage_capacity(take);
  }
  Result<model::ChangedAnswer> changed(model::TakeNumber from, model::TakeNumber to,
                                       model::OriginIndex origin,
                                       std::vector<SectorRange>& out) override;
  Errc mark_changed(std::optional<model::TakeNumber> take, model::OriginIndex origin,
                    SectorRange range) override {
    return subject_->mark_changed(take, origin, range);
  }
  std::optional<model::ReportedEvent> poll_event() override;

 private:
  std::unique_ptr<model::Subject> subject_;
  Marks& marks_;
  Coincidences& coincidences_;
};

/// Counts what requests of clients were answered. What it is told of is borrowed.
class MarkingListener final : public model::RequestListener {
 public:
  MarkingListener(Marks& marks, Coincidences& coincidences)
      : marks_(marks), coincidences_(coincidences) {}
  void answered(const model::AnsweredRequest& request) override;
  void submitting(const model::ClientRequest& request) override {
    coincidences_.submitting(request);
  }
  void submitted(const model::ClientRequest* request) override { coincidences_.submitted(request); }
  void checking(ByteCount, ByteCount) override {}

 private:
  Marks& marks_;
  Coincidences& coincidences_;
};

}  // namespace cowbell::properties
