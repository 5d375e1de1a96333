// SPDX-License-Identifier: Apache-2.0
#include "core/tracker.hpp"

#include "core/invariant.hpp"

namespace cowbell {

Tracker::~Tracker() {
  COWBELL_INVARIANT(S11, areas_.empty());
  COWBELL_INVARIANT(S8, in_flight_ == 0 && held_.empty() && postponed_.empty());
}

void Tracker::submit(Bio& bio) {
  if (!changes_data(bio.operation)) return origin_.submit(bio);
  if (const Errc error = check_request(bio, origin_.geometry()); error != Errc::none)
    return answers_.answer(bio, error);
  if (!gate_closed_) return admit(bio);
  if (bio.flags.nowait) return answers_.answer(bio, Errc::again);
  held_.push_back(bio);
}

void Tracker::admit(Bio& bio) {
  const bool must_wait = area_in_need(bio.range) != nullptr;
  if (must_wait && bio.flags.nowait) return answers_.answer(bio, Errc::again);
  if (!bio.push({&Tracker::change_answered, this}))
    return answers_.answer(bio, Errc::not_supported);
  ++in_flight_;
  if (!must_wait) return origin_.submit(bio);
  postponed_.push_back(bio);
  work_.wake_one();
}

DiffArea* Tracker::area_in_need(SectorRange range) {
  for (DiffArea& area : areas_)
    if (area.in_need(range)) return &area;
  return nullptr;
}

void Tracker::change_answered(Bio& bio, void* context) noexcept {
  Tracker& tracker = *static_cast<Tracker*>(context);
  if (--tracker.in_flight_ == 0) tracker.drained_.wake_all();
  bio.complete();
}

void Tracker::copy_loop() {
  while (!copy_fibers_ending_ || !postponed_.empty()) {
    if (postponed_.empty()) {
      work_.wait();
      continue;
    }
    Bio& bio = postponed_.front();
    postponed_.pop_front();
    // Asked anew after every wait: areas come to be preserved, corrupted, released meanwhile.
    while (DiffArea* area = area_in_need(bio.range)) area->preserve(bio.range);
    origin_.submit(bio);
  }
}

// Take and release -----------------------------------------------------------------------------

void Tracker::drain() {
  COWBELL_INVARIANT(S2, gate_closed_);
  while (in_flight_ != 0) drained_.wait();
}

void Tracker::attach(DiffArea& area) {
  COWBELL_INVARIANT(S2, gate_closed_ && in_flight_ == 0);
  areas_.push_back(area);
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
