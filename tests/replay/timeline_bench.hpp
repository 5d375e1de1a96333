// SPDX-License-Identifier: Apache-2.0
// Scenarios run in a child, with their events.
#pragma once

#include "models/scenario_text.hpp"
#include "properties/judge.hpp"
#include "replay/timeline.hpp"

namespace cowbell::replay {

struct Recorded {
  model::Scenario scenario;
  properties::Outcome outcome;
  std::vector<sim::Event> events;
  Timeline timeline;
};

/// `text` is without its first line. Throws std::bad_expected_access if it is wrong.
inline Recorded record(const std::string& text, const model::SubjectMaker& subject = {}) {
  Recorded recorded{.scenario = model::parse_scenario("cowbell-scenario 1\n" + text).value(),
                    .outcome = {},
                    .events = {},
                    .timeline = {}};
  properties::Recording recording;
  recorded.outcome =
      properties::judge(recorded.scenario, {.subject = subject, .recording = &recording});
  recorded.events = recording.events();
  const auto& breach = recorded.outcome.breach;
  recorded.timeline = make_timeline(recorded.scenario, recorded.events, recording.left_out(),
                                    breach ? &*breach : nullptr);
  return recorded;
}

/// Copy-on-write, reads of an image, background requests, faults and growth.
inline const std::string kBusyScenario =
    "param chunk_minimum_shift 12\n"
    "param chunk_maximum_in_queue 1\n"
    "origin A 64K\n"
    "origin B 32K\n"
    "storage file 32K limit 64K minimum 16K\n"
    "fault storage.write nth 3 EIO\n"
    "schedule random seed 42\n"
    "take s\n"
    "barrier\n"
    "1: write A 0 12K\n"
    "2: write B 0 8K\n"
    "3: background write A 16K 4K\n"
    "3: background write A 20K 4K\n"
    "3: read A@s 0 24K\n"
    "barrier\n"
    "read A@s 0 8K\n"
    "1: zero A 32K 16K\n"
    "barrier\n"
    "read A 0 4K\n";

}  // namespace cowbell::replay
