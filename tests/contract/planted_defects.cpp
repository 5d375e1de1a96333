// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/planted_defects.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "tests/uring/requests.hpp"

namespace cowbell::test {
namespace {

constexpr SectorCount kPart{8};

/// What a request was before a defect changed it, put back when it is answered.
struct Changed {
  Operation operation;
  SectorRange range;
  std::span<const Segment> segments;
  std::vector<Segment> reversed;

  static Changed& push(Bio& bio) {
    auto* changed = new Changed{bio.operation, bio.range, bio.segments, {}};
    EXPECT_TRUE(bio.push({&Changed::restore, changed}));
    return *changed;
  }
  static void restore(Bio& bio, void* context) noexcept {
    const std::unique_ptr<Changed> self(static_cast<Changed*>(context));
    bio.operation = self->operation;
    bio.range = self->range;
    bio.segments = self->segments;
    if (bio.status == Errc::none) bio.transferred = to_bytes(bio.range.count);
    bio.complete();
  }
};

void push(Bio& bio, void (*frame)(Bio&, void*) noexcept) {
  EXPECT_TRUE(bio.push({frame, nullptr}));
}

void lose_last_sector(Bio& bio, void*) noexcept {
  if (bio.status == Errc::none)
    fill_zero(bio.segments, to_bytes(bio.range.count).value - kSectorSize, kSectorSize);
  bio.complete();
}

void say_again(Bio& bio, void*) noexcept {
  bio.complete(Errc::again);
}

}  // namespace

void DefectiveDevice::submit(Bio& bio) {
  const bool wrong = check_request(bio, geometry()) != Errc::none;
  if (wrong && defect_ == Defect::accepts_wrong_requests) return bio.complete(Errc::none);
  if (wrong) return device_.submit(bio);
  switch (defect_) {
    case Defect::reverses_segments:
      if (bio.segments.size() > 1) {
        std::vector<Segment>& reversed = Changed::push(bio).reversed;
        reversed.assign(bio.segments.rbegin(), bio.segments.rend());
        bio.segments = reversed;
      }
      break;
    case Defect::reads_short:
      if (bio.operation == Operation::read) push(bio, lose_last_sector);
      break;
    case Defect::writes_nothing:
      if (bio.operation == Operation::write) return bio.complete(Errc::none);
      break;
    case Defect::zeroes_nothing:
      if (bio.operation == Operation::write_zeroes) return bio.complete(Errc::none);
      break;
    case Defect::zeroes_in_part:
      if (bio.operation == Operation::write_zeroes) {
        Changed::push(bio);
        bio.range.count = std::min(bio.range.count, kPart);
      }
      break;
    case Defect::discards_neighbours:
      if (bio.operation == Operation::discard) {
        Changed::push(bio);
        bio.operation = Operation::write_zeroes;
        bio.range.count += kPart;
      }
      break;
    case Defect::again_with_effect:
      if (bio.flags.nowait && changes_data(bio.operation)) push(bio, say_again);
      break;
    case Defect::none:
    case Defect::accepts_wrong_requests:
    case Defect::grows_in_name_only:
    case Defect::loses_data_in_growth:
    case Defect::grows_in_secret:
      break;
  }
  device_.submit(bio);
}

Errc DefectiveDevice::grow(SectorCount capacity) {
  if (defect_ == Defect::grows_in_name_only) return Errc::none;
  const SectorCount before = geometry().capacity;
  const Errc error = storage_->grow(capacity);
  if (defect_ == Defect::loses_data_in_growth && before >= kPart) {
    const SectorRange last{{(before - kPart).value}, kPart};
    EXPECT_EQ(request(device_, Operation::write_zeroes, last), Errc::none);
  }
  return error;
}

}  // namespace cowbell::test
