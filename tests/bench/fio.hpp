// SPDX-License-Identifier: Apache-2.0
// fio, the reference for a device without any of our code.
#pragma once

#include <string>

#include "core/block_device.hpp"
#include "tests/bench/stopwatch.hpp"

namespace cowbell::bench {

struct FioJob {
  std::string path;  ///< the device; for the nbd engine the address of the server
  Operation operation = Operation::write;
  ByteCount size{4096};
  unsigned depth = 32;
  double seconds = 1;
  std::string engine = "io_uring";
  ByteCount region{};  ///< the first bytes of the device that are used; 0 for all of it
  /// Left out between requests, which then go over the region once, in ascending order. Without it
  /// they are random and go on for `seconds`.
  ByteCount gap{};
};

/// Runs `fio` once, with direct I/O. Ends the process if it is not there or fails.
Sample run_fio(const FioJob& job);

}  // namespace cowbell::bench
