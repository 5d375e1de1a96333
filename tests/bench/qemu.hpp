// SPDX-License-Identifier: Apache-2.0
// The peer: qemu-storage-daemon with its copy-before-write filter, where it is installed.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/cases.hpp"

namespace cowbell::bench {

/// First writes of 4 KiB, one a chunk of 64 KiB, depth 32, through NBD (aio=native): with
/// copy-before-write against without. To be stated apart from ours, since NBD is part of both.
/// Nothing, and the reason in `why_not`, if the daemon, or a fio that speaks NBD, is not there.
std::vector<Comparison> compare_qemu(BenchBed& bed, const BenchSize& size, std::string& why_not);

}  // namespace cowbell::bench
