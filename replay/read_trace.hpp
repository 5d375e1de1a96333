// SPDX-License-Identifier: Apache-2.0
// The one way in for traces: the format is told from the contents, never from the name.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "replay/input_error.hpp"
#include "replay/trace.hpp"

namespace cowbell::replay {

/// No input file may be larger; it is held in memory while it is read.
inline constexpr std::uint64_t kTraceFileMaximum = std::uint64_t{1} << 30;

/// Reads a trace of any known format. `name` is what errors call it.
std::expected<Trace, InputError> read_trace(std::string_view bytes, std::string_view name);

/// The contents of the file at `path`, which may be a pipe; at most `maximum` bytes.
std::expected<std::string, InputError> read_input_file(const std::string& path,
                                                       std::uint64_t maximum = kTraceFileMaximum);

/// Both: an error names `path`.
std::expected<Trace, InputError> read_trace_file(const std::string& path);

}  // namespace cowbell::replay
