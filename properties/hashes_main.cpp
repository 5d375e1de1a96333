// SPDX-License-Identifier: Apache-2.0
// Prints the event hash of each of COUNT generated scenarios, one a line, for a comparison between
// builds (S13), or all events of the last of them: cowbell_hashes COUNT [--events].
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
  using namespace cowbell;
  using namespace cowbell::properties;
  std::uint64_t count = 0;
  const bool events = argument_count == 3 && std::string_view(arguments[2]) == "--events";
  if (!(argument_count == 2 || events) || !parse(arguments[1], count)) {
    fmt::print(stderr, "usage: cowbell_hashes COUNT [--events]\n");
    return 2;
  }
  // Never destroyed: after a breach its fibers may be stuck.
  auto& simulator = *new Simulator;
  sim::KeptEvents kept;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    if (events && seed == count) simulator.keep_events(&kept);
    const Outcome outcome = simulator.run(generate(seed));
    if (!outcome.held()) {
      fmt::print(stderr, "seed {}: {}\n", seed, outcome.breach->what);
      std::fflush(nullptr);
      std::_Exit(1);
    }
    if (!events) fmt::print("{:016x}\n", outcome.event_hash);
  }
  for (const sim::Event& event : kept.events)
    fmt::print("{}, by {} {}\n", event_text(event),
               event.fiber.number == 0 ? "the world" : event.fiber.name, event.fiber.number);
  std::fflush(nullptr);
  std::_Exit(0);
}
