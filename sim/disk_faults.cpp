// SPDX-License-Identifier: Apache-2.0
// What befalls a request that a fault strikes: one function for each effect. All of them change
// what will become of the request, none what the device holds by then.
#include <algorithm>

#include "sim/disk.hpp"

namespace cowbell::sim {

using model::Concern;
using model::FaultEffect;

std::optional<FaultOverlay::Hit> Disk::arrive_grow(SectorCount capacity) {
  const Sector end{geometry_.capacity.value};
  const SectorRange added = capacity > geometry_.capacity
                                ? SectorRange{end, capacity - geometry_.capacity}
                                : SectorRange{end, {}};
  return arrive(model::RequestKind::grow, added, {{}, capacity}, false);
}

std::optional<FaultOverlay::Hit> Disk::arrive(model::RequestKind kind, SectorRange touched,
                                              SectorRange announced, bool can_come_up_short) {
  auto hit = surroundings_.faults.arrive(id_, kind, touched, surroundings_.decisions);
  if (gone_ || (hit && hit->effect == FaultEffect::gone)) {
    gone_ = true;
    hit = {FaultEffect::gone, Errc::no_device};
  }
  if (!hit) return std::nullopt;
  if (hit->effect == FaultEffect::lost || hit->effect == FaultEffect::misdirected ||
      hit->effect == FaultEffect::rot)
    hit->error = Errc::none;
  if (hit->effect == FaultEffect::short_transfer || hit->effect == FaultEffect::zero_transfer) {
    hit->error = Errc::none;
    // What carries no data cannot come up short: the device says that it failed.
    if (!can_come_up_short) hit = {FaultEffect::error, Errc::io};
  }
  announce({id_, kind, announced, hit->effect, hit->error});
  return hit;
}

void Disk::announce(const model::InjectedFault& fault) {
  surroundings_.log.injected(fault);
  surroundings_.listener->injected(fault);
}

void Disk::befall(DiskRequest& request, const FaultOverlay::Hit& hit) {
  switch (hit.effect) {
    case FaultEffect::error:
      return fail(request, hit.error);
    case FaultEffect::gone:
      return refuse(request, hit.error);
    case FaultEffect::short_transfer:
      return come_up_short(request);
    case FaultEffect::zero_transfer:
      return transfer(request, {});
    case FaultEffect::torn:
      return tear(request, hit.error);
    case FaultEffect::lost:
      return lose_write(request);
    case FaultEffect::misdirected:
      return misdirect(request);
    case FaultEffect::rot:
      return choose_rotten(request);
  }
}

/// Each block of a failed write may be old or new.
void Disk::fail(DiskRequest& request, Errc error) {
  if (!changes_data(request.bio->operation) || error == Errc::again) return refuse(request, error);
  request.status = error;
  request.transferred = {};
  const std::uint32_t choice = surroundings_.decisions.draw(Concern::effect_order, 3);
  if (choice == 0) request.effective = {};
  if (choice == 2) request.effective = draw_split(request.effective);
  request.split = request.effective;
}

void Disk::refuse(DiskRequest& request, Errc error) {
  request.status = error;
  transfer(request, {});
}

void Disk::transfer(DiskRequest& request, SectorCount sectors) {
  request.transferred = request.effective = request.split = sectors;
}

void Disk::come_up_short(DiskRequest& request) {
  const SectorCount block = logical_block();
  const auto asked = static_cast<std::uint32_t>(request.transferred.value / block.value);
  const std::uint32_t less = 1 + surroundings_.decisions.draw(Concern::fault, asked);
  transfer(request, {(asked - less) * block.value});
}

/// Stops between two blocks.
void Disk::tear(DiskRequest& request, Errc error) {
  request.status = error;
  request.transferred = {};
  request.effective =
      request.effective == logical_block() ? SectorCount{} : draw_split(request.effective);
  request.split = request.effective;
}

/// The device says that it wrote.
void Disk::lose_write(DiskRequest& request) {
  request.effective = request.split = {};
}

/// To another place of the device that takes the whole range; where there is none, the write is
/// lost.
void Disk::misdirect(DiskRequest& request) {
  const SectorRange range = request.bio->range;
  const std::uint64_t block = logical_block().value;
  const std::uint64_t places = (geometry_.capacity - range.count).value / block + 1;
  if (places == 1) return lose_write(request);
  const auto bound = static_cast<std::uint32_t>(std::min<std::uint64_t>(places - 1, kPartsMaximum));
  const std::uint64_t step = 1 + surroundings_.decisions.draw(Concern::fault, bound);
  request.misdirected = Sector{(range.first.value / block + step) % places * block};
  announce({id_,
            model::request_kind(request.bio->operation),
            {*request.misdirected, range.count},
            FaultEffect::misdirected,
            Errc::none});
}

void Disk::choose_rotten(DiskRequest& request) {
  const auto bound =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(request.effective.value, kPartsMaximum));
  request.rotten =
      request.bio->range.first + SectorCount{surroundings_.decisions.draw(Concern::fault, bound)};
}

/// One bit of one sector turns over.
void Disk::decay(const DiskRequest& request, SectorRange blocks) {
  if (!request.rotten || !blocks.contains({*request.rotten, {1}})) return;
  std::array<std::byte, kSectorSize> content{};
  const Segment segment{content.data(), content.size()};
  store_.read({*request.rotten, {1}}, {&segment, 1}, 0);
  content[0] ^= std::byte{1};
  store_.write({*request.rotten, {1}}, {&segment, 1}, 0);
}

}  // namespace cowbell::sim
