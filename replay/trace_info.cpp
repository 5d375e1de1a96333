// SPDX-License-Identifier: Apache-2.0
#include "replay/trace_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "replay/input_error.hpp"
#include "replay/text.hpp"

namespace cowbell::replay {
namespace {

using json = nlohmann::ordered_json;

std::string printable(std::string_view name) {
  std::string text = in_quotes(name, 200);
  return text.substr(1, text.size() - 2);
}

ByteCount bytes_of(const TraceSummary& summary) {
  ByteCount sum;
  for (const auto& operation : summary.operations) sum = sum + operation.bytes;
  return sum;
}

std::string heading(const TraceSummary& summary, std::string_view name) {
  std::string out;
  const auto row = [&](std::string_view what, std::string_view value) {
    out += fmt::format("{:<16}{}\n", what, value);
  };
  row("trace", printable(name));
  row("format", format_name(summary.format));
  row("requests", format_count(summary.requests));
  row("span", summary.span ? format_time(*summary.span) : "the format keeps no times");
  row("data", fmt::format("{} in requests, {} distinct", format_bytes(bytes_of(summary)),
                          format_bytes(summary.footprint)));
  const std::uint64_t reads = summary.of(Operation::read).requests;
  const std::uint64_t writes = summary.of(Operation::write).requests;
  row("mix", fmt::format("{} reads, {} writes", format_share(reads, reads + writes),
                         format_share(writes, reads + writes)));
  row("alignment", summary.alignment.value == 0 ? "-" : format_bytes(summary.alignment));
  row("greatest depth",
      summary.depth_maximum ? format_count(*summary.depth_maximum) : "the format does not tell");
  if (summary.rounded != 0) {
    row("odd sizes", fmt::format("{} not whole sectors, played as the sectors that hold them",
                                 format_count(summary.rounded)));
  }
  return out;
}

std::string operations_table(const TraceSummary& summary) {
  std::string out = fmt::format("\n{:<10}{:>10}{:>12}{:>12}{:>8}{:>10}   {:>9}{:>9}{:>9}{:>9}\n",
                                "operation", "requests", "bytes", "distinct", "FUA", "PREFLUSH",
                                "least", "p50", "p99", "most");
  for (unsigned i = 0; i < kOperationCount; ++i) {
    const OperationSummary& operation = summary.operations[i];
    if (operation.requests == 0) continue;
    const auto name = operation_name(static_cast<Operation>(i));
    if (static_cast<Operation>(i) == Operation::flush) {
      out += fmt::format("{:<10}{:>10}\n", name, format_count(operation.requests));
      continue;
    }
    out += fmt::format("{:<10}{:>10}{:>12}{:>12}{:>8}{:>10}   {:>9}{:>9}{:>9}{:>9}\n", name,
                       format_count(operation.requests), format_bytes(operation.bytes),
                       format_bytes(operation.footprint), format_count(operation.fua),
                       format_count(operation.preflush), format_bytes(operation.sizes.least),
                       format_bytes(operation.sizes.p50), format_bytes(operation.sizes.p99),
                       format_bytes(operation.sizes.most));
  }
  return out;
}

std::string sizes_table(const TraceSummary& summary) {
  constexpr std::uint64_t kBarWidth = 40;
  const std::uint64_t most = std::ranges::max(summary.size_histogram);
  if (most == 0) return {};
  std::string out = fmt::format("\n{:<10}{:>10}\n", "size from", "requests");
  for (unsigned i = 0; i < summary.size_histogram.size(); ++i) {
    const std::uint64_t count = summary.size_histogram[i];
    if (count == 0) continue;
    const std::uint64_t width = std::max<std::uint64_t>(1, count * kBarWidth / most);
    out += fmt::format("{:<10}{:>10}  {}\n", format_bytes({std::uint64_t{1} << i}),
                       format_count(count), std::string(width, '#'));
  }
  return out;
}

std::string devices_table(const TraceSummary& summary) {
  if (summary.devices.empty()) return {};
  std::size_t width = 10;
  for (const auto& device : summary.devices) width = std::max(width, printable(device.name).size());
  std::string out = fmt::format("\n{:<{}}{:>12}{:>12}{:>12}{:>12}\n", "device", width, "requests",
                                "from", "to", "distinct");
  for (const auto& device : summary.devices) {
    out += fmt::format("{:<{}}{:>12}{:>12}{:>12}{:>12}\n", printable(device.name), width,
                       format_count(device.requests), format_bytes(device.lowest),
                       format_bytes(device.end), format_bytes(device.footprint));
  }
  return out;
}

std::string skipped_table(const TraceSummary& summary) {
  if (summary.skipped.empty()) return {};
  std::string out = "\nnot played\n";
  for (const auto& skipped : summary.skipped) {
    out += fmt::format("{:>10}  {}\n", format_count(skipped.count), skipped.why);
  }
  return out;
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

}  // namespace

std::string trace_info_text(const TraceSummary& summary, std::string_view name) {
  return heading(summary, name) + operations_table(summary) + sizes_table(summary) +
         devices_table(summary) + skipped_table(summary);
}

json trace_info_json(const TraceSummary& summary, std::string_view name) {
  json out = {{"trace", name},
              {"format", format_name(summary.format)},
              {"requests", summary.requests},
              {"bytes", bytes_of(summary).value},
              {"footprint_bytes", summary.footprint.value},
              {"alignment_bytes", summary.alignment.value},
              {"rounded", summary.rounded},
              {"depth_maximum", or_null(summary.depth_maximum)},
              {"operations", json::object()},
              {"sizes", json::array()},
              {"devices", json::array()},
              {"skipped", json::array()}};
  out["span_seconds"] = nullptr;
  if (summary.span) out["span_seconds"] = std::chrono::duration<double>(*summary.span).count();
  for (unsigned i = 0; i < kOperationCount; ++i) {
    const OperationSummary& operation = summary.operations[i];
    out["operations"][std::string(operation_name(static_cast<Operation>(i)))] = {
        {"requests", operation.requests},
        {"bytes", operation.bytes.value},
        {"footprint_bytes", operation.footprint.value},
        {"fua", operation.fua},
        {"preflush", operation.preflush},
        {"size_least", operation.sizes.least.value},
        {"size_p50", operation.sizes.p50.value},
        {"size_p90", operation.sizes.p90.value},
        {"size_p99", operation.sizes.p99.value},
        {"size_most", operation.sizes.most.value}};
  }
  for (unsigned i = 0; i < summary.size_histogram.size(); ++i) {
    if (summary.size_histogram[i] == 0) continue;
    out["sizes"].push_back(
        {{"from_bytes", std::uint64_t{1} << i}, {"requests", summary.size_histogram[i]}});
  }
  for (const auto& device : summary.devices) {
    out["devices"].push_back({{"name", device.name},
                              {"requests", device.requests},
                              {"from_bytes", device.lowest.value},
                              {"to_bytes", device.end.value},
                              {"footprint_bytes", device.footprint.value}});
  }
  for (const auto& skipped : summary.skipped) {
    out["skipped"].push_back({{"why", skipped.why}, {"count", skipped.count}});
  }
  return out;
}

}  // namespace cowbell::replay
