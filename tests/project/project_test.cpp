// SPDX-License-Identifier: Apache-2.0
// The project keeps its own rules, and each rule bites.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/project/source_tree.hpp"
#include "tests/project/tree_rules.hpp"

namespace cowbell::project {
namespace {

const SourceTree& project() {
  static const SourceTree tree = load_tree(COWBELL_SOURCE_DIR);
  return tree;
}

const std::string kLicence = "// SPDX-License-Identifier: Apache-2.0\n";

/// A tree on disk that is gone when the test is.
class PlantedTree {
 public:
  PlantedTree() {
    std::string name = testing::TempDir() + "cowbell-planted-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    top_ = name;
  }
  ~PlantedTree() { std::filesystem::remove_all(top_); }
  PlantedTree(const PlantedTree&) = delete;
  PlantedTree& operator=(const PlantedTree&) = delete;

  PlantedTree& with(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((top_ / path).parent_path());
    std::ofstream(top_ / path) << text;
    return *this;
  }
  const std::filesystem::path& top() const { return top_; }
  SourceTree load() const { return load_tree(top_); }

 private:
  std::filesystem::path top_;
};

// Method: the project's own tree.
TEST(Project, IncludesPointOneWay) {
  EXPECT_EQ(describe(check_includes(project())), "");
}

// Method: the project's own tree.
TEST(Project, EverySourceStatesItsLicence) {
  EXPECT_EQ(describe(check_licence_line(project())), "");
}

// Method: the project's own tree.
TEST(Project, EveryHeaderIsIncludedOnce) {
  EXPECT_EQ(describe(check_pragma_once(project())), "");
}

// Method: the project's own tree.
TEST(Project, LinesAndFilesAreShort) {
  EXPECT_EQ(describe(check_sizes(project())), "");
}

// Method: the project's own tree.
TEST(Project, NothingMakesARunDependOnMoreThanItsScenario) {
  EXPECT_EQ(describe(check_banned_words(project())), "");
}

// Method: the project's own tree.
TEST(Project, EverySourceIsBuilt) {
  EXPECT_EQ(describe(check_registered(project())), "");
}

// Method: the project's own top folder.
TEST(Project, NothingStrayLiesAtTheTop) {
  EXPECT_EQ(describe(check_top(COWBELL_SOURCE_DIR)), "");
}

// Method: the project's own tree; a loader that finds nothing would let every rule pass.
TEST(Project, TheTreeThatIsCheckedIsTheWholeOne) {
  for (const char* path : {"core/bio.hpp", "core/uring/CMakeLists.txt", "tests/CMakeLists.txt",
                           ".ci/run", "tests/project/project_test.cpp"}) {
    EXPECT_TRUE(std::ranges::any_of(project(), [&](const auto& f) { return f.path == path; }))
        << path;
  }
}

// Method: one planted include against the direction, for each pair that is easy to get wrong.
TEST(ProjectRules, FindAnIncludeAgainstTheDirection) {
  const std::pair<const char*, const char*> planted[] = {
      {"core/chunk.cpp", "\"sim/disk.hpp\""},
      {"core/chunk.cpp", "\"models/verdict.hpp\""},
      {"core/chunk.cpp", "\"core/uring/ring.hpp\""},
      {"core/chunk.cpp", "<liburing.h>"},
      {"core/chunk.cpp", "\"bio.hpp\""},
      {"models/runner.cpp", "\"sim/disk.hpp\""},
      {"sim/disk.cpp", "\"properties/explore.hpp\""},
      {"sim/disk.cpp", "\"core/uring/ring.hpp\""},
      {"properties/explore.cpp", "\"replay/trace.hpp\""},
      {"replay/report.cpp", "\"tests/a.hpp\""}};
  for (const auto& [path, include] : planted) {
    PlantedTree tree;
    tree.with(path, kLicence + "#include " + include + "\n");
    const Findings findings = check_includes(tree.load());
    ASSERT_EQ(findings.size(), 1u) << path << " " << include;
    EXPECT_EQ(findings[0].path, path);
    EXPECT_EQ(findings[0].line, 2u);
  }
}

// Method: the same includes the right way round, and one in a comment.
TEST(ProjectRules, AcceptIncludesInTheirDirection) {
  PlantedTree tree;
  tree.with("sim/disk.cpp", "#include \"core/bio.hpp\"\n// #include \"properties/explore.hpp\"\n")
      .with("core/uring/ring.cpp", "#include <liburing.h>\n#include \"core/bio.hpp\"\n")
      .with("replay/main.cpp", "#include \"core/uring/ring.hpp\"\n");
  EXPECT_EQ(describe(check_includes(tree.load())), "");
}

// Method: a source, a script and a build file without the line, and one of each with it.
TEST(ProjectRules, FindAMissingLicenceLine) {
  PlantedTree tree;
  tree.with("core/bare.cpp", "int x;\n")
      .with("core/CMakeLists.txt", "add_library(x bare.cpp)\n")
      .with(".ci/bare", "#!/bin/sh\nexit 0\n")
      .with("core/good.cpp", kLicence)
      .with("sim/CMakeLists.txt", "# SPDX-License-Identifier: Apache-2.0\n")
      .with(".ci/good", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n");
  const Findings findings = check_licence_line(tree.load());
  ASSERT_EQ(findings.size(), 3u) << describe(findings);
  EXPECT_EQ(findings[0].path, ".ci/bare");
  EXPECT_EQ(findings[1].path, "core/CMakeLists.txt");
  EXPECT_EQ(findings[2].path, "core/bare.cpp");
}

// Method: one header without, one with, and a source that needs none.
TEST(ProjectRules, FindAHeaderThatCanBeIncludedTwice) {
  PlantedTree tree;
  tree.with("core/a.hpp", kLicence).with("core/b.hpp", kLicence + "#pragma once\n");
  tree.with("core/c.cpp", kLicence);
  const Findings findings = check_pragma_once(tree.load());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].path, "core/a.hpp");
}

// Method: one column and one line too many beside exactly as many as allowed; an accented letter
// is one column.
TEST(ProjectRules, FindALongLineAndALongFile) {
  std::string many_lines;
  for (int i = 0; i < 500; ++i) many_lines += "\n";
  std::string accented;
  for (int i = 0; i < 100; ++i) accented += "é";
  PlantedTree tree;
  tree.with("core/wide.cpp", std::string(101, 'x') + "\n")
      .with("core/full.cpp", std::string(100, 'x') + "\n" + accented + "\n")
      .with("core/tall.cpp", many_lines + "\n")
      .with("core/whole.cpp", many_lines);
  const Findings findings = check_sizes(tree.load());
  ASSERT_EQ(findings.size(), 2u) << describe(findings);
  EXPECT_EQ(findings[0].path, "core/tall.cpp");
  EXPECT_EQ(findings[1].path, "core/wide.cpp");
}

// Method: each banned word in code, where it is banned.
TEST(ProjectRules, FindEachBannedWord) {
  const std::pair<const char*, const char*> planted[] = {
      {"sim/a.cpp", "std::uniform_int_distribution<int> d;"},
      {"models/a.cpp", "std::shuffle(a, b, g);"},
      {"models/a.cpp", "std::ranges::shuffle(a, g);"},
      {"properties/a.cpp", "std::random_device d;"},
      {"core/a.cpp", "int x = rand();"},
      {"core/a.cpp", "std::hash<int> h;"},
      {"core/a.cpp", "auto t = std::chrono::steady_clock::now();"},
      {"sim/a.cpp", "::clock_gettime(CLOCK_MONOTONIC, &t);"},
      {"core/a.cpp", "boost::fibers::mutex m;"},
      {"core/a.cpp", "boost::fibers::condition_variable c;"},
      {"core/uring/a.cpp", "boost::fibers::future<int> f;"},
      {"core/a.cpp", "boost::this_fiber::sleep_for(1ms);"},
      {"core/a.hpp", "#include <boost/fiber/all.hpp>"}};
  for (const auto& [path, code] : planted) {
    PlantedTree tree;
    tree.with(path, kLicence + code + "\n");
    const Findings findings = check_banned_words(tree.load());
    ASSERT_EQ(findings.size(), 1u) << path << " " << code;
    EXPECT_EQ(findings[0].line, 2u);
  }
}

// Method: the same words in comments, in folders where they are allowed, and inside longer words.
TEST(ProjectRules, AcceptBannedWordsWhereTheyDoNoHarm) {
  PlantedTree tree;
  tree.with("core/a.cpp", "// no std::hash here\n/* nor\nrandom_device */ int operand(int);\n")
      .with("core/uring/a.cpp", "auto t = std::chrono::steady_clock::now();\n")
      .with("sim/a.hpp", "void suspend_until(std::chrono::steady_clock::time_point const&);\n")
      .with("replay/a.cpp", "std::hash<int> h;\n");
  EXPECT_EQ(describe(check_banned_words(tree.load())), "");
}

// Method: a folder and a file that an experiment left, beside what may lie there: one of the
// project's folders, one that git ignores, and one of a tool.
TEST(ProjectRules, FindWhatAnExperimentLeftAtTheTop) {
  PlantedTree tree;
  tree.with("core/a.cpp", kLicence)
      .with(".gitignore", "/build/\n")
      .with("build/a.o", "")
      .with(".editor/settings", "")
      .with("failures/a.cowbell", "")
      .with("notes.txt", "");
  const Findings findings = check_top(tree.top());
  ASSERT_EQ(findings.size(), 2u) << describe(findings);
  EXPECT_EQ(findings[0].path, "failures");
  EXPECT_EQ(findings[1].path, "notes.txt");
}

// Method: a test beside a CMakeLists.txt that names only another, longer name.
TEST(ProjectRules, FindATestThatIsNotBuilt) {
  PlantedTree tree;
  tree.with("tests/core/bio_test.cpp", kLicence)
      .with("tests/core/old_bio_test.cpp", kLicence)
      .with("tests/core/CMakeLists.txt", "cowbell_test(a SOURCES old_bio_test.cpp LABEL unit)\n");
  const Findings findings = check_registered(tree.load());
  ASSERT_EQ(findings.size(), 1u) << describe(findings);
  EXPECT_EQ(findings[0].path, "tests/core/bio_test.cpp");
}

// Method: comments, strings that look like comments, digit separators and raw strings.
TEST(ProjectRules, SeeCodeWithoutItsComments) {
  const std::vector<std::string> lines = {"a // b",      "\"// c\" /* d",           "e */ f",
                                          "1'000 // g",  "R\"x(// h)\" i)x\" // j", "'\"' // k",
                                          "\"\\\"// l\""};
  const std::vector<std::string> expected = {
      "a ", "\"// c\" ", " f", "1'000 ", "R\"x(// h)\" i)x\" ", "'\"' ", "\"\\\"// l\""};
  EXPECT_EQ(without_comments(lines), expected);
}

// Method: a folder with nothing of the project in it.
TEST(ProjectRules, RefuseATreeWithNothingToCheck) {
  PlantedTree tree;
  tree.with("elsewhere/a.cpp", kLicence);
  EXPECT_THROW(tree.load(), std::runtime_error);
}

}  // namespace
}  // namespace cowbell::project
