// SPDX-License-Identifier: Apache-2.0
// Prints the event hash of each of COUNT generated scenarios from SEED on, one a line, for a
// comparison between builds (S13): cowbell_hashes COUNT [SEED].
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "properties/generate.hpp"
#include "properties/simulate.hpp"

namespace {

bool parse(std::string_view text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

int main(int argument_count, char** arguments) {
  using namespace cowbell::properties;
  std::uint64_t count = 0;
  std::uint64_t seed = 1;
  const bool understood = (argument_count == 2 || argument_count == 3) &&
                          parse(arguments[1], count) &&
                          (argument_count == 2 || parse(arguments[2], seed));
  if (!understood) {
    fmt::print(stderr, "usage: cowbell_hashes COUNT [SEED]\n");
    return 2;
  }
  // Never destroyed: after a breach its fibers may be stuck.
  auto& simulator = *new Simulator;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Outcome outcome = simulator.run(generate(seed + i));
    if (!outcome.held()) {
      fmt::print(stderr, "seed {}: {}\n", seed + i, outcome.breach->what);
      std::fflush(nullptr);
      std::_Exit(1);
    }
    fmt::print("{:016x}\n", outcome.event_hash);
  }
  std::fflush(nullptr);
  std::_Exit(0);
}
