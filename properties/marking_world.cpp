// SPDX-License-Identifier: Apache-2.0
#include "properties/marking_world.hpp"

namespace cowbell::properties {
namespace {

/// Beside that of all faults; none for a plain error.
std::optional<Mark> mark_of(model::FaultEffect effect) {
  switch (effect) {
    case model::FaultEffect::error:
      return std::nullopt;
    case model::FaultEffect::short_transfer:
      return Mark::transfers_cut_short;
    case model::FaultEffect::zero_transfer:
      return Mark::transfers_of_nothing;
    case model::FaultEffect::torn:
      return Mark::writes_torn;
    case model::FaultEffect::gone:
      return Mark::requests_to_gone_devices;
    case model::FaultEffect::lost:
      return Mark::writes_lost;
    case model::FaultEffect::misdirected:
      return Mark::writes_misdirected;
    case model::FaultEffect::rot:
      return Mark::bits_rotten;
  }
  return std::nullopt;
}

}  // namespace

std::optional<model::Refusal> MarkingWorld::open(const model::Scenario& scenario,
                                                 model::EffectListener& listener) {
  scenario_ = &scenario;
  listener_ = &listener;
  return world_.open(scenario, *this);
}

void MarkingWorld::submitted(model::DeviceId device, const Bio& bio) {
  const bool storage = device.kind == model::DeviceId::Kind::storage;
  switch (bio.operation) {
    case Operation::read:
      marks_.add(storage ? Mark::storage_reads : Mark::origin_reads);
      break;
    case Operation::write:
    case Operation::write_zeroes:
      marks_.add(storage ? Mark::storage_writes : Mark::origin_writes);
      break;
    case Operation::discard:
      marks_.add(Mark::discards);
      break;
    case Operation::flush:
      marks_.add(Mark::flushes);
      break;
  }
  coincidences_.reached_device(device, bio);
  listener_->submitted(device, bio);
}

void MarkingWorld::injected(const model::InjectedFault& fault) {
  marks_.add(Mark::faults_injected);
  if (fault.device.kind == model::DeviceId::Kind::origin) marks_.add(Mark::faults_on_origins);
  if (const auto mark = mark_of(fault.effect)) marks_.add(*mark);
  if (fault.kind == model::RequestKind::grow) {
    marks_.add(Mark::growths_refused);
    coincidences_.growth_refused(fault.device);
  }
  listener_->injected(fault);
}

void MarkingWorld::allocation_refused() {
  marks_.add(Mark::allocations_refused);
  listener_->allocation_refused();
}

void MarkingWorld::stalled(model::DeviceId device) {
  marks_.add(Mark::requests_stalled);
  listener_->stalled(device);
}

void MarkingWorld::growth_began(model::DeviceId storage) {
  marks_.add(Mark::growths);
  coincidences_.growth_began(storage);
  listener_->growth_began(storage);
}

void MarkingWorld::granted(model::DeviceId storage, SectorCount capacity) {
  if (capacity > scenario_->storage.size) marks_.add(Mark::storage_grown);
  coincidences_.granted(storage);
  listener_->granted(storage, capacity);
}

void MarkingWorld::resized(model::DeviceId origin, SectorCount capacity) {
  marks_.add(Mark::resizes);
  listener_->resized(origin, capacity);
}

void MarkingWorld::power_cut(std::uint64_t undone) {
  marks_.add(Mark::power_cuts);
  marks_.add(Mark::blocks_undone, undone);
  listener_->power_cut(undone);
}

}  // namespace cowbell::properties
