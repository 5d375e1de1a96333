// SPDX-License-Identifier: Apache-2.0
#include "properties/marking_subject.hpp"

namespace cowbell::properties {

TakeError MarkingSubject::take(model::TakeNumber take, std::string_view name,
                               std::span<const model::OriginIndex> origins, StorageBacking& storage,
                               std::optional<SectorCount> limit) {
  coincidences_.take_began(take);
  const TakeError error = subject_->take(take, name, origins, storage, limit);
  coincidences_.take_ended(*subject_, take, error);
  marks_.add(error == Errc::none ? Mark::takes : Mark::failed_takes);
  if (error == Errc::none && !storage.can_grow()) marks_.add(Mark::device_storages);
  return error;
}

Errc MarkingSubject::release(model::TakeNumber take, std::string_view name) {
  coincidences_.release_began(take);
  const Errc error = subject_->release(take, name);
  if (error == Errc::none) marks_.add(Mark::releases);
  return error;
}

Result<model::ChangedAnswer> MarkingSubject::changed(model::TakeNumber from, model::TakeNumber to,
                                                     model::OriginIndex origin,
                                                     std::vector<SectorRange>& out) {
  const auto answer = subject_->changed(from, to, origin, out);
  if (answer) marks_.add(answer->exact ? Mark::change_maps : Mark::inexact_change_maps);
  return answer;
}

std::optional<model::ReportedEvent> MarkingSubject::poll_event() {
  const auto event = subject_->poll_event();
  if (!event) return event;
  switch (event->kind) {
    case EventKind::low_space:
      marks_.add(Mark::low_space_events);
      break;
    case EventKind::overflow:
      marks_.add(Mark::overflows);
      break;
    case EventKind::corrupted:
      marks_.add(Mark::corrupted_areas);
      if (event->cause == Errc::timed_out) marks_.add(Mark::waits_given_up);
      break;
  }
  return event;
}

void MarkingListener::answered(const model::AnsweredRequest& request) {
  if (request.image && request.outcome == Errc::none) {
    if (request.operation == Operation::read) marks_.add(Mark::image_reads);
    if (changes_data(request.operation)) marks_.add(Mark::image_writes);
  }
  if (request.outcome == Errc::again) marks_.add(Mark::nowait_refused);
  if (request.image && request.outcome == Errc::no_device) marks_.add(Mark::image_requests_cut_off);
  coincidences_.answered(request.request, request.outcome);
}

}  // namespace cowbell::properties
