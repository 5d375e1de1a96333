// SPDX-License-Identifier: Apache-2.0
// The project's own sources as text, for rules about them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cowbell::project {

struct SourceFile {
  std::string path;                ///< from the top, with forward slashes
  std::vector<std::string> lines;  ///< as written
  std::vector<std::string> code;   ///< the same lines without comments, for C++ files

  std::string_view extension() const;
  bool is_cpp() const { return extension() == ".cpp" || extension() == ".hpp"; }
  /// True for "core/uring" and path "core/uring/ring.cpp", false for "core/uringless.cpp".
  bool is_below(std::string_view folder) const;
};

using SourceTree = std::vector<SourceFile>;

/// Every file of the project's folders below `top`, by path: what was built and what git keeps is
/// left out. Throws std::runtime_error if `top` holds none of the folders.
SourceTree load_tree(const std::filesystem::path& top);

/// `lines` of C++ without comments; strings and raw strings stay as they are.
std::vector<std::string> without_comments(const std::vector<std::string>& lines);

}  // namespace cowbell::project
