// SPDX-License-Identifier: Apache-2.0
// What `cowbell trace info` prints.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "replay/trace_summary.hpp"

namespace cowbell::replay {

/// A table for people, ending in a newline; `name` is what the trace is called.
std::string trace_info_text(const TraceSummary& summary, std::string_view name);

/// The same for machines: sizes in bytes, times in seconds. Keys: `trace`, `format`, `requests`,
/// `span_seconds`, `bytes`, `footprint_bytes`, `alignment_bytes`, `rounded`, `depth_maximum`,
/// `operations`, `sizes`, `devices`, `skipped`; what the format does not tell is null.
nlohmann::ordered_json trace_info_json(const TraceSummary& summary, std::string_view name);

}  // namespace cowbell::replay
