// SPDX-License-Identifier: Apache-2.0
#include "tests/project/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <stdexcept>

namespace cowbell::project {
namespace {

constexpr std::array<std::string_view, 8> kFolders = {".ci",        "core",   "models", "sim",
                                                      "properties", "replay", "fuzz",   "tests"};

bool is_text_of_ours(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const bool script = extension.empty();
  return script || extension == ".cpp" || extension == ".hpp" || extension == ".cmake" ||
         path.filename() == "CMakeLists.txt";
}

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// One pass over C++ text that keeps what stands outside comments.
class CommentStripper {
 public:
  std::string line(std::string_view text) {
    std::string kept;
    for (std::size_t at = 0; at < text.size();) at = step(text, at, kept);
    if (state_ == State::string || state_ == State::character) state_ = State::code;
    return kept;
  }

 private:
  enum class State { code, comment, string, character, raw_string };

  std::size_t step(std::string_view text, std::size_t at, std::string& kept) {
    const std::string_view rest = text.substr(at);
    switch (state_) {
      case State::code:
        return step_code(rest, at, kept);
      case State::comment:
        if (!rest.starts_with("*/")) return at + 1;
        state_ = State::code;
        return at + 2;
      case State::raw_string:
        if (!rest.starts_with(raw_end_)) break;
        state_ = State::code;
        kept += raw_end_;
        return at + raw_end_.size();
      case State::string:
      case State::character:
        if (rest.front() == '\\' && rest.size() > 1) {
          kept += rest.substr(0, 2);
          return at + 2;
        }
        if (rest.front() == (state_ == State::string ? '"' : '\'')) state_ = State::code;
        break;
    }
    kept += rest.front();
    return at + 1;
  }

  std::size_t step_code(std::string_view rest, std::size_t at, std::string& kept) {
    if (rest.starts_with("//")) return at + rest.size();
    if (rest.starts_with("/*")) {
      state_ = State::comment;
      return at + 2;
    }
    const bool in_number = !kept.empty() && std::isxdigit(static_cast<unsigned char>(kept.back()));
    if (rest.starts_with("R\"")) {
      state_ = State::raw_string;
      const std::string_view tag = rest.substr(2, rest.find('(') - 2);
      raw_end_ = ")" + std::string(tag) + "\"";
    } else if (rest.front() == '"') {
      state_ = State::string;
    } else if (rest.front() == '\'' && !in_number) {
      state_ = State::character;
    }
    const std::size_t length = state_ == State::raw_string ? 2 : 1;
    kept += rest.substr(0, length);
    return at + length;
  }

  State state_ = State::code;
  std::string raw_end_;
};

}  // namespace

std::string_view SourceFile::extension() const {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? std::string_view{} : std::string_view(path).substr(dot);
}

bool SourceFile::is_below(std::string_view folder) const {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::vector<std::string> without_comments(const std::vector<std::string>& lines) {
  CommentStripper stripper;
  std::vector<std::string> code;
  for (const std::string& line : lines) code.push_back(stripper.line(line));
  return code;
}

SourceTree load_tree(const std::filesystem::path& top) {
  SourceTree tree;
  for (const std::string_view folder : kFolders) {
    if (!std::filesystem::is_directory(top / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / folder)) {
      if (!entry.is_regular_file() || !is_text_of_ours(entry.path())) continue;
      const std::string path = entry.path().lexically_relative(top).generic_string();
      if (path.find("/corpus/") != std::string::npos) continue;
      tree.push_back({path, read_lines(entry.path()), {}});
      if (tree.back().is_cpp()) tree.back().code = without_comments(tree.back().lines);
    }
  }
  if (tree.empty()) throw std::runtime_error("no sources below " + top.string());
  std::ranges::sort(tree, {}, &SourceFile::path);
  return tree;
}

}  // namespace cowbell::project
