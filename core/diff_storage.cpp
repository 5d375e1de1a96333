// SPDX-License-Identifier: Apache-2.0
#include "core/diff_storage.hpp"

#include <algorithm>

#include "core/chunk_map.hpp"
#include "core/invariant.hpp"

namespace cowbell {
namespace {

// What the records of chunks can hold.
constexpr SectorCount kAddressable{ChunkMap::kExtentEnd.value};

}  // namespace

DiffStorage::DiffStorage(const Environment& environment, StorageBacking& backing,
                         std::optional<SectorCount> limit, SectorCount minimum,
                         EventQueue::Slot low_space, Time wait_maximum)
    : backing_(backing),
      watch_(environment.clock, wait_maximum),
      limit_(std::min(limit.value_or(kAddressable), kAddressable)),
      minimum_(minimum),
      capacity_(backing.geometry().capacity),
      requested_(capacity_),
      low_space_(std::move(low_space)),
      fiber_(environment.stacks) {
  if (!backing.can_grow()) capacity_ = requested_ = limit_ = std::min(capacity_, limit_);
}

void DiffStorage::check() const {
  COWBELL_INVARIANT(S10, filled_ <= capacity_);
  COWBELL_INVARIANT(S10, capacity_ <= requested_);
  COWBELL_INVARIANT(S10, requested_ <= limit_);
}

bool DiffStorage::may_grow() const {
  return requested_ == capacity_ && capacity_ < limit_;
}

TakeError DiffStorage::set_up() {
  if (capacity_ > limit_) return {Errc::no_space, "the storage is already past its limit"};
  if (!low() || !may_grow()) return Errc::none;
  const SectorCount wanted = capacity_ + std::min(minimum_, limit_ - capacity_);
  if (const Errc error = backing_.grow(wanted); error != Errc::none) return error;
  capacity_ = requested_ = wanted;
  check();
  return Errc::none;
}

void DiffStorage::start() {
  fiber_.spawn("growth of the difference storage", [this] { grow_loop(); });
}

void DiffStorage::stop() {
  stopping_ = true;
  growth_wanted_.wake_all();
  fiber_.join();
}

void DiffStorage::tell_low_space() {
  if (!low_space_told_) low_space_.tell(Errc::no_space);
  low_space_told_ = true;
}

void DiffStorage::want_growth() {
  if (stopping_ || !may_grow()) return;
  requested_ = capacity_ + std::min(minimum_, limit_ - capacity_);
  check();
  growth_wanted_.wake_one();
}

void DiffStorage::grow_loop() {
  while (!stopping_) {
    if (requested_ == capacity_) {
      growth_wanted_.wait();
      continue;
    }
    // A refused growth grants nothing: it is asked for again at the next need.
    StorageWatch::Request request;
    watch_.submitted(request);
    const Errc error = backing_.grow(requested_);
    request.answered();
    if (error == Errc::none) {
      capacity_ = requested_;
      if (!low()) low_space_told_ = false;
    } else {
      requested_ = capacity_;
      ++growths_failed_;
      refusal_ = error == Errc::no_device ? Errc::no_device : Errc::no_space;
    }
    check();
    growth_ended_.wake_all();
  }
  requested_ = capacity_;
  growth_ended_.wake_all();
}

Result<Sector> DiffStorage::allocate(SectorCount size) {
  const std::uint64_t failed_before = growths_failed_;
  while (!has_room(size)) {
    tell_low_space();
    want_growth();
    if (growths_failed_ != failed_before) return std::unexpected(refusal_);
    if (requested_ == capacity_ || stopping_) return std::unexpected(Errc::no_space);
    growth_ended_.wait();
  }
  const Sector extent{filled_.value};
  filled_ += size;
  check();
  if (low()) {
    tell_low_space();
    want_growth();
  }
  return extent;
}

}  // namespace cowbell
