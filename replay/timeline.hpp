// SPDX-License-Identifier: Apache-2.0
// What happened in a simulated run, arranged for a person: a lane for each fiber and each device,
// what went on in it, and rows in the order of events. Whatever shows a run is made from this.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/scenario.hpp"
#include "models/verdict.hpp"
#include "sim/event.hpp"

namespace cowbell::replay {

struct Timeline {
  using LaneIndex = std::size_t;  ///< into `lanes`
  using Row = std::size_t;        ///< into `rows`
  static constexpr LaneIndex kNoLane = std::numeric_limits<LaneIndex>::max();

  /// Clients come first, then the engine, origins, storages, and the check at the end.
  struct Lane {
    enum class Kind : std::uint8_t { client, engine, origin, storage } kind;
    std::string name;  ///< "client 0", "copy-on-write 7", "origin A", "storage of s1"
  };

  /// What a fiber does or waits for. Those of a lane nest, except deeds that are `aside`.
  struct Span {
    enum class Kind : std::uint8_t {
      deed,  ///< a statement, or what the runner does at the end
      work,  ///< a fiber of the engine between two waits for something to do
      wait   ///< within one of the others, or for a barrier
    } kind;
    LaneIndex lane;
    std::uint32_t fiber;
    Row first_row, last_row;
    Time from, to;
    std::string text;               ///< "write A 0 4K", "copy-on-write", "waits for memory"
    std::uint32_t source_line = 0;  ///< of a statement of the program; else 0
    Errc outcome = Errc::none;
    bool aside = false;     ///< others of its lane go on beside it
    bool open = false;      ///< it did not end
    bool obvious = false;   ///< of a wait: for a request that it sent itself
    bool breaking = false;  ///< it showed that a rule, or an expectation, is broken
    /// Of a breaking one, what it found instead of what it expects, in a few words; else empty.
    std::string found = {};
  };

  /// A request on its way at a device.
  struct Request {
    LaneIndex device;
    LaneIndex sender;      ///< kNoLane where an answer or a timer sent it
    std::uint32_t fiber;   ///< that sent it; 0 for none
    std::uint64_t number;  ///< of the device, from 0
    Row first_row, last_row;
    Time from, to;
    std::string text;  ///< "read 0 4K"
    struct Effect {
      Row row;
      Time at;
      std::string text;  ///< "0 4K takes effect"
    };
    std::vector<Effect> effects;
    bool changes = false;  ///< the data of the device
    std::string fault;  ///< what was injected: "EIO", "torn EIO"; empty for nothing
    Errc outcome = Errc::none;
    bool came_up_short = false;
    bool open = false;
  };

  /// Something at one moment.
  struct Note {
    LaneIndex lane;  ///< kNoLane for the world as a whole
    Row row;
    Time at;
    std::string text;  ///< "64K granted", "all faults and stalls are lifted"
    bool fault;
    bool breaking = false;  ///< a rule was found broken here, in nothing that a client did
  };

  /// A figure that moves in time.
  struct Counter {
    std::string name;  ///< "memory in use", "storage of s1: granted"
    struct Point {
      Time at;
      std::uint64_t bytes;
    };
    std::vector<Point> points;
  };

  std::vector<Lane> lanes;  ///< only those in which something went on
  std::vector<Time> rows;   ///< when each row is; never falls
  std::vector<Span> spans;  ///< in the order in which they began
  std::vector<Request> requests;
  std::vector<Note> notes;
  std::vector<Counter> counters;
  /// Takes other lanes; what was in lane I is in lane `place[I]` from now on.
  void move_to(std::vector<Lane> new_lanes, std::span<const LaneIndex> place);

  std::uint64_t left_out = 0;  ///< events before the first that was kept
};

/// `events` of one run of `scenario`, oldest first, after `left_out` others. `breach` is what the
/// run came to; null if it held.
Timeline make_timeline(const model::Scenario& scenario, std::span<const sim::Event> events,
                       std::uint64_t left_out, const model::Breach* breach);

/// The same with one lane for all fibers of one kind of the engine, in which they go on side by
/// side.
Timeline with_engine_folded(Timeline timeline);

/// "OK", "EIO", "no answer", "not met: it is intact".
std::string outcome_text(const Timeline::Span& deed);
/// The same of a request: "OK", "EIO", "short", "no answer".
std::string outcome_text(const Timeline::Request& request);

/// "4K", "512", with the largest suffix that divides it: as in a scenario.
std::string size_text(ByteCount bytes);

/// OFFSET LENGTH, as in a scenario.
std::string range_text(SectorRange range);

/// "1.5 ms"; exact.
std::string moment_text(Time time);

}  // namespace cowbell::replay
