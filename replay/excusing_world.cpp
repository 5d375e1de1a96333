// SPDX-License-Identifier: Apache-2.0
#include "replay/excusing_world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cowbell::replay {
namespace {

/// True for what only a device or the kernel can bring about. EINVAL and EOPNOTSUPP are answers to
/// requests that the engine should not have made, EAGAIN is NOWAIT's.
bool is_the_devices_own(Errc error) {
  switch (error) {
    case Errc::io:
    case Errc::no_space:
    case Errc::no_memory:
    case Errc::no_device:
    case Errc::timed_out:
    case Errc::read_only:
    case Errc::busy:
      return true;
    case Errc::none:
    case Errc::again:
    case Errc::exists:
    case Errc::not_found:
    case Errc::too_large:
    case Errc::invalid:
    case Errc::not_supported:
      return false;
  }
  return false;
}

}  // namespace

std::optional<model::Refusal> ExcusingWorld::open(const model::Scenario& scenario,
                                                  model::EffectListener& listener) {
  scenario_ = &scenario;
  listener_ = &listener;
  storages_made_ = 0;
  first_error_.reset();
  return world_.open(scenario, *this);
}

void ExcusingWorld::answered(model::DeviceId device, const Bio& bio) {
  if (is_the_devices_own(bio.status)) {
    if (!first_error_) {
      const std::string name = device.kind == model::DeviceId::Kind::storage
                                   ? "the storage"
                                   : "origin " + scenario_->origins[device.index].name;
      first_error_ =
          fmt::format("{} answered {} to a {} of {} bytes at byte {}", name, errno_name(bio.status),
                      operation_name(bio.operation), to_bytes(bio.range.count).value,
                      byte_offset(bio.range.first).value);
    }
    listener_->injected({.device = device,
                         .kind = model::request_kind(bio.operation),
                         .range = bio.range,
                         .effect = model::FaultEffect::error,
                         .error = bio.status});
  }
  listener_->answered(device, bio);
}

void ExcusingWorld::growth_failed(model::DeviceId storage, SectorCount capacity, Errc error) {
  if (!first_error_) {
    first_error_ = fmt::format("the storage could not be made {} bytes long: {}",
                               to_bytes(capacity).value, errno_name(error));
  }
  listener_->injected({.device = storage,
                       .kind = model::RequestKind::grow,
                       .range = {{}, capacity},
                       .effect = model::FaultEffect::error,
                       .error = error});
}

Result<StorageBacking*> ExcusingWorld::make_storage() {
  const model::DeviceId id{model::DeviceId::Kind::storage, storages_made_++};
  const auto made = world_.make_storage();
  if (!made) {
    growth_failed(id, scenario_->storage.size, made.error());
    return made;
  }
  return &storages_.emplace_back(*this, **made, world_.storage_id(**made));
}

void ExcusingWorld::drop_storage(StorageBacking& storage) {
  const auto found = std::ranges::find(
      storages_, &storage, [](Storage& made) { return static_cast<StorageBacking*>(&made); });
  world_.drop_storage(found->backing());
  storages_.erase(found);
}

model::DeviceId ExcusingWorld::storage_id(const StorageBacking& storage) const {
  return static_cast<const Storage&>(storage).id();
}

Errc ExcusingWorld::Storage::grow(SectorCount capacity) {
  const Errc error = backing_.grow(capacity);
  if (is_the_devices_own(error)) world_.growth_failed(id_, capacity, error);
  return error;
}

}  // namespace cowbell::replay
