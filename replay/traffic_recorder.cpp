// SPDX-License-Identifier: Apache-2.0
#include "replay/traffic_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/text.hpp"

namespace cowbell::replay {

double TrafficFigures::seconds() const {
  if (requests == 0) return 0;
  return std::chrono::duration<double>(last_answered - first_invoked).count();
}

double TrafficFigures::requests_per_second() const {
  return seconds() > 0 ? static_cast<double>(requests) / seconds() : 0;
}

double TrafficFigures::bytes_per_second() const {
  const ByteCount bytes = of(Operation::read).bytes + of(Operation::write).bytes;
  return seconds() > 0 ? static_cast<double>(bytes.value) / seconds() : 0;
}

void TrafficRecorder::answered(const model::AnsweredRequest& request) {
  ++answered_;
  const char* phase = request.statement < span_.begin ? "prefill" : "verification";
  if (request.statement >= span_.begin && request.statement < span_.end) {
    phase = "traffic";
    ++figures_.requests;
    figures_.first_invoked = std::min(figures_.first_invoked, request.invoked);
    figures_.last_answered = std::max(figures_.last_answered, request.answered);
    auto& operation = figures_.operations[static_cast<unsigned>(request.operation)];
    if (request.outcome == Errc::none) {
      operation.latencies.record(request.answered - request.invoked);
      operation.bytes = operation.bytes + request.size;
    } else {
      ++operation.failed;
    }
  }
  if (line_.due()) {
    line_.show(fmt::format("{}: {} of {} statements", phase, format_count(answered_),
                           format_count(statements_)));
  }
}

void TrafficRecorder::checking(ByteCount done, ByteCount total) {
  if (!line_.due()) return;
  line_.show(fmt::format("reading back what was written: {} of {}", format_bytes(done),
                         format_bytes(total)));
}

}  // namespace cowbell::replay
