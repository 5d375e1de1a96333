// SPDX-License-Identifier: Apache-2.0
// The command line as one line that a shell takes back.
#pragma once

#include <span>
#include <string>

namespace cowbell::replay {

/// `arguments` with a blank between, each quoted for a POSIX shell where it needs to be.
std::string command_line(std::span<const char* const> arguments);

}  // namespace cowbell::replay
