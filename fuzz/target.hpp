// SPDX-License-Identifier: Apache-2.0
// What a fuzz target is: one function over bytes that returns if all held and ends the process if
// not. libFuzzer drives it, and so does `replay_main.cpp`, which any compiler builds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Any bytes. Returns 0. Ends the process by `fuzz::stop` when something does not hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace cowbell::fuzz {

/// Prints `what` and ends the process by a signal, which is how a fuzzer sees a finding.
[[noreturn]] void stop(std::string_view what);

}  // namespace cowbell::fuzz
