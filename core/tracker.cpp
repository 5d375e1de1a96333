// SPDX-License-Identifier: Apache-2.0
#include "core/tracker.hpp"

#include <algorithm>

#include "core/copy_on_write.hpp"
#include "core/invariant.hpp"

namespace cowbell {

Tracker::~Tracker() {
  COWBELL_INVARIANT(S11, areas_.empty());
  COWBELL_INVARIANT(S8, in_flight_ == 0 && held_.empty() && postponed_.empty());
}

Geometry Tracker::look_at_origin() {
  const Geometry geometry = origin_.geometry();
  changes_.seen(geometry.capacity);
  if (geometry.capacity < capacity_) {
    capacity_ = geometry.capacity;
    for (DiffArea& area : areas_) area.origin_seen(capacity_);
  }
  return geometry;
}

void Tracker::submit(Bio& bio) {
  const Geometry geometry = look_at_origin();
  if (!changes_data(bio.operation)) return origin_.submit(bio);
  if (const Errc error = check_request(bio, geometry); error != Errc::none)
    return refuse(bio, error);
  if (!gate_closed_) return admit(bio);
  if (bio.flags.nowait) return refuse(bio, Errc::again);
  held_.push_back(bio);
}

void Tracker::admit(Bio& bio) {
  const bool must_wait = in_need(bio.range);
  if (must_wait && bio.flags.nowait) return refuse(bio, Errc::again);
  if (!bio.push({&Tracker::change_answered, this})) return refuse(bio, Errc::not_supported);
  ++in_flight_;
  // S14: in the generation of its admission, before it is submitted. What the map cannot take in
  // makes the map inexact and changes nothing else: the request is copied for like any other.
  changes_.record(bio.range);
  if (!must_wait) return origin_.submit(bio);
  postpone(bio);
}

void Tracker::postpone(Bio& bio) {
  const bool goes_on = bio.range.first == postponed_end_;
  postponed_end_ = bio.range.end();
  postponed_.push_back(bio);
  // What is written upwards gathers while copies go on: the next of them that ends takes it all.
  if (!goes_on || short_copies_ < kCopiesBeforeGathering) work_.wake_one();
}

void Tracker::refuse(Bio& bio, Errc error) {
  // S7: what is wrong with the request itself, and nothing that befell a snapshot.
  COWBELL_INVARIANT(S7, error == Errc::invalid || error == Errc::not_supported ||
                            (error == Errc::again && bio.flags.nowait));
  answers_.answer(bio, error);
}

bool Tracker::in_need(SectorRange range) const {
  return std::any_of(areas_.begin(), areas_.end(),
                     [&](const DiffArea& area) { return area.in_need(range); });
}

Errc Tracker::mark_changed(SectorRange range) {
  const SectorCount capacity = origin_.geometry().capacity;
  if (range.first.value > capacity.value || range.count > capacity - SectorCount{range.first.value})
    return Errc::invalid;
  changes_.record(range);
  return Errc::none;
}

void Tracker::change_answered(Bio& bio, void* context) noexcept {
  Tracker& tracker = *static_cast<Tracker*>(context);
  COWBELL_INVARIANT(S1, tracker.in_flight_ != 0);
  if (--tracker.in_flight_ == 0) tracker.drained_.wake_all();
  bio.complete();
}

void Tracker::copy_loop() {
  while (!copy_fibers_ending_ || !postponed_.empty()) {
    if (postponed_.empty()) {
      work_.wait();
      continue;
    }
    boost::intrusive::list<Bio> changes;
    const SectorRange range = take_neighbours(changes);
    const bool is_short = range.count <= kTogetherMaximum;
    if (is_short) ++short_copies_;
    CopyOnWrite(environment_, origin_, areas_, range).preserve();
    if (is_short) --short_copies_;
    COWBELL_INVARIANT(S5, !in_need(range));
    while (!changes.empty()) {
      Bio& bio = changes.front();
      changes.pop_front();
      origin_.submit(bio);
    }
  }
}

/// Takes the change that has waited longest and those right behind it that go on where it ends, so
/// that what they overwrite is read in one request. Returns what they cover together.
SectorRange Tracker::take_neighbours(boost::intrusive::list<Bio>& changes) {
  SectorRange range{postponed_.front().range.first, {}};
  do {
    Bio& bio = postponed_.front();
    postponed_.pop_front();
    changes.push_back(bio);
    range.count += bio.range.count;
  } while (!postponed_.empty() && postponed_.front().range.first == range.end() &&
           range.count + postponed_.front().range.count <= kTogetherMaximum);
  return range;
}

// Take and release -----------------------------------------------------------------------------

void Tracker::drain() {
  COWBELL_INVARIANT(S2, gate_closed_);
  while (in_flight_ != 0) drained_.wait();
}

void Tracker::attach(DiffArea& area) {
  COWBELL_INVARIANT(S2, gate_closed_ && in_flight_ == 0);
  const auto smaller = std::find_if(areas_.begin(), areas_.end(), [&](const DiffArea& other) {
    return other.chunk_size() < area.chunk_size();
  });
  areas_.insert(smaller, area);
  capacity_ = std::max(capacity_, area.capacity());
}

void Tracker::open_gate() {
  gate_closed_ = false;
  while (!held_.empty()) {
    Bio& bio = held_.front();
    held_.pop_front();
    admit(bio);
  }
}

Errc Tracker::need_copy_fibers() {
  copy_fibers_lock_.lock();
  Errc error = Errc::none;
  if (copy_fibers_needed_ == 0) {
    error = try_allocate([&] {
      for (std::uint64_t i = 0; i < params_.copy_fibers_maximum; ++i)
        copy_fibers_.spawn("copy-on-write", [this] { copy_loop(); });
    });
    if (error != Errc::none) end_copy_fibers();
  }
  if (error == Errc::none) ++copy_fibers_needed_;
  copy_fibers_lock_.unlock();
  return error;
}

void Tracker::release_copy_fibers() {
  copy_fibers_lock_.lock();
  if (--copy_fibers_needed_ == 0) end_copy_fibers();
  copy_fibers_lock_.unlock();
}

void Tracker::end_copy_fibers() {
  copy_fibers_ending_ = true;
  work_.wake_all();
  copy_fibers_.join();
  copy_fibers_ending_ = false;
}

}  // namespace cowbell
