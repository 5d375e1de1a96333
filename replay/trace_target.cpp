// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/uring/stacking.hpp"
#include "core/uring/target.hpp"

namespace cowbell::replay {
namespace {

std::string names(const Trace& trace) {
  std::string out;
  for (const std::string& device : trace.devices) out += " '" + device + "'";
  return out;
}

}  // namespace

std::expected<std::vector<std::string>, std::string> paths_of_devices(
    const Trace& trace, const std::vector<std::string>& arguments) {
  std::vector<std::string> paths(trace.devices.size());
  if (arguments.size() == 1 && trace.devices.size() == 1 &&
      !arguments[0].starts_with(trace.devices[0] + "=")) {
    paths[0] = arguments[0];
    return paths;
  }
  for (const std::string& argument : arguments) {
    const auto device = std::ranges::find_if(
        trace.devices, [&](const std::string& name) { return argument.starts_with(name + "="); });
    if (device == trace.devices.end()) {
      return std::unexpected(
          fmt::format("--origin {}: expected DEVICE=PATH, of the devices of the trace:{}", argument,
                      names(trace)));
    }
    std::string& path = paths[static_cast<std::size_t>(device - trace.devices.begin())];
    if (!path.empty()) {
      return std::unexpected(fmt::format("--origin {}: expected each device once", argument));
    }
    path = argument.substr(device->size() + 1);
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!paths[i].empty()) continue;
    return std::unexpected(fmt::format("expected --origin '{}=PATH': the trace has the devices{}",
                                       trace.devices[i], names(trace)));
  }
  return paths;
}

std::expected<TraceTarget::Device, std::string> measure_trace_target(const std::string& path,
                                                                     ByteCount alignment,
                                                                     ByteCount end) {
  TraceTarget::Device device;
  // What cannot be opened is told by the world of devices, which looks more closely.
  const auto target = uring::open_target(path, {.read_only = true});
  if (!target) return device;
  const ByteCount block = target->geometry.logical_block;
  if (target->identity.is_block_device) {
    const ByteCount size = to_bytes(target->geometry.capacity);
    if (size < end) {
      return std::unexpected(fmt::format(
          "'{}' is too small for the trace: it has {} bytes, and the trace reaches to byte {}",
          path, size.value, end.value));
    }
    device.logical_block = block;
  } else if (alignment.value % block.value == 0) {
    device.logical_block = block;
  }
  return device;
}

std::optional<model::StorageSpec> measure_storage_device(const std::string& path) {
  const std::optional<uring::Identity> identity = uring::identify(path);
  if (!identity || !identity->is_block_device) return std::nullopt;
  model::StorageSpec storage;
  storage.kind = model::StorageKind::device;
  // As above, the world of devices tells what cannot be opened.
  if (const auto target = uring::open_target(path, {.read_only = true}))
    storage.size = target->geometry.capacity;
  return storage;
}

}  // namespace cowbell::replay
