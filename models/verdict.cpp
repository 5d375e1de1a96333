// SPDX-License-Identifier: Apache-2.0
#include "models/verdict.hpp"

namespace cowbell::model {

Counts& Counts::operator+=(const Counts& other) {
  bios += other.bios;
  bytes += other.bytes;
  blocks_verified += other.blocks_verified;
  chunks_copied += other.chunks_copied;
  return *this;
}

}  // namespace cowbell::model
