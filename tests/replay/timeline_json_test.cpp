// SPDX-License-Identifier: Apache-2.0
#include "replay/timeline_json.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/replay/timeline_bench.hpp"

namespace cowbell::replay {
namespace {

using Json = nlohmann::json;

/// Through text, as Perfetto would see it.
Json trace_of(const std::string& scenario) {
  return Json::parse(to_trace_events(record(scenario).timeline).dump())["traceEvents"];
}

// Method: `E` closes the last open `B` of its thread, in the order of the file; nothing stays open,
// and times of a thread never fall.
TEST(TimelineJson, SlicesOfAFiberNest) {
  std::map<int, std::vector<double>> open;
  std::map<int, double> last;
  std::size_t deepest = 0;
  for (const Json& event : trace_of(kBusyScenario)) {
    const std::string phase = event["ph"];
    if (phase != "B" && phase != "E") continue;
    const int thread = event["tid"];
    const double at = event["ts"];
    EXPECT_GE(at, last[thread]);
    last[thread] = at;
    if (phase == "B") {
      EXPECT_TRUE(event.contains("name"));
      open[thread].push_back(at);
      deepest = std::max(deepest, open[thread].size());
    } else {
      ASSERT_FALSE(open[thread].empty()) << "thread " << thread << " at " << at;
      open[thread].pop_back();
    }
  }
  for (const auto& [thread, slices] : open) EXPECT_TRUE(slices.empty()) << "thread " << thread;
  EXPECT_EQ(deepest, 2u);
}

// Method: asynchronous events by id: one `b`, then any `n`, then one `e`.
TEST(TimelineJson, EveryRequestThatBeginsEnds) {
  std::map<std::string, std::string> phases;
  std::size_t bios = 0;
  for (const Json& event : trace_of(kBusyScenario)) {
    const std::string phase = event["ph"];
    if (phase != "b" && phase != "n" && phase != "e") continue;
    phases[event["id"]] += phase;
    bios += phase == "b" && event["cat"] == "bio" ? 1 : 0;
  }
  for (const auto& [id, all] : phases) {
    EXPECT_EQ(all.front(), 'b') << id;
    EXPECT_EQ(all.find('e'), all.size() - 1) << id << ": " << all;
    EXPECT_EQ(all.rfind('b'), 0u) << id << ": " << all;
  }
  EXPECT_GT(bios, 10u);
  EXPECT_GT(phases.size(), bios);  // requests in the background
}

// Method: the three counters of a run that grows its storage, and what they come to.
TEST(TimelineJson, CountsMemoryAndStorage) {
  std::map<std::string, std::vector<std::uint64_t>> counters;
  for (const Json& event : trace_of(kBusyScenario))
    if (event["ph"] == "C") counters[event["name"]].push_back(event["args"]["bytes"]);
  EXPECT_GT(counters["memory in use"].size(), 10u);
  ASSERT_GE(counters["storage of s: granted"].size(), 2u);
  EXPECT_EQ(counters["storage of s: granted"].front(), 32u * 1024);
  ASSERT_FALSE(counters["storage of s: filled"].empty());
  EXPECT_TRUE(std::is_sorted(counters["storage of s: filled"].begin(),
                             counters["storage of s: filled"].end()));
  EXPECT_LE(counters["storage of s: filled"].back(), counters["storage of s: granted"].back());
}

// Method: every thread that has an event has a name.
TEST(TimelineJson, NamesEveryFiberAndDevice) {
  std::set<std::pair<int, int>> named, used;
  std::set<std::string> names;
  for (const Json& event : trace_of(kBusyScenario)) {
    const std::pair<int, int> thread{event["pid"], event["tid"]};
    if (event["ph"] == "M" && event["name"] == "thread_name") {
      named.insert(thread);
      names.insert(event["args"]["name"]);
    } else if (event["ph"] != "M" && thread.second != 0) {
      used.insert(thread);
    }
  }
  EXPECT_EQ(named, used);
  for (const char* name : {"client 1", "origin A", "storage of s"})
    EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace cowbell::replay
