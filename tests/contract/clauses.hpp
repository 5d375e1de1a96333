// SPDX-License-Identifier: Apache-2.0
// What every block device and every storage promises (`core/block_device.hpp`,
// `core/storage_backing.hpp`), clause by clause. A broken clause fails the test that tries it.
#pragma once

#include <string>
#include <vector>

#include "tests/contract/test_beds.hpp"

namespace cowbell::test {

struct Clause {
  std::string name;
  /// Runs in a fiber, over devices that nobody has written.
  void (*check)(Subject& subject);
};

std::vector<Clause> contract_clauses();

}  // namespace cowbell::test
