// SPDX-License-Identifier: Apache-2.0
#include "properties/coincidences.hpp"

#include <algorithm>

namespace cowbell::properties {

void Coincidences::restart() {
  changes_.clear();
  reads_.clear();
  taking_.clear();
  alive_.clear();
  stores_.clear();
  growths_ = 0;
  refused_growth_ = kNone;
}

Coincidences::Change* Coincidences::find(const Bio* bio) {
  for (Change& change : changes_)
    if (change.bio == bio) return &change;
  return nullptr;
}

bool Coincidences::alive(model::TakeNumber take) const {
  return take < alive_.size() && alive_[take] != nullptr;
}

void Coincidences::store_began(std::uint32_t storage) {
  if (stores_.size() <= storage) stores_.resize(storage + 1);
  ++stores_[storage];
}

// Requests -------------------------------------------------------------------------------------

void Coincidences::submitting(const model::ClientRequest& request) {
  if (request.cut == nullptr) {
    if (changes_data(request.operation)) changes_.push_back({.bio = &request});
    return;
  }
  const model::TakeNumber take = request.cut->storage;
  if (request.operation != Operation::read || !alive(take)) return;
  if (!alive_[take]->corrupted(take, request.origin))
    reads_.push_back({.bio = &request, .take = take, .origin = request.origin});
}

void Coincidences::submitted(const Bio* request) {
  Change* const change = find(request);
  if (change == nullptr || change->reached) return;
  change->postponed = true;
  change->by_take = !taking_.empty();
  if (change->by_take) marks_.add(Mark::changes_held_by_take);
}

void Coincidences::reached_device(model::DeviceId device, const Bio& bio) {
  if (!changes_data(bio.operation)) return;
  if (device.kind == model::DeviceId::Kind::storage)
    store_began(device.index);
  else if (Change* const change = find(&bio))
    change->reached = true;
}

void Coincidences::answered_by_device(model::DeviceId device, const Bio& bio) {
  if (device.kind == model::DeviceId::Kind::storage && changes_data(bio.operation))
    --stores_[device.index];
}

void Coincidences::answered(const Bio* request, Errc outcome) {
  if (Change* const change = find(request)) {
    *change = changes_.back();
    changes_.pop_back();
    return;
  }
  const auto read = std::ranges::find(reads_, request, &ImageRead::bio);
  if (read == reads_.end()) return;
  if (outcome != Errc::none && alive(read->take) &&
      alive_[read->take]->corrupted(read->take, read->origin) == Errc::no_space)
    marks_.add(Mark::overflows_during_image_read);
  *read = reads_.back();
  reads_.pop_back();
}

// Growth ---------------------------------------------------------------------------------------

void Coincidences::growth_began(model::DeviceId storage) {
  ++growths_;
  // What a take grows for itself is none of these.
  if (std::ranges::any_of(taking_, [&](std::uint32_t take) { return take != storage.index; }))
    marks_.add(Mark::growths_during_take);
}

void Coincidences::granted(model::DeviceId storage) {
  if (refused_growth_ != storage.index) return;
  refused_growth_ = kNone;
  marks_.add(Mark::growths_tried_again);
}

// Snapshots ------------------------------------------------------------------------------------

void Coincidences::take_began(model::TakeNumber take) {
  if (growths_ != 0) marks_.add(Mark::growths_during_take);
  if (std::ranges::any_of(changes_, &Change::reached)) marks_.add(Mark::changes_in_flight_at_take);
  taking_.push_back(take);
}

void Coincidences::take_ended(model::Subject& subject, model::TakeNumber take, Errc outcome) {
  std::erase(taking_, take);
  if (outcome != Errc::none) return;
  if (std::ranges::any_of(alive_, [](const model::Subject* each) { return each != nullptr; }))
    marks_.add(Mark::snapshots_side_by_side);
  if (alive_.size() <= take) alive_.resize(take + 1);
  alive_[take] = &subject;
}

void Coincidences::release_began(model::TakeNumber take) {
  if (alive(take)) alive_[take] = nullptr;
  if (std::ranges::any_of(changes_, [](const Change& change) {
        return change.postponed && !change.by_take && !change.reached;
      }))
    marks_.add(Mark::changes_postponed_at_release);
  if (take < stores_.size() && stores_[take] != 0) marks_.add(Mark::stores_in_flight_at_release);
}

}  // namespace cowbell::properties
