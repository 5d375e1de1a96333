// SPDX-License-Identifier: Apache-2.0
// The end of a benchmark that cannot be made.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace cowbell::bench {

/// Says why on standard error and ends the process at once with exit code 3: the environment
/// failed. Fibers may be in flight, so nothing is destroyed.
[[noreturn]] inline void fail(const std::string& why) {
  std::fflush(stdout);
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::fflush(stderr);
  std::_Exit(3);
}

}  // namespace cowbell::bench
