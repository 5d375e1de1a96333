// SPDX-License-Identifier: Apache-2.0
#include "replay/trace.hpp"

#include <algorithm>

namespace cowbell::replay {

std::string_view format_name(TraceFormat format) {
  switch (format) {
    case TraceFormat::fio_iolog_2:
      return "fio iolog version 2";
    case TraceFormat::fio_iolog_3:
      return "fio iolog version 3";
    case TraceFormat::blkparse_text:
      return "blkparse text";
  }
  return "";
}

SectorRange TraceRequest::sectors() const {
  const Sector first{offset.value >> kSectorShift};
  const Sector end{(offset.value + length.value + kSectorSize - 1) >> kSectorShift};
  return {first, end - first};
}

bool TraceRequest::rounded() const {
  return offset.value % kSectorSize != 0 || length.value % kSectorSize != 0;
}

std::uint32_t Trace::device_index(std::string_view name) {
  const auto found = std::ranges::find(devices, name);
  if (found != devices.end()) return static_cast<std::uint32_t>(found - devices.begin());
  devices.emplace_back(name);
  return static_cast<std::uint32_t>(devices.size() - 1);
}

void Trace::skip(std::string_view why) {
  const auto found = std::ranges::find(skipped, why, &Skipped::why);
  if (found != skipped.end()) {
    ++found->count;
  } else {
    skipped.push_back({std::string(why), 1});
  }
}

void Trace::sort_by_time() {
  std::ranges::stable_sort(requests, {}, &TraceRequest::time);
}

std::string_view check_trace_request(const TraceRequest& request) {
  if (request.offset.value > kTraceOffsetMaximum ||
      request.length.value > kTraceOffsetMaximum - request.offset.value) {
    return "expected offset + length below 2^63 bytes";
  }
  if (carries_data(request.operation) && request.length.value > kTraceDataMaximum) {
    return "expected a read or write of at most 4 GiB";
  }
  return {};
}

}  // namespace cowbell::replay
