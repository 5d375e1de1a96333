// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.hpp"

#include <algorithm>
#include <limits>

namespace cowbell::sim {
namespace {

using model::DeviceId;
using model::Site;

constexpr std::uint32_t kLatencySteps = 16;

bool covers(const Site& site, DeviceId device) {
  switch (site.kind) {
    case Site::Kind::any:
      return true;
    case Site::Kind::storage:
      return device.kind == DeviceId::Kind::storage;
    case Site::Kind::origin:
      return device.kind == DeviceId::Kind::origin && device.index == site.origin;
  }
  return false;
}

template <class Line>
void sort_by_kind(std::span<const Line> lines,
                  std::array<std::vector<const Line*>, model::kRequestKindCount>& by_kind) {
  for (auto& of_kind : by_kind) of_kind.clear();
  for (const Line& line : lines) by_kind[static_cast<unsigned>(line.kind)].push_back(&line);
}

}  // namespace

std::optional<std::string> unsupported(const model::DeviceFault& fault) {
  const bool write = fault.kind == model::RequestKind::write;
  switch (fault.effect) {
    case model::FaultEffect::torn:
    case model::FaultEffect::lost:
    case model::FaultEffect::misdirected:
      if (write) return std::nullopt;
      return "only a write can be torn, lost or misdirected; others are not supported";
    case model::FaultEffect::rot:
      if (write || fault.kind == model::RequestKind::read) return std::nullopt;
      return "bits rot where they are read or written; others are not supported";
    case model::FaultEffect::error:
    case model::FaultEffect::short_transfer:
    case model::FaultEffect::zero_transfer:
    case model::FaultEffect::gone:
      return std::nullopt;
  }
  return std::nullopt;
}

void FaultOverlay::restart(std::span<const model::DeviceFault> faults, std::size_t origins) {
  sort_by_kind(faults, by_kind_);
  origin_counts_.assign(origins, {});
  storage_counts_ = {};
  all_counts_ = {};
  healed_ = false;
}

const FaultOverlay::Counts& FaultOverlay::counts(const Site& site) const {
  switch (site.kind) {
    case Site::Kind::any:
      return all_counts_;
    case Site::Kind::storage:
      return storage_counts_;
    case Site::Kind::origin:
      return origin_counts_[site.origin];
  }
  return all_counts_;
}

bool FaultOverlay::fires(const model::DeviceFault& fault, DeviceId device, SectorRange range,
                         Decisions& decisions) const {
  if (!covers(fault.site, device)) return false;
  if (const auto* trigger = std::get_if<model::NthRequest>(&fault.trigger)) {
    const std::uint64_t number = counts(fault.site)[static_cast<unsigned>(fault.kind)];
    return fault.sticky ? number >= trigger->nth : number == trigger->nth;
  }
  if (const auto* trigger = std::get_if<model::TouchesRange>(&fault.trigger))
    return trigger->range.overlaps(range);
  const std::uint64_t n = std::get<model::OneIn>(fault.trigger).n;
  return decisions.one_in(model::Concern::fault,
                          static_cast<std::uint32_t>(std::min<std::uint64_t>(
                              n, std::numeric_limits<std::uint32_t>::max())));
}

std::optional<FaultOverlay::Hit> FaultOverlay::arrive(DeviceId device, model::RequestKind kind,
                                                      SectorRange range, Decisions& decisions) {
  const unsigned of_kind = static_cast<unsigned>(kind);
  ++all_counts_[of_kind];
  ++(device.kind == DeviceId::Kind::storage ? storage_counts_
                                            : origin_counts_[device.index])[of_kind];
  if (healed_) return std::nullopt;
  for (const model::DeviceFault* fault : by_kind_[of_kind])
    if (fires(*fault, device, range, decisions)) return Hit{fault->effect, fault->error};
  return std::nullopt;
}

void Latencies::restart(std::span<const model::LatencySpec> lines) {
  sort_by_kind(lines, by_kind_);
  healed_ = false;
}

std::optional<Time> Latencies::draw(DeviceId device, model::RequestKind kind, Decisions& decisions,
                                    const Service* service) {
  Time low = kDefaultLow;
  Time high = kDefaultHigh;
  bool said = false;
  for (const model::LatencySpec* line : by_kind_[static_cast<unsigned>(kind)]) {
    if (!covers(line->site, device) || (line->stall && healed_)) continue;
    if (line->stall) return std::nullopt;
    low = line->low;
    high = line->high;
    said = true;
    break;
  }
  if (!said && service != nullptr) return draw_time(*service, decisions);
  if (low == high) return low;
  // Divided first: the bounds of a scenario may lie near the end of 64 bits.
  const Time step = (high - low) / (kLatencySteps - 1);
  return low + step * decisions.draw(model::Concern::latency, kLatencySteps);
}

}  // namespace cowbell::sim
