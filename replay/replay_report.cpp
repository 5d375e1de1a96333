// SPDX-License-Identifier: Apache-2.0
#include "replay/replay_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "replay/input_error.hpp"
#include "replay/text.hpp"
#include "replay/verdict_text.hpp"

namespace cowbell::replay {
namespace {

using json = nlohmann::ordered_json;

struct Percentile {
  const char* name;
  double percent;
};
constexpr std::array<Percentile, 5> kPercentiles{
    {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}}};

std::string row(std::string_view what, std::string_view value) {
  return fmt::format("{:<16}{}\n", what, value);
}

std::uint64_t whole(double value) {
  return static_cast<std::uint64_t>(value + 0.5);
}

std::string latency_table(const TrafficFigures& traffic) {
  std::string out = fmt::format("\n{:<10}{:>10}{:>12}", "operation", "requests", "bytes");
  for (const auto& percentile : kPercentiles) out += fmt::format("{:>10}", percentile.name);
  out += '\n';
  for (unsigned i = 0; i < kOperationCount; ++i) {
    const OperationFigures& figures = traffic.operations[i];
    if (figures.latencies.count() + figures.failed == 0) continue;
    out += fmt::format("{:<10}{:>10}{:>12}", operation_name(static_cast<Operation>(i)),
                       format_count(figures.latencies.count()), format_bytes(figures.bytes));
    for (const auto& percentile : kPercentiles) {
      out += fmt::format("{:>10}", format_time(figures.latencies.percentile(percentile.percent)));
    }
    if (figures.failed != 0) out += fmt::format("  {} failed", format_count(figures.failed));
    out += '\n';
  }
  return out + '\n';
}

json latencies_json(const TrafficFigures& traffic) {
  json out = json::object();
  for (unsigned i = 0; i < kOperationCount; ++i) {
    const OperationFigures& figures = traffic.operations[i];
    json& operation = out[std::string(operation_name(static_cast<Operation>(i)))];
    operation["requests"] = figures.latencies.count();
    operation["failed"] = figures.failed;
    operation["bytes"] = figures.bytes.value;
    for (const auto& percentile : kPercentiles) {
      const Time latency = figures.latencies.percentile(percentile.percent);
      operation[std::string(percentile.name) + "_us"] =
          std::chrono::duration<double, std::micro>(latency).count();
    }
  }
  return out;
}

}  // namespace

std::string_view ReplayReport::verdict() const {
  return not_kept() ? "not kept" : verdict_word(breach);
}

ExitCode ReplayReport::code() const {
  if (not_kept()) return ExitCode::environment;
  if (breach) return ExitCode::broke;
  return environment_error ? ExitCode::environment : ExitCode::held;
}

std::string replay_report_text(const ReplayReport& report) {
  std::string out =
      row("trace", fmt::format("{} ({}), {}", report.trace, format_name(report.format),
                               format_count(report.trace_requests, "request")));
  for (const auto& origin : report.origins) {
    out += row("origin", fmt::format("{}, {}, for device {} of the trace",
                                     origin.path.empty() ? "simulated" : origin.path,
                                     format_bytes(origin.size), in_quotes(origin.device)));
  }
  if (report.rounded != 0) {
    out += row("odd sizes", fmt::format("{} played as the sectors that hold them",
                                        format_count(report.rounded, "request")));
  }
  out +=
      row("snapshot", fmt::format("asked for after {} of {}", format_count(report.snapshot_after),
                                  format_count(report.trace_requests, "request")));
  if (report.traffic != nullptr) {
    const TrafficFigures& traffic = *report.traffic;
    out += row("played",
               fmt::format("{} in {}: {} IOPS, {}/s", format_count(traffic.requests, "request"),
                           format_time(Time(whole(traffic.seconds() * 1e9))),
                           format_count(whole(traffic.requests_per_second())),
                           format_bytes({whole(traffic.bytes_per_second())})));
    out += latency_table(traffic);
  } else {
    out += row("played", fmt::format("{}, simulated", format_count(report.requests, "request")));
  }
  out += row("chunks copied", format_count(report.counts.chunks_copied));
  out += row("verified",
             fmt::format("{}, {} mismatch{}", format_count(report.counts.blocks_verified, "block"),
                         mismatches(report.breach), mismatches(report.breach) == 1 ? "" : "es"));
  out += row("verdict", report.verdict());
  if (report.environment_error) out += row("environment", *report.environment_error);
  if (report.breach) out += "\n" + breach_text(*report.breach, report.trace, report.command);
  return out;
}

json replay_report_json(const ReplayReport& report) {
  json out = {{"trace", report.trace},
              {"format", format_name(report.format)},
              {"origins", json::array()},
              {"trace_requests", report.trace_requests},
              {"requests", report.requests},
              {"rounded", report.rounded},
              {"snapshot_after", report.snapshot_after},
              {"seconds", nullptr},
              {"iops", nullptr},
              {"bytes_per_second", nullptr},
              {"latencies", nullptr}};
  for (const auto& origin : report.origins) {
    out["origins"].push_back(
        {{"device", origin.device}, {"path", origin.path}, {"bytes", origin.size.value}});
  }
  if (report.traffic != nullptr) {
    out["seconds"] = report.traffic->seconds();
    out["iops"] = report.traffic->requests_per_second();
    out["bytes_per_second"] = report.traffic->bytes_per_second();
    out["latencies"] = latencies_json(*report.traffic);
  }
  add_counts(out, report.counts, report.breach);
  add_verdict(out, report.breach, report.command);
  out["verdict"] = report.verdict();
  out["environment_error"] = nullptr;
  if (report.environment_error) out["environment_error"] = *report.environment_error;
  return out;
}

}  // namespace cowbell::replay
