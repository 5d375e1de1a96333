// SPDX-License-Identifier: Apache-2.0
#include "replay/html_page.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/models/lying_subjects.hpp"
#include "tests/replay/command_runs.hpp"
#include "tests/replay/timeline_bench.hpp"
#include "tests/uring/places.hpp"

namespace cowbell::replay {
namespace {

namespace lies = model::testing;

constexpr std::string_view kBroken =
    "param chunk_minimum_shift 12\n"
    "origin A 64K\n"
    "storage file 64K\n"
    "write A 0 4K = 0xaa\n"
    "take s\n"
    "read A@s 0 4K\n"
    "write A 0 4K = 0xbb\n"
    "read A@s 0 4K\n";

std::string page_of(const Recorded& run, std::string_view text,
                    std::string_view file = "s.cowbell") {
  const auto& breach = run.outcome.breach;
  return to_html(run.timeline, {.file = file,
                                .scenario_text = text,
                                .breach = breach ? &*breach : nullptr,
                                .command = "cowbell run s.cowbell"});
}

Recorded broken_run() {
  return record(std::string(kBroken),
                lies::maker_of<lies::LiesAboutImages<lies::ReadsLaterData>>());
}

std::string broken_page() {
  return page_of(broken_run(), "cowbell-scenario 1\n" + std::string(kBroken));
}

/// The first place where elements do not close in the order in which they opened; empty if well.
std::string malformed(const std::string& page) {
  static const std::set<std::string> kVoid{"meta", "!DOCTYPE"};
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find('>', at);
    if (end == std::string::npos) return "an element has no end";
    const bool closes = page[at + 1] == '/';
    const std::size_t begin = at + (closes ? 2 : 1);
    const std::string name = page.substr(begin, page.find_first_of(" >/\n", begin) - begin);
    if (closes) {
      if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
      open.pop_back();
    } else if (!kVoid.contains(name) && page[end - 1] != '/') {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> stays open";
}

// Method: a subject whose images show later data; all that explains it is on the page.
TEST(HtmlPage, SaysWhatBrokeAndWhatWasAllowed) {
  const Recorded run = broken_run();
  ASSERT_FALSE(run.outcome.held());
  const Rule rule = run.outcome.breach->rule.value();
  const std::string page = page_of(run, "cowbell-scenario 1\n" + std::string(kBroken));
  const std::string title =
      std::string(rule_name(rule)) + " broken</span> " + std::string(rule_title(rule));
  for (const std::string_view part :
       {std::string_view(title), std::string_view("<dd><code>read A@s 0 4K</code></dd>"),
        std::string_view("<dd class=\"bad\">0xbb at byte 0</dd>"),
        std::string_view("<dd class=\"good\">0xaa</dd>"),
        std::string_view("<li class=\"breaks\" id=\"line\">read A@s 0 4K</li>"),
        std::string_view("write A 0 4K = 0xbb: took effect on bytes 0 to "),
        std::string_view("class=\"bar deed breaking\""), std::string_view("href=\"#line\""),
        std::string_view("href=\"#breach\""), std::string_view("class=\"breach\" id=\"breach\""),
        std::string_view("cowbell run s.cowbell")})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

// Method: elements by a reader of our own, for a run that broke, one that held, and an empty one.
TEST(HtmlPage, IsWellFormedAndStandsAlone) {
  const std::string held = page_of(record(kBusyScenario), kBusyScenario);
  for (const std::string& page : {broken_page(), held, to_html({}, {"", "", nullptr, ""})}) {
    EXPECT_EQ(malformed(page), "");
    for (const char* outside : {"http:", "https:", "src=", "url(", "@import", "<script", "<link"})
      EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
  EXPECT_NE(held.find("class=\"held\""), std::string::npos);
  EXPECT_EQ(held.find("id=\"breach\""), std::string::npos);
  EXPECT_NE(malformed("<p><b></p></b>"), "");
}

// Method: a breach of no statement, in a run with nothing to draw; then one whose line is past the
// end of the text.
TEST(HtmlPage, LinksOnlyToWhatIsThere) {
  model::Breach breach{.rule = Rule::S9, .what = "too much", .history = {}, .line = {}};
  for (const std::uint32_t line : {0u, 3u}) {
    breach.line.number = line;
    const std::string page = to_html({}, {"s.cowbell", "one\ntwo\n", &breach, ""});
    EXPECT_EQ(page.find("href="), std::string::npos) << line;
  }
  breach.line.number = 2;
  const std::string page = to_html({}, {"s.cowbell", "one\ntwo\n", &breach, ""});
  EXPECT_NE(page.find("href=\"#line\""), std::string::npos);
  EXPECT_NE(page.find("id=\"line\""), std::string::npos);
}

// Method: a write that takes effect with its answer, and a read that looks at it then.
TEST(HtmlPage, DrawsTheMomentOfEffectOfEveryRequest) {
  const std::string page =
      page_of(record("origin A 64K\nstorage file 64K\nwrite A 0 512\nread A 0 512\n"), "");
  const std::string_view rows = std::string_view(page).substr(page.find("class=\"rows\""));
  EXPECT_NE(rows.find("class=\"dot\""), rows.npos);
  EXPECT_NE(rows.find("class=\"dot look\""), rows.npos);
}

/// Five clients and two origins, waits, and memory that is refused.
const std::string kCrowded =
    "param chunk_minimum_shift 12\n"
    "origin A 64K\n"
    "origin B 64K\n"
    "storage file 64K\n"
    "fault memory nth 40\n"
    "take s\n"
    "barrier\n"
    "1: write A 0 8K\n"
    "2: write B 0 8K\n"
    "3: write A 4K 16K ?\n"
    "4: read A@s 0 16K ?\n"
    "5: read B@s 0 16K ?\n"
    "barrier\n"
    "expect intact A@s\n"
    "expect intact B@s\n"
    "read A@s 0 64K\n";

// Method: markup and bytes that are no text, in what the user names and writes.
TEST(HtmlPage, ShowsForeignTextAsText) {
  const std::string page =
      to_html({}, {"<b>&\x01.cowbell", "# <script>alert(\"x\")</script>\n", nullptr, "'"});
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;&amp;.cowbell"), std::string::npos);
  EXPECT_EQ(malformed(page), "");
}

// Method: more rows than are drawn; the page says how many came before and stays of one size.
TEST(HtmlPage, DrawsTheEndOfALongRun) {
  std::string text = "origin A 64K\nstorage file 64K\n";
  for (std::size_t i = 0; i < kDrawnRows; ++i) text += "write A 0 4K\n";
  const std::string page = page_of(record(text), text);
  EXPECT_NE(page.find(" events before these are left out"), std::string::npos);
  EXPECT_EQ(malformed(page), "");
}

std::string browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"})
    if (test::output_of("command -v " + std::string(name))) return name;
  return {};
}

// Asks the browser how it has laid the page out. The page itself has no script.
constexpr std::string_view kMeasure = R"js(<script>
  const boxes = elements => [...elements].map(one => one.getBoundingClientRect());
  const all = [...document.querySelectorAll(".bar")];
  const bars = boxes(all);
  const inside = document.querySelector(".rows").getBoundingClientRect();
  const edges = box => [box.left - inside.left, inside.right - box.right,
                        box.top - inside.top, inside.bottom - box.bottom];
  const area = box => box.width * box.height;
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
                         Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const words = element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()];
  };
  const cut = bar => boxes(bar.children).some(
      part => part.bottom > bar.getBoundingClientRect().bottom);
  const overprinted = bar => bar.children.length == 2 && words(bar.children[0]).some(
      word => meet(word, bar.children[1].getBoundingClientRect()));
  const measured = {
    colour: getComputedStyle(document.querySelector(".bar.breaking")).borderTopColor,
    area: area(document.getElementById("breach").getBoundingClientRect()),
    bars: bars.length,
    empty: bars.filter(bar => area(bar) == 0).length,
    outside: bars.filter(bar => Math.min(...edges(bar)) < 0).length,
    cut: all.filter(cut).length,
    overprinted: all.filter(overprinted).length,
    notes: boxes(document.querySelectorAll(".note:not(.world)")).filter(
        note => bars.some(bar => meet(note, bar))).length,
    broken_words: [...document.querySelectorAll(".note")].filter(note =>
        new Set(words(note.firstChild).map(word => word.top)).size >
        note.textContent.split(" ").length).length,
    devices_end: Math.max(...boxes(document.querySelectorAll(
        ".lanes .origin, .lanes .storage")).map(box => box.right)),
    loaded: performance.getEntriesByType("resource").length,
    sideways: Math.max(0, document.scrollingElement.scrollWidth
                          - Math.max(innerWidth, inside.right + 28))
  };
  document.title = "measured " + JSON.stringify(measured);
</script>)js";

/// A browser without a window, and a place for it.
class HtmlPageInABrowser : public testing::Test {
 protected:
  void SetUp() override {
    if (browser().empty())
      GTEST_SKIP() << "no Chromium is installed: .ci/install-packages browser does it";
  }

  /// What `page` measures in a window of `width`; null if it could not be opened.
  nlohmann::json measured(const std::string& page, int width) {
    const std::string path = directory_.path("measured.html");
    write_file(path, page + std::string(kMeasure));
    const auto made = test::output_of(run() + "--window-size=" + std::to_string(width) +
                                      ",2000 --dump-dom file://" + path);
    const std::string_view before = "<title>measured ";
    const std::size_t at = made ? made->find(before) : std::string::npos;
    if (at == std::string::npos) return nullptr;
    const std::size_t begin = at + before.size();
    return nlohmann::json::parse(made->substr(begin, made->find("</title>") - begin));
  }

  /// Nothing that a browser without a person at it would do or ask for.
  std::string run() const {
    return browser() +
           " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage"
           " --disable-quic --no-first-run --disable-background-networking"
           " --disable-component-update --disable-sync"
           " --user-data-dir=" +
           directory_.path("profile") + " ";
  }

  const test::TemporaryDirectory directory_;
};

// Method: the page with a script that measures it: what broke is red and has a place, everything is
// drawn within the diagram, nothing else was loaded, and no window, narrow or wide, must be moved
// sideways but for the lanes of the diagram. The picture that it makes of the page alone is more
// than an empty one.
TEST_F(HtmlPageInABrowser, HasEverythingInItsPlace) {
  const std::string page = broken_page();
  for (const int width : {800, 1300, 1800}) {
    const auto found = measured(page, width);
    ASSERT_FALSE(found.is_null());
    EXPECT_EQ(found["colour"], "rgb(194, 24, 43)");
    EXPECT_GT(found["area"], 1'000.0);
    EXPECT_GT(found["bars"], 5);
    for (const char* none : {"empty", "outside", "loaded", "sideways"})
      EXPECT_EQ(found[none], 0) << none << " at " << width;
  }
  const std::string path = directory_.path("page.html");
  const std::string picture = directory_.path("page.png");
  write_file(path, page);
  ASSERT_TRUE(test::output_of(run() + "--screenshot=" + picture + " file://" + path));
  EXPECT_GT(std::filesystem::file_size(picture), 20'000u);
}

// Method: a deadlock, and runs with many lanes, waits and refused memory: no label is cut off, or
// printed over another or over what stands beside it, and all devices are in sight.
TEST_F(HtmlPageInABrowser, CanBeReadWhereverItIsCrowded) {
  const auto stuck = lies::maker_of<lies::LiesAboutImages<lies::NeverAnswersReads>>();
  for (const Recorded& run : {record(kCrowded), record(kCrowded, stuck)}) {
    ASSERT_FALSE(run.outcome.held());
    const auto found = measured(page_of(run, kCrowded), 1500);
    ASSERT_FALSE(found.is_null());
    EXPECT_GT(found["bars"], 20);
    EXPECT_GT(found["area"], 1'000.0);
    EXPECT_LT(found["devices_end"], 1'485.0);
    for (const char* none : {"cut", "overprinted", "notes", "broken_words", "outside"})
      EXPECT_EQ(found[none], 0) << none;
  }
}

}  // namespace
}  // namespace cowbell::replay
