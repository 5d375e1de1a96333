// SPDX-License-Identifier: Apache-2.0
#include "core/uring/mounts.hpp"

#include <sys/sysmacros.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace cowbell::uring {
namespace {

/// Blanks and the like are written as a backslash and three octal digits.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::vector<Mount> mounts() {
  std::vector<Mount> found;
  std::ifstream table("/proc/self/mountinfo");
  // 36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/source rw
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number, parent, device, root, point, word, type, source;
    words >> number >> parent >> device >> root >> point;
    while (words >> word && word != "-") {
    }
    words >> type >> source;
    unsigned major = 0, minor = 0;
    if (!words || std::sscanf(device.c_str(), "%u:%u", &major, &minor) != 2) continue;
    found.push_back({makedev(major, minor), unescaped(point), unescaped(source)});
  }
  return found;
}

}  // namespace cowbell::uring
