// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_summary.hpp"

#include <algorithm>
#include <bit>

#include "replay/range_union.hpp"

namespace cowbell::replay {
namespace {

ByteCount footprint_of(std::vector<SectorRange> ranges) {
  return to_bytes(total(range_union(std::move(ranges))));
}

/// The smallest value that at least `share` of them do not exceed.
ByteCount ranked(const std::vector<ByteCount>& ascending, std::uint64_t percent) {
  const std::uint64_t rank = (ascending.size() * percent + 99) / 100;
  return ascending[rank == 0 ? 0 : rank - 1];
}

SizePercentiles percentiles(std::vector<ByteCount> sizes) {
  if (sizes.empty()) return {};
  std::ranges::sort(sizes);
  return {sizes.front(), ranked(sizes, 50), ranked(sizes, 90), ranked(sizes, 99), sizes.back()};
}

OperationSummary summarize_operation(const Trace& trace, Operation operation) {
  OperationSummary summary;
  std::vector<ByteCount> sizes;
  // Sectors of different devices are different: one union for each device.
  std::vector<std::vector<SectorRange>> touched(trace.devices.size());
  for (const TraceRequest& request : trace.requests) {
    if (request.operation != operation) continue;
    ++summary.requests;
    summary.bytes = summary.bytes + request.length;
    summary.fua += request.flags.fua;
    summary.preflush += request.flags.preflush;
    sizes.push_back(request.length);
    touched[request.device].push_back(request.sectors());
  }
  summary.sizes = percentiles(std::move(sizes));
  for (auto& ranges : touched) {
    summary.footprint = summary.footprint + footprint_of(std::move(ranges));
  }
  return summary;
}

DeviceSummary summarize_device(const Trace& trace, std::uint32_t device) {
  DeviceSummary summary{.name = trace.devices[device]};
  std::vector<SectorRange> touched;
  for (const TraceRequest& request : trace.requests) {
    if (request.device != device) continue;
    ++summary.requests;
    touched.push_back(request.sectors());
  }
  touched = range_union(std::move(touched));
  if (!touched.empty()) {
    summary.lowest = to_bytes(touched.front().first - Sector{});
    summary.end = to_bytes(touched.back().end() - Sector{});
  }
  summary.footprint = to_bytes(total(touched));
  return summary;
}

}  // namespace

TraceSummary summarize(const Trace& trace) {
  TraceSummary summary{.format = trace.format, .requests = trace.requests.size()};
  if (trace.timed && !trace.requests.empty()) {
    summary.span = trace.requests.back().time - trace.requests.front().time;
  }
  for (unsigned operation = 0; operation < kOperationCount; ++operation) {
    summary.operations[operation] = summarize_operation(trace, static_cast<Operation>(operation));
  }
  for (std::uint32_t device = 0; device < trace.devices.size(); ++device) {
    summary.devices.push_back(summarize_device(trace, device));
    summary.footprint = summary.footprint + summary.devices.back().footprint;
  }
  std::uint64_t positions = 0;
  for (const TraceRequest& request : trace.requests) {
    if (request.length.value == 0) continue;
    ++summary.size_histogram[static_cast<unsigned>(std::bit_width(request.length.value)) - 1];
    summary.rounded += request.rounded();
    positions |=
        byte_offset(request.sectors().first).value | byte_offset(request.sectors().end()).value;
  }
  if (positions != 0) summary.alignment = {positions & -positions};
  summary.depth_maximum = trace.depth_maximum;
  summary.skipped = trace.skipped;
  return summary;
}

}  // namespace cowbell::replay
