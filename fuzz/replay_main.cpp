// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over inputs that are kept: each file named, and each file of a folder named,
// in the order of their names. Exit code: 0 all held, 2 nothing to run; a finding ends by a signal.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/target.hpp"

namespace {

std::vector<std::filesystem::path> inputs_at(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file()) inputs.push_back(entry.path());
  }
  std::ranges::sort(inputs);
  return inputs;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t held = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& path : inputs_at(argv[i])) {
      std::ifstream in(path, std::ios::binary);
      if (!in) {
        std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
        return 2;
      }
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      std::fprintf(stderr, "%s\n", path.c_str());
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      ++held;
    }
  }
  if (held == 0) {
    std::fprintf(stderr, "usage: %s FILE|FOLDER…, with at least one input\n", argv[0]);
    return 2;
  }
  std::printf("%zu inputs held\n", held);
}
