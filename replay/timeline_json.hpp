// SPDX-License-Identifier: Apache-2.0
// A timeline in the trace-event form of Chrome's tracing, which Perfetto (ui.perfetto.dev) opens.
//
// Process 1 is the program and the engine, a thread for each fiber: slices that nest (`B`, `E`),
// and `b`, `e` for requests in the background, which do not. Process 2 is the devices: `b`, `e` for
// each request, `n` where blocks take effect. Counters (`C`) are bytes; `i` is what happened at one
// moment. Times are microseconds of the run.
#pragma once

#include <nlohmann/json.hpp>

#include "replay/timeline.hpp"

namespace cowbell::replay {

nlohmann::ordered_json to_trace_events(const Timeline& timeline);

}  // namespace cowbell::replay
