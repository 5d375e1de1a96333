// SPDX-License-Identifier: Apache-2.0
#include "properties/outcome.hpp"

namespace cowbell::properties {

bool same_failure(const Outcome& a, const Outcome& b) {
  if (a.held() || b.held() || a.breach->rule != b.breach->rule) return false;
  if (a.breach->rule.has_value()) return true;
  return a.ending == b.ending && a.breach->found == b.breach->found &&
         a.breach->found_in_image == b.breach->found_in_image;
}

}  // namespace cowbell::properties
