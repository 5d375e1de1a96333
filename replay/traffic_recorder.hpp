// SPDX-License-Identifier: Apache-2.0
// Measures the requests of a trace while they are played, and says how far the run has come.
#pragma once

#include <array>
#include <cstdint>

#include "models/runner.hpp"
#include "replay/latency_histogram.hpp"
#include "replay/progress_line.hpp"

namespace cowbell::replay {

/// The statements of a program that are the trace's, without prefill and verification.
struct TrafficSpan {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< one past the last
};

/// What is counted of one kind of request.
struct OperationFigures {
  LatencyHistogram latencies;  ///< of successful requests
  ByteCount bytes{};           ///< of successful requests
  std::uint64_t failed = 0;
};

/// Times are the world's.
struct TrafficFigures {
  std::array<OperationFigures, kOperationCount> operations;  ///< by Operation
  std::uint64_t requests = 0;                                ///< answered, failed ones among them
  Time first_invoked = kForever;
  Time last_answered{};

  const OperationFigures& of(Operation operation) const {
    return operations[static_cast<unsigned>(operation)];
  }
  /// From the first request to the last answer; 0 if there was none.
  double seconds() const;
  double requests_per_second() const;
  /// Of the data that reads and writes carry.
  double bytes_per_second() const;
};

class TrafficRecorder final : public model::RequestListener {
 public:
  /// `statements` of the whole program, for the progress line, which is shown if `progress`.
  TrafficRecorder(TrafficSpan span, std::size_t statements, bool progress)
      : span_(span), statements_(statements), line_(progress) {}

  void answered(const model::AnsweredRequest& request) override;
  void checking(ByteCount done, ByteCount total) override;

  /// Takes the progress line away.
  void finish() { line_.clear(); }

  const TrafficFigures& figures() const { return figures_; }

 private:
  const TrafficSpan span_;
  const std::size_t statements_;
  std::size_t answered_ = 0;
  TrafficFigures figures_;
  ProgressLine line_;
};

}  // namespace cowbell::replay
