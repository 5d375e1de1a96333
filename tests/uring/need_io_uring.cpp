// SPDX-License-Identifier: Apache-2.0
#include "tests/uring/need_io_uring.hpp"

#include <gtest/gtest.h>
#include <liburing.h>

#include <cerrno>
#include <cstring>

namespace cowbell::test {
namespace {

// Asks the kernel, not the code under test. That memory is short is no reason.
int refusal() {
  io_uring ring{};
  const int result = ::io_uring_queue_init(1, &ring, 0);
  if (result == 0) ::io_uring_queue_exit(&ring);
  return result == -EPERM || result == -ENOSYS ? -result : 0;
}

void skip(int error) {
  GTEST_SKIP() << "no io_uring for this process: " << std::strerror(error);
}

}  // namespace

void need_io_uring() {
  static const int error = refusal();
  if (error == 0) return;
  skip(error);
  // What GoogleTest lets pass in silence, to leave the test from any depth.
  throw testing::AssertionException({testing::TestPartResult::kSkip, __FILE__, __LINE__, ""});
}

}  // namespace cowbell::test
