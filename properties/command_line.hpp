// SPDX-License-Identifier: Apache-2.0
// The command line as one line that a shell takes back.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cowbell::properties {

/// One argument, quoted for a POSIX shell where it needs to be.
std::string shell_quoted(std::string_view argument);

/// `arguments` with a blank between, each of them quoted in the same way.
std::string command_line(std::span<const char* const> arguments);

}  // namespace cowbell::properties
