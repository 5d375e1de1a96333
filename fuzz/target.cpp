// SPDX-License-Identifier: Apache-2.0
#include "fuzz/target.hpp"

#include <cstdio>
#include <cstdlib>

namespace cowbell::fuzz {

void stop(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace cowbell::fuzz
