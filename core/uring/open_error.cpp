// SPDX-License-Identifier: Apache-2.0
#include "core/uring/open_error.hpp"

#include <string.h>

namespace cowbell::uring {

std::unexpected<OpenError> open_error(const std::string& attempt, const std::string& path,
                                      Errc error, const std::string& reason) {
  return std::unexpected(OpenError{error, "cannot " + attempt + " '" + path + "': " + reason});
}

std::unexpected<OpenError> open_error(const std::string& attempt, const std::string& path,
                                      int number) {
  const char* sentence = ::strerrordesc_np(number);
  const char* name = ::strerrorname_np(number);
  std::string reason = sentence == nullptr ? "errno " + std::to_string(number) : sentence;
  if (name != nullptr) reason += std::string(" (") + name + ')';
  return open_error(attempt, path, errc_from_errno(number), reason);
}

}  // namespace cowbell::uring
