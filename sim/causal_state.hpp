// SPDX-License-Identifier: Apache-2.0
// A name for the state that a run has come to: two runs of one program have the same name where
// their steps so far are the same and stand in the same order, but for pairs of steps that cannot
// tell which of them came first. Then they are in the same state, and can go on in the same ways.
// Source: Musuvathi and Qadeer, "Partial-order reduction for context-bounded state exploration",
// Microsoft Research, 2007: states by their happens-before relation, with a bound on preemptions.
//
// A step is what a fiber does from one wait to the next, or the answer of a device with all that it
// brings about at once. What a step may look at, and change:
//
// - *The engine*, as one object: every step of a fiber looks at it and changes it, except a first
//   step in which a fiber does nothing but begin to wait for work, and a last one in which it does
//   nothing but end. (The fibers of one kind that wait for work are the same fiber by another
//   name.) So does the answer of a write to a storage, and any answer while a take or a release
//   goes on. The answer of a read that a client waits for itself looks at it.
// - *Blocks* of a device: a write changes them when it takes effect, a read looks at them.
// - *A fiber of the engine*: the answer of a read that it waits for.
// - *What has been answered*: every answer to a client adds to it, in whatever order; the
//   invocation of a request looks at it, which is what the golden copy orders requests by.
// - A take and a release look at everything.
//
// That holds in worlds without faults where nobody waits for memory or for a deadline.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/event.hpp"
#include "sim/policy.hpp"

namespace cowbell::sim {

class CausalState final : public EventSink {
 public:
  /// A run begins.
  void restart();

  /// All that happens in the run, and what its clients do.
  void add(const Event& event) override;

  /// The name of the state between two steps. Who is ready, in this order, is a part of it.
  std::uint64_t name(std::span<const ReadyFiber> ready) const;

  /// Whether the last step of a fiber did nothing but end.
  bool last_step_only_ended() const { return only_ended_; }

  /// The name of the request that was submitted last.
  std::uint64_t newest_request() const { return requests_.back().name; }

 private:
  struct Fiber {
    std::uint64_t state = 0;
    std::uint64_t answers = 0;  ///< to what it has read
    bool has_run = false;
    bool is_client = false;
  };
  struct Request {
    model::DeviceId device;
    std::uint64_t number;
    Operation operation;
    std::uint32_t fiber;  ///< that submitted it; 0 for an answer
    std::uint64_t name;
    std::uint64_t seen = 0;  ///< what a read has found so far
  };
  struct Block {
    model::DeviceId device;
    std::uint64_t sector;
    std::uint64_t version;
  };

  Fiber& fiber(std::uint32_t number);
  Block& block(model::DeviceId device, std::uint64_t sector);
  /// What one of them adds to the sum of its kind.
  std::uint64_t part(const Fiber& fiber) const;
  static std::uint64_t part(const Block& block);
  void step_begins(std::uint32_t fiber);
  void step_ends(const Event& event);
  /// The step that goes on has looked at the engine and changed it.
  void touch_engine();
  void submitted(const Event& event);
  void took_effect(const Event& event);
  void answered(const Event& event);
  void began(const Event& event);
  void ended(const Event& event);

  std::uint64_t engine_ = 0;
  std::uint64_t answered_ = 0;
  std::vector<Fiber> fibers_;         // by number
  std::vector<Block> blocks_;         // that were looked at or changed
  std::uint64_t all_fibers_ = 0;      // of those whose state has changed
  std::uint64_t all_blocks_ = 0;      // of those that have changed
  std::vector<Request> requests_;     // on their way
  std::uint32_t looking_at_all_ = 0;  // takes and releases that go on

  // Of the step that goes on.
  std::uint32_t running_ = 0;  // 0 for an answer
  std::uint64_t step_ = 0;     // what it has looked at
  std::uint64_t deeds_ = 0;
  bool touched_engine_ = false;
  bool only_ended_ = false;
};

}  // namespace cowbell::sim
