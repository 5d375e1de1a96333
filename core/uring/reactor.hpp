// SPDX-License-Identifier: Apache-2.0
// The real world's heart: fibers of one thread over one io_uring.
//
//   a fiber starts an operation ──▶ queued ──▶ submitted, in a batch ──▶ in the kernel
//                                     ▲                                      │
//             too many in flight: waits in line              its answer, in the dispatcher's turn
//
// Requests are submitted as soon as a few are queued, and what is left of them in the dispatcher's
// turn, in which answers are taken: when no fiber is ready, and at least every 64 switches. When no
// fiber is ready and no answer has come, the thread sleeps in the ring until there is one, a timer
// expires, or another thread makes a fiber ready.
#pragma once

#include <liburing.h>

#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/bio.hpp"
#include "core/fiber.hpp"
#include "core/timer_queue.hpp"
#include "core/uring/open_error.hpp"
#include "core/uring/reactor_scheduler.hpp"

namespace cowbell::uring {

/// One request to the kernel. Whoever starts it keeps it alive until `completed` is called.
class RingOperation : public boost::intrusive::list_base_hook<> {
 public:
  /// Fills the entry, all but its user data. Called once for each start, perhaps later than it.
  virtual void prepare(io_uring_sqe& entry) noexcept = 0;

  /// The kernel's answer: a negative errno or what the operation returns. Under the rules of a
  /// completion frame. The operation is the starter's again and may be started anew.
  virtual void completed(int result) noexcept = 0;

 protected:
  ~RingOperation() = default;
};

struct ReactorOptions {
  /// Entries of the submission queue; a batch is never larger.
  unsigned queue_depth = 256;
  /// Other threads make fibers of this one ready. A reactor with nothing in flight and nothing due
  /// then waits for them instead of calling it a deadlock.
  bool woken_by_threads = false;
};

/// How a run came to rest.
enum class Rest : std::uint8_t {
  done,     ///< the program returned
  deadlock  ///< nothing can run, nothing is in flight and nothing is due
};

/// Belongs to the thread that opened it; nothing but `notify` of its scheduler is for others.
class Reactor final : public Clock, private ReactorTurns {
 public:
  /// Errors: what the kernel says of io_uring, such as EPERM where it is disabled.
  static Opened<std::unique_ptr<Reactor>> open(const ReactorOptions& options = {});

  /// Nothing is in flight. After a deadlock the process must end instead: stuck fibers cannot be
  /// taken down.
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Runs `program` as the first fiber, with the calling context parked, until it returns and all
  /// fibers have ended. Called from outside of any fiber; may be called again.
  Rest run(const std::function<void()>& program);

  FiberStacks& stacks() { return stacks_; }

  /// Who waits for what, one fiber a line.
  std::string describe_fibers() const { return scheduler_->fibers().describe(); }

  /// Time since the reactor was opened, by CLOCK_MONOTONIC.
  Time now() const override;
  void arm(Timer& timer, Time deadline) override { timers_.arm(timer, deadline); }
  void disarm(Timer& timer) override { timers_.disarm(timer); }

  /// Hands `operation` to the kernel in the next batch, or, when as many are in flight as the ring
  /// can answer, as soon as one has come back; in the order of the calls. Never fails, never waits.
  void start(RingOperation& operation);

  /// Completes a bio, with the answer as it stands in it, in the dispatcher's next turn: for
  /// requests that are answered without the kernel.
  void answer(Bio& bio) { answered_.push_back(bio); }

 private:
  class WakeUp final : public RingOperation {
   public:
    explicit WakeUp(Reactor& reactor) : reactor_(reactor) {}
    void prepare(io_uring_sqe& entry) noexcept override;
    void completed(int result) noexcept override;

   private:
    Reactor& reactor_;
    std::uint64_t count_ = 0;
  };

  Reactor(const ReactorOptions& options, FileDescriptor wake_up);
  int open_ring();

  void take_turn() noexcept override;
  void sleep() noexcept override;

  bool queue(RingOperation& operation);
  static void fill(io_uring_sqe& entry, RingOperation& operation);
  void arm_wake_up();
  void submit();
  bool answers_visible() const;
  unsigned reap();
  void reap_all();
  void expire_timers();
  void answer_bios();
  bool anything_pending() const;

  ReactorOptions options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  FiberStacks stacks_;
  boost::intrusive_ptr<ReactorScheduler> scheduler_;
  TimerQueue timers_;

  io_uring ring_{};
  bool ring_open_ = false;
  unsigned in_flight_ = 0;          ///< queued or in the kernel, `wake_up_` not counted
  unsigned in_flight_maximum_ = 0;  ///< what the completion queue holds
  boost::intrusive::list<RingOperation> waiting_;
  boost::intrusive::list<Bio> answered_;
  WakeUp wake_up_{*this};
  bool wake_up_armed_ = false;
  bool woken_ = false;  ///< by another thread, since the last sleep

  boost::fibers::context* parked_ = nullptr;  ///< who called `run`
  bool program_ended_ = false;
  bool deadlocked_ = false;
};

}  // namespace cowbell::uring
