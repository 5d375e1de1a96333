// SPDX-License-Identifier: Apache-2.0
#include "tests/project/tree_rules.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <regex>
#include <span>

namespace cowbell::project {
namespace {

constexpr std::size_t kColumnMaximum = 100;
constexpr std::size_t kLineMaximum = 500;

struct Layer {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};

/// The longest folder stands first, so that core/uring is not taken for core.
const std::vector<Layer>& layers() {
  static const std::vector<Layer> all = {
      {"core/uring", {"core/uring", "core"}},
      {"core", {"core"}},
      {"models", {"models", "core"}},
      {"sim", {"sim", "models", "core"}},
      {"properties", {"properties", "sim", "models", "core"}},
      {"replay", {"replay", "properties", "sim", "models", "core/uring", "core"}},
      {"fuzz", {"fuzz", "replay", "properties", "sim", "models", "core"}},
      {"tests", {"tests", "fuzz", "replay", "properties", "sim", "models", "core/uring", "core"}},
  };
  return all;
}

const Layer* layer_of(std::string_view path) {
  for (const Layer& layer : layers()) {
    if (path.starts_with(layer.folder) && path.substr(layer.folder.size()).starts_with('/')) {
      return &layer;
    }
  }
  return nullptr;
}

std::optional<std::string> included(const std::string& line) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(<[^>]*>|"[^"]*"))re");
  std::smatch match;
  if (!std::regex_search(line, match, pattern)) return std::nullopt;
  return match[1].str();
}

std::optional<std::string> why_not(const Layer& layer, const std::string& include) {
  const std::string name = include.substr(1, include.size() - 2);
  if (include.front() == '<') {
    const bool may_see_ring = layer.folder == "core/uring" || layer.folder == "tests";
    if (name.starts_with("liburing") && !may_see_ring) return "liburing is for core/uring only";
    return std::nullopt;
  }
  const Layer* target = layer_of(name);
  if (target == nullptr) return "\"" + name + "\" is not a path from the top";
  if (std::ranges::find(layer.may_include, target->folder) != layer.may_include.end()) {
    return std::nullopt;
  }
  return std::string(layer.folder) + " may not include " + std::string(target->folder);
}

std::size_t columns(const std::string& line) {
  const auto starts_character = [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  };
  return static_cast<std::size_t>(std::ranges::count_if(line, starts_character));
}

struct Ban {
  std::regex pattern;
  std::string_view why;
  std::vector<std::string_view> folders;
  std::vector<std::string_view> except;
};

const std::vector<Ban>& bans() {
  using Folders = std::vector<std::string_view>;
  static const Folders deterministic = {"core", "sim", "models", "properties"};
  static const Folders engine = {"core"};
  static const std::vector<Ban> all = {
      {std::regex(R"(\b\w+_distribution\b)"),
       "standard distributions differ between libraries",
       deterministic,
       {}},
      {std::regex(R"(\bstd::(ranges::)?shuffle\b)"),
       "shuffles differ between libraries",
       deterministic,
       {}},
      {std::regex(R"(\brandom_device\b)"), "a run depends on its seed only", deterministic, {}},
      {std::regex(R"(\bs?rand\()"), "a run depends on its seed only", deterministic, {}},
      {std::regex(R"(\bstd::hash\b)"), "the order of hashes is not fixed", deterministic, {}},
      {std::regex(R"(\b(system|steady|high_resolution)_clock\b(?!::time_point))"),
       "time comes from the world's clock",
       deterministic,
       {"core/uring", "properties/stopwatch.hpp"}},
      {std::regex(R"(\b(clock_)?gettime(ofday)?\()"),
       "time comes from the world's clock",
       deterministic,
       {"core/uring"}},
      {std::regex(R"(\bfibers::(\w*mutex|condition_variable\w*|future|promise|packaged_task)\b)"),
       "waiting is done by core/wait_queue",
       engine,
       {}},
      {std::regex(R"(\bthis_fiber::sleep)"), "waiting is done by core/wait_queue", engine, {}},
      {std::regex(R"(<boost/fiber/(all|mutex|condition_variable|future|\w+_mutex)\b)"),
       "waiting is done by core/wait_queue",
       engine,
       {}},
  };
  return all;
}

bool is_below_any(const SourceFile& file, std::span<const std::string_view> folders) {
  return std::ranges::any_of(folders, [&](std::string_view folder) {
    return file.path == folder || file.is_below(folder);
  });
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool names(const SourceFile& list, const std::string& path) {
  // Its own sources by their place below it, others by their place in the project.
  const std::string folder = folder_of(list.path) + "/";
  const std::string name =
      path.starts_with(folder) ? path.substr(folder.size()) : "${PROJECT_SOURCE_DIR}/" + path;
  return std::ranges::any_of(list.lines, [&](const std::string& line) {
    const std::size_t at = line.find(name);
    if (at == std::string::npos) return false;
    const bool starts = at == 0 || line[at - 1] == ' ' || line[at - 1] == '/';
    const char next = at + name.size() < line.size() ? line[at + name.size()] : ' ';
    return starts && (next == ' ' || next == ')');
  });
}

}  // namespace

std::string describe(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.what + "\n";
  }
  return text;
}

Findings check_includes(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const Layer* layer = layer_of(file.path);
    if (layer == nullptr) continue;
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      const auto include = included(file.code[i]);
      const auto reason = include ? why_not(*layer, *include) : std::nullopt;
      if (reason) findings.push_back({file.path, i + 1, *reason});
    }
  }
  return findings;
}

Findings check_licence_line(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool script = !file.lines.empty() && file.lines[0].starts_with("#!");
    const std::string expected =
        std::string(file.is_cpp() ? "//" : "#") + " SPDX-License-Identifier: Apache-2.0";
    const std::size_t at = script ? 1 : 0;
    if (file.lines.size() <= at || file.lines[at] != expected) {
      findings.push_back({file.path, at + 1, "expected '" + expected + "'"});
    }
  }
  return findings;
}

Findings check_pragma_once(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.extension() != ".hpp") continue;
    if (std::ranges::find(file.lines, "#pragma once") == file.lines.end()) {
      findings.push_back({file.path, 0, "a header without #pragma once"});
    }
  }
  return findings;
}

Findings check_sizes(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.lines.size() > kLineMaximum) {
      findings.push_back({file.path, 0, std::to_string(file.lines.size()) + " lines"});
    }
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::size_t width = columns(file.lines[i]);
      if (width > kColumnMaximum) {
        findings.push_back({file.path, i + 1, std::to_string(width) + " columns"});
      }
    }
  }
  return findings;
}

Findings check_banned_words(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    for (const Ban& ban : bans()) {
      if (!is_below_any(file, ban.folders) || is_below_any(file, ban.except)) continue;
      for (std::size_t i = 0; i < file.code.size(); ++i) {
        std::smatch match;
        if (!std::regex_search(file.code[i], match, ban.pattern)) continue;
        findings.push_back({file.path, i + 1, match.str() + ": " + std::string(ban.why)});
      }
    }
  }
  return findings;
}

Findings check_top(const std::filesystem::path& top) {
  static constexpr std::array<std::string_view, 12> kExpected = {
      "CMakeLists.txt", "CMakePresets.json", "LICENSE", "Makefile", "README.md", "core", "fuzz",
      "models",         "properties",        "replay",  "sim",      "tests"};
  std::vector<std::string> ignored;
  std::ifstream ignore_file(top / ".gitignore");
  for (std::string line; std::getline(ignore_file, line);) ignored.push_back(line);

  Findings findings;
  for (const auto& entry : std::filesystem::directory_iterator(top)) {
    const std::string name = entry.path().filename().string();
    const bool hidden = name.starts_with('.');
    if (hidden || std::ranges::find(kExpected, name) != kExpected.end()) continue;
    if (std::ranges::find(ignored, "/" + name + "/") != ignored.end()) continue;
    findings.push_back({name, 0, "does not belong at the top"});
  }
  std::ranges::sort(findings, {}, &Finding::path);
  return findings;
}

Findings check_registered(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.extension() != ".cpp") continue;
    const bool registered = std::ranges::any_of(tree, [&](const SourceFile& list) {
      return list.path.ends_with("/CMakeLists.txt") && names(list, file.path);
    });
    if (!registered) findings.push_back({file.path, 0, "in no CMakeLists.txt"});
  }
  return findings;
}

}  // namespace cowbell::project
