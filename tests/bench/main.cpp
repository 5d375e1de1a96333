// SPDX-License-Identifier: Apache-2.0
// bench --origin DEVICE --storage DEVICE [--quick] [--no-fio] [--only NAME]
//
// What the engine costs, measured side by side with what it would be without it. Both block devices
// are overwritten; `run-bench` makes a pair of them. Prints Markdown.
// Exit codes: 0 measured, 2 wrong usage, 3 the environment failed.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "tests/bench/cases.hpp"
#include "tests/bench/qemu.hpp"

namespace {

using cowbell::bench::BenchBed;
using cowbell::bench::BenchSize;
using cowbell::bench::Comparison;

struct Options {
  std::string origin;
  std::string storage;
  std::string only;
  unsigned pairs = 0;
  bool quick = false;
  bool no_fio = false;
};

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int measure(const Options& options) {
  BenchBed bed(options.origin, options.storage);
  BenchSize size;
  if (options.quick) size = {.pairs = 3, .slices = 2, .seconds = 0.02, .chunks = 512};
  if (options.pairs != 0) size.pairs = options.pairs;
  size.with_fio = !options.no_fio;
  size.chunks = std::min(
      {size.chunks, to_bytes(bed.origin().geometry().capacity).value / cowbell::bench::kChunk.value,
       to_bytes(bed.storage().geometry().capacity).value / cowbell::bench::kChunk.value});
  const auto wanted = [&](const char* name) {
    return options.only.empty() || options.only == name;
  };
  std::vector<Comparison> comparisons;
  const auto add = [&](std::vector<Comparison> more) {
    for (Comparison& each : more) comparisons.push_back(std::move(each));
  };
  if (wanted("writes")) add(compare_writes_that_copy_nothing(bed, size));
  if (wanted("first")) add(compare_first_writes(bed, size));
  if (wanted("reads")) add(compare_image_reads(bed, size));
  std::string no_peer;
  if (wanted("peer") && size.with_fio) add(compare_qemu(bed, size, no_peer));
  if (!comparisons.empty()) print(comparison_table(comparisons));
  if (!no_peer.empty()) print("\nNo figures of a peer: " + no_peer + ".\n");
  if (wanted("memory")) print("\n" + figure_table(count_memory(bed, size)));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures copy-on-write against what limits it", "bench");
  Options options;
  app.add_option("--origin", options.origin, "A block device, overwritten")->required();
  app.add_option("--storage", options.storage, "Another one, overwritten")->required();
  app.add_option("--only", options.only, "One group of measurements")
      ->check(CLI::IsMember({"writes", "first", "reads", "peer", "memory"}));
  app.add_option("--pairs", options.pairs, "Interleaved pairs of each measurement");
  app.add_flag("--quick", options.quick, "Seconds instead of minutes; the figures mean nothing");
  app.add_flag("--no-fio", options.no_fio, "Leave out the comparisons with fio");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return measure(options);
}
