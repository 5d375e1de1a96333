// SPDX-License-Identifier: Apache-2.0
// Why something of the real world could not be opened: a code for programs, a sentence for people.
#pragma once

#include <expected>
#include <string>

#include "core/error.hpp"

namespace cowbell::uring {

struct OpenError {
  Errc error = Errc::io;
  std::string text;  ///< what was tried, on which path, and why not; no full stop at its end
};

template <class T>
using Opened = std::expected<T, OpenError>;

/// "cannot ATTEMPT 'PATH': No such file or directory (ENOENT)", from an errno of the kernel.
std::unexpected<OpenError> open_error(const std::string& attempt, const std::string& path,
                                      int number);

/// The same with a reason of our own in place of the kernel's.
std::unexpected<OpenError> open_error(const std::string& attempt, const std::string& path,
                                      Errc error, const std::string& reason);

}  // namespace cowbell::uring
