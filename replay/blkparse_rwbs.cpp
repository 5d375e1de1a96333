// SPDX-License-Identifier: Apache-2.0
#include "replay/blkparse_rwbs.hpp"

namespace cowbell::replay {
namespace {

bool take(std::string_view& letters, std::string_view prefix) {
  if (!letters.starts_with(prefix)) return false;
  letters.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<Rwbs> parse_rwbs(std::string_view letters) {
  if (letters.empty()) return std::nullopt;
  Rwbs rwbs;
  rwbs.preflush = take(letters, "F");
  bool operation = true;
  if (take(letters, "WZ")) {
    rwbs.kind = Rwbs::Kind::write_zeroes;
  } else if (take(letters, "W")) {
    rwbs.kind = Rwbs::Kind::write;
  } else if (take(letters, "DE")) {
    rwbs.kind = Rwbs::Kind::secure_erase;
  } else if (take(letters, "D")) {
    rwbs.kind = Rwbs::Kind::discard;
  } else if (take(letters, "R")) {
    rwbs.kind = Rwbs::Kind::read;
  } else {
    operation = take(letters, "N");
  }
  if (!operation && !rwbs.preflush) return std::nullopt;
  rwbs.fua = take(letters, "F");
  for (const std::string_view mark : {"A", "S", "M", "U"}) take(letters, mark);
  if (!letters.empty()) return std::nullopt;
  return rwbs;
}

}  // namespace cowbell::replay
