// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

namespace cowbell::replay {
namespace {

using Lane = Timeline::Lane;

constexpr std::string_view kProgramFiber = "program";

// As fibers are named where they are started, from what clients feel first to what they never do.
constexpr std::array<std::string_view, 4> kEngineFibers{
    "copy-on-write", "image I/O", "store of preserved chunks", "growth of the difference storage"};
constexpr std::array<std::string_view, 4> kShortNames{"copy-on-write", "image I/O", "store",
                                                      "growth"};

// What explains a run is on the left.
constexpr std::uint32_t kClients = 0;
constexpr std::uint32_t kEngine = 1;
constexpr std::uint32_t kOrigins = 10;
constexpr std::uint32_t kStorages = 11;
constexpr std::uint32_t kCheck = 12;

constexpr std::string_view kClientName = "client ";
constexpr std::uint32_t kNoClient = 1 << 20;  // past all clients: what they do in the background

bool is_of_clients(std::string_view name) {
  return name.find("client") != std::string_view::npos || name == "background statement";
}

}  // namespace

std::string TimelineLanes::fiber_name(const FiberName& fiber) const {
  if (fiber.name.starts_with(kClientName)) return std::string(fiber.name);
  if (fiber.name == kProgramFiber) return std::string(kProgram);
  const auto found = std::find(kEngineFibers.begin(), kEngineFibers.end(), fiber.name);
  return fmt::format("{} {}",
                     found == kEngineFibers.end()
                         ? fiber.name
                         : kShortNames[static_cast<std::size_t>(found - kEngineFibers.begin())],
                     fiber.number);
}

std::string TimelineLanes::device_name(model::DeviceId device) const {
  if (device.kind == model::DeviceId::Kind::origin)
    return "origin " + scenario_.origins[device.index].name;
  return device.index < storages_.size() ? "storage of " + storages_[device.index]
                                         : fmt::format("storage {}", device.index);
}

Timeline::LaneIndex TimelineLanes::add(Lane lane, Order order) {
  lanes_.push_back(std::move(lane));
  orders_.push_back(order);
  return lanes_.size() - 1;
}

Timeline::LaneIndex TimelineLanes::of(const FiberName& fiber) {
  const auto [place, fresh] = fibers_.try_emplace(fiber.number, 0);
  if (!fresh) return place->second;
  const std::string name = fiber_name(fiber);
  if (fiber.name == kProgramFiber)
    return place->second = add({Lane::Kind::client, name}, {kCheck, 0});
  if (is_of_clients(fiber.name)) {
    std::uint32_t order = kNoClient + fiber.number;
    if (name.starts_with(kClientName))
      std::from_chars(name.data() + kClientName.size(), name.data() + name.size(), order);
    return place->second = add({Lane::Kind::client, name}, {kClients, order});
  }
  const auto type = static_cast<std::uint32_t>(
      std::find(kEngineFibers.begin(), kEngineFibers.end(), fiber.name) - kEngineFibers.begin());
  return place->second = add({Lane::Kind::engine, name}, {kEngine + type, fiber.number});
}

Timeline::LaneIndex TimelineLanes::of(model::DeviceId device) {
  const auto [place, fresh] = devices_.try_emplace({device.kind, device.index}, 0);
  if (!fresh) return place->second;
  const bool origin = device.kind == model::DeviceId::Kind::origin;
  return place->second =
             add({origin ? Lane::Kind::origin : Lane::Kind::storage, device_name(device)},
                 {origin ? kOrigins : kStorages, device.index});
}

void TimelineLanes::take(model::SnapshotIndex snapshot) {
  storages_.push_back(scenario_.snapshots[snapshot]);
}

void TimelineLanes::put_in_order(Timeline& timeline) {
  std::vector<bool> used(lanes_.size());
  for (const auto& span : timeline.spans) used[span.lane] = true;
  for (const auto& note : timeline.notes)
    if (note.lane != Timeline::kNoLane) used[note.lane] = true;
  for (const auto& request : timeline.requests) used[request.device] = true;

  std::vector<Timeline::LaneIndex> order(lanes_.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](Timeline::LaneIndex lane) { return !used[lane]; });
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return orders_[a] < orders_[b]; });

  std::vector<Lane> lanes;
  std::vector<Timeline::LaneIndex> place(lanes_.size(), Timeline::kNoLane);
  for (const Timeline::LaneIndex lane : order) {
    place[lane] = lanes.size();
    lanes.push_back(std::move(lanes_[lane]));
  }
  timeline.move_to(std::move(lanes), place);
}

}  // namespace cowbell::replay
