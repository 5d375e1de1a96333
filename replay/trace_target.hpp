// SPDX-License-Identifier: Apache-2.0
// The devices of a trace and the paths on the command line, brought together.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "replay/trace_scenario.hpp"

namespace cowbell::replay {

/// The path for each device of `trace`, from arguments that are `PATH` if the trace has one device,
/// or else `DEVICE=PATH` once for each. Errors: a sentence.
std::expected<std::vector<std::string>, std::string> paths_of_devices(
    const Trace& trace, const std::vector<std::string>& arguments);

/// What is known of the device at `path` before anything is opened for writing: a block device's
/// logical block; of a regular file the block of O_DIRECT, as long as the trace's `alignment`
/// allows it, so that requests need no detour. Size 0: the scenario takes what the trace needs.
/// Errors: a sentence; a device that is smaller than `end`.
std::expected<TraceTarget::Device, std::string> measure_trace_target(const std::string& path,
                                                                     ByteCount alignment,
                                                                     ByteCount end);

/// What the difference storage is if `path` is a block device: all of it. Nothing for any other
/// path. The size is 0 for a device that cannot be opened.
std::optional<model::StorageSpec> measure_storage_device(const std::string& path);

}  // namespace cowbell::replay
