// SPDX-License-Identifier: Apache-2.0
// Tests that cannot run where the kernel gives no ring to this process.
#pragma once

namespace cowbell::test {

/// Ends the running test as skipped, with the reason, if io_uring is missing or forbidden, as
/// containers do by default. Not to be called on a fiber.
void need_io_uring();

}  // namespace cowbell::test
