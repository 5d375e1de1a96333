// SPDX-License-Identifier: Apache-2.0
// Any bytes are read as a trace or refused; what is read keeps the contract of `replay::Trace`.
#include "replay/trace.hpp"

#include <algorithm>

#include "fuzz/target.hpp"
#include "replay/read_trace.hpp"

using namespace cowbell;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto trace = replay::read_trace({reinterpret_cast<const char*>(data), size}, "input");
  if (!trace) {
    if (trace.error().text.empty()) fuzz::stop("a refusal that does not say why");
    return 0;
  }
  if (trace->devices.size() > replay::kTraceDeviceMaximum) fuzz::stop("too many devices");
  if (!std::ranges::is_sorted(trace->requests, {}, &replay::TraceRequest::time)) {
    fuzz::stop("requests out of order");
  }
  for (const replay::TraceRequest& request : trace->requests) {
    const std::string_view wrong = replay::check_trace_request(request);
    if (!wrong.empty()) fuzz::stop(wrong);
    if (request.device >= trace->devices.size()) fuzz::stop("a request to no device");
    const SectorRange sectors = request.sectors();
    if (byte_offset(sectors.first) > request.offset) fuzz::stop("sectors start too late");
    const std::uint64_t end = request.offset.value + request.length.value;
    if (byte_offset(sectors.end()).value < end) fuzz::stop("sectors end too early");
  }
  return 0;
}
