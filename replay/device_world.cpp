// SPDX-License-Identifier: Apache-2.0
#include "replay/device_world.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/invariant.hpp"
#include "core/uring/storage_file.hpp"
#include "replay/device_world_storage.hpp"

namespace cowbell::replay {
namespace {

using model::Refusal;
using model::Scenario;
using model::SourceLine;
using model::StatementKind;

constexpr std::string_view kOwnProfile = "the profile of a real device is its own";

/// Erased in one request.
constexpr SectorCount kEraseMaximum{(std::uint64_t{256} << 20) >> kSectorShift};

std::optional<std::string> unsupported(StatementKind kind) {
  switch (kind) {
    case StatementKind::power_cut:
      return "real devices take no power_cut";
    case StatementKind::resize:
      return "real devices take no resize";
    default:
      return std::nullopt;
  }
}

/// Keeps the refusal that stands first in the file; of those without a line, the one found first.
void offer(std::optional<Refusal>& first, SourceLine line, std::optional<std::string> why) {
  if (why && (!first || line.number < first->line.number)) first = Refusal{line, *std::move(why)};
}

Errc write_zeroes(BlockDevice& device, SectorRange range) {
  Bio bio;
  bio.operation = Operation::write_zeroes;
  bio.range = range;
  return submit_and_wait(device, bio);
}

}  // namespace

void* CountedMemory::do_allocate(std::size_t size, std::size_t alignment) {
  void* block = memory_.allocate(size, alignment);
  in_use_ += ByteCount{size};
  peak_ = std::max(peak_, in_use_);
  return block;
}

void CountedMemory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  in_use_ -= ByteCount{size};
  memory_.deallocate(block, size, alignment);
}

DeviceWorld::~DeviceWorld() {
  if (scenario_ != nullptr) close();
}

std::optional<Refusal> DeviceWorld::refuses(const Scenario& scenario) const {
  std::optional<Refusal> first;
  for (const model::DeviceFault& fault : scenario.faults)
    offer(first, fault.line, "faults cannot be injected into real devices");
  for (const model::MemoryFault& fault : scenario.memory_faults)
    offer(first, fault.line, "faults are only for simulated runs");
  for (const model::LatencySpec& latency : scenario.latencies)
    offer(first, latency.line, "the latency of real devices is their own");
  if (scenario.storage.profile != model::Profile::none)
    offer(first, scenario.storage.line, std::string(kOwnProfile));
  offer(first, scenario.storage.line,
        refused_as_storage(scenario.storage.kind, options_.storage, options_.destroy,
                           options_.origins));
  if (scenario.storage.kind == model::StorageKind::device)
    if (const model::Statement* take = second_live_take(scenario))
      offer(first, take->line,
            "a block device is the storage of one snapshot at a time, and another is live");
  for (const model::Statement& statement : scenario.program)
    offer(first, statement.line, unsupported(statement.kind));
  for (const model::OriginSpec& origin : scenario.origins) {
    if (origin.profile != model::Profile::none) offer(first, origin.line, std::string(kOwnProfile));
    const auto path = options_.origins.find(origin.name);
    if (path == options_.origins.end())
      offer(first, origin.line, fmt::format("no path was given for origin '{}'", origin.name));
    else
      offer(first, origin.line,
            OriginPlace(origin, path->second, options_.destroy || made_.contains(path->second))
                .refused());
  }
  for (const auto& [name, path] : options_.origins)
    if (std::ranges::find(scenario.origins, name, &model::OriginSpec::name) ==
        scenario.origins.end())
      offer(first, {}, fmt::format("the scenario has no origin '{}', given as '{}'", name, path));
  return first;
}

std::optional<std::string> DeviceWorld::open_reactor() {
  if (reactor_ != nullptr) return std::nullopt;
  uring::Opened<std::unique_ptr<uring::Reactor>> reactor = uring::Reactor::open();
  if (!reactor) return reactor.error().text;
  reactor_ = std::move(*reactor);
  return std::nullopt;
}

std::optional<std::string> DeviceWorld::open_storage_device(const model::StorageSpec& storage) {
  auto device = uring::StorageDevice::open(*reactor_, options_.storage, storage.size);
  if (!device) return device.error().text;
  storage_device_ = std::move(*device);
  return std::nullopt;
}

/// Tries what `make_storage` will do.
std::optional<std::string> DeviceWorld::check_storage(const model::StorageSpec& storage) {
  if (storage.kind == model::StorageKind::device) return open_storage_device(storage);
  const std::string& directory = options_.storage;
  struct stat status {};
  if (::stat(directory.c_str(), &status) == 0 && !S_ISDIR(status.st_mode))
    return fmt::format("'{}' cannot hold difference storage: it is not a directory", directory);
  std::optional<std::string> why;
  reactor_->run([&] {
    const auto file = uring::StorageFile::open(*reactor_, directory, {.size = storage.size});
    if (!file) why = file.error().text;
  });
  return why;
}

std::optional<std::string> DeviceWorld::erase(BlockDevice& device, const OriginPlace& place,
                                              SectorCount size) {
  Errc error = Errc::none;
  reactor_->run([&] {
    for (SectorRange range{}; error == Errc::none && range.end().value < size.value;) {
      range = {range.end(), std::min(kEraseMaximum, SectorCount{size.value - range.end().value})};
      error = write_zeroes(device, range);
    }
  });
  if (error == Errc::none) return std::nullopt;
  return fmt::format("'{}' cannot be filled with zeroes: {}", place.path(), errno_name(error));
}

std::optional<Refusal> DeviceWorld::make_origins(Places& places) {
  const std::vector<model::OriginSpec>& specs = scenario_->origins;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (auto why = places[i]->check()) return Refusal{specs[i].line, *why};
  for (std::size_t i = 0; i < places.size(); ++i)
    if (auto why = places[i]->reserve()) return Refusal{specs[i].line, *why};
  if (auto why = check_storage(scenario_->storage)) return Refusal{scenario_->storage.line, *why};
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    const model::OriginSpec& spec = specs[i];
    auto device = places[i]->open(*reactor_);
    if (!places[i]->made())
      if (auto why = erase(*device, *places[i], spec.size)) return Refusal{spec.line, *why};
    const Announcer announcer({model::DeviceId::Kind::origin, i}, *listener_, *reactor_);
    const Geometry geometry{.capacity = spec.size,
                            .logical_block = spec.logical_block,
                            .physical_block = spec.logical_block,
                            .minimum_io = spec.minimum_io};
    origins_.push_back(std::make_unique<AnnouncedOrigin>(announcer, std::move(device), geometry));
  }
  return std::nullopt;
}

std::optional<Refusal> DeviceWorld::open(const Scenario& scenario,
                                         model::EffectListener& listener) {
  COWBELL_INVARIANT(S13, scenario_ == nullptr);
  if (auto refusal = refuses(scenario)) return refusal;
  if (auto why = open_reactor()) return Refusal{{}, *why};
  memory_.restart();
  scenario_ = &scenario;
  listener_ = &listener;
  storages_made_ = 0;
  Places places;
  for (const model::OriginSpec& spec : scenario.origins) {
    const std::string& path = options_.origins.at(spec.name);
    places.push_back(
        std::make_unique<OriginPlace>(spec, path, options_.destroy || made_.contains(path)));
  }
  if (auto refusal = make_origins(places)) {
    origins_.clear();
    storage_device_.reset();
    scenario_ = nullptr;
    return refusal;
  }
  for (const auto& place : places) {
    place->keep();
    if (place->made()) made_.insert(place->path());
  }
  return std::nullopt;
}

model::Rest DeviceWorld::run(const std::function<void()>& program) {
  COWBELL_INVARIANT(S13, scenario_ != nullptr);
  switch (reactor_->run(program)) {
    case uring::Rest::done:
      return model::Rest::done;
    case uring::Rest::deadlock:
      return model::Rest::deadlock;
  }
  return model::Rest::deadlock;
}

void DeviceWorld::close() {
  COWBELL_INVARIANT(S13, scenario_ != nullptr);
  COWBELL_INVARIANT(S11, memory_.in_use().value == 0);
  storages_.clear();
  storage_device_.reset();
  origins_.clear();
  scenario_ = nullptr;
}

Result<StorageBacking*> DeviceWorld::make_storage() {
  const std::uint32_t number = storages_made_++;
  std::shared_ptr<StorageBacking> backing = storage_device_;
  if (backing == nullptr) {
    auto file =
        uring::StorageFile::open(*reactor_, options_.storage, {.size = scenario_->storage.size});
    if (!file) return std::unexpected(file.error().error);
    backing = std::move(*file);
  } else if (!storages_.empty()) {
    return std::unexpected(Errc::busy);
  }
  const Announcer announcer({model::DeviceId::Kind::storage, number}, *listener_, *reactor_);
  storages_.push_back(std::make_unique<AnnouncedStorage>(announcer, std::move(backing)));
  return storages_.back().get();
}

void DeviceWorld::drop_storage(StorageBacking& storage) {
  const auto found = std::ranges::find(storages_, &storage, [](const auto& made) {
    return static_cast<StorageBacking*>(made.get());
  });
  COWBELL_INVARIANT(S11, found != storages_.end());
  storages_.erase(found);
}

model::DeviceId DeviceWorld::storage_id(const StorageBacking& storage) const {
  return static_cast<const AnnouncedStorage&>(storage).id();
}

}  // namespace cowbell::replay
