// SPDX-License-Identifier: Apache-2.0
#include "core/uring/reactor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "core/wait_queue.hpp"
#include "tests/uring/requests.hpp"

namespace cowbell::uring {
namespace {

using namespace std::chrono_literals;

/// A request that does nothing and is answered at once.
class Nothing final : public RingOperation {
 public:
  void prepare(io_uring_sqe& entry) noexcept override { io_uring_prep_nop(&entry); }
  void completed(int result) noexcept override {
    EXPECT_EQ(result, 0);
    ++answers;
    if (on_answer) on_answer();
    arrival.wake_one();
  }
  void wait() {
    while (answers == 0) arrival.wait();
  }

  unsigned answers = 0;
  std::function<void()> on_answer;
  WaitQueue arrival{"nothing"};
};

/// Bytes that are there as soon as the kernel has carried out the request that writes them.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reading_end() const { return ends_[0]; }
  int writing_end() const { return ends_[1]; }
  void write() const { EXPECT_EQ(::write(writing_end(), "", 1), 1); }
  /// Takes up to `count` bytes, each of which comes within the limit. Keeps the thread meanwhile.
  std::size_t take(std::size_t count, std::chrono::milliseconds limit) const {
    std::size_t taken = 0;
    pollfd end{.fd = reading_end(), .events = POLLIN, .revents = 0};
    char byte = 0;
    while (taken < count && ::poll(&end, 1, static_cast<int>(limit.count())) == 1 &&
           ::read(reading_end(), &byte, 1) == 1)
      ++taken;
    return taken;
  }

 private:
  std::array<int, 2> ends_{};
};

/// Writes a byte into a pipe, or waits for one from it.
class PipeRequest final : public RingOperation {
 public:
  enum class Kind : std::uint8_t { write, read };
  PipeRequest(Kind kind, const Pipe& pipe) : kind_(kind), pipe_(pipe) {}
  void prepare(io_uring_sqe& entry) noexcept override {
    if (kind_ == Kind::write)
      io_uring_prep_write(&entry, pipe_.writing_end(), &byte_, 1, 0);
    else
      io_uring_prep_read(&entry, pipe_.reading_end(), &byte_, 1, 0);
  }
  void completed(int result) noexcept override {
    EXPECT_EQ(result, 1);
    answered_ = true;
    arrival_.wake_one();
  }
  bool answered() const { return answered_; }
  void wait(Reactor& reactor, Time deadline = kForever) {
    while (!answered_ && arrival_.wait_until(reactor, deadline)) {
    }
  }

 private:
  const Kind kind_;
  const Pipe& pipe_;
  char byte_ = 0;
  bool answered_ = false;
  WaitQueue arrival_{"a pipe"};
};

// Method: one fiber, one request; then the same reactor runs another program.
TEST(Reactor, RunsOneProgramAfterAnother) {
  test::need_io_uring();
  auto reactor = Reactor::open();
  ASSERT_TRUE(reactor.has_value()) << reactor.error().text;
  unsigned answers = 0;
  for (int run = 0; run < 3; ++run)
    EXPECT_EQ((*reactor)->run([&] {
      Nothing nothing;
      (*reactor)->start(nothing);
      nothing.wait();
      answers += nothing.answers;
    }),
              Rest::done);
  EXPECT_EQ(answers, 3u);
}

// Method: 1,000 fibers with ten requests each, over a ring with eight entries, so that the
// submission queue is full and more are in flight than the completion queue holds.
TEST(Reactor, LosesNoRequestWhenQueuesAreFull) {
  test::in_reactor(
      [](Reactor& reactor) {
        FiberGroup fibers(reactor.stacks());
        unsigned answers = 0;
        for (int i = 0; i < 1000; ++i)
          fibers.spawn("client", [&] {
            for (int request = 0; request < 10; ++request) {
              Nothing nothing;
              reactor.start(nothing);
              nothing.wait();
              answers += nothing.answers;
            }
          });
        fibers.join();
        EXPECT_EQ(answers, 10'000u);
      },
      {.queue_depth = 8});
}

// Method: one fiber starts 5,000 requests without ever waiting, in a ring with four entries.
TEST(Reactor, TakesMoreRequestsThanItsQueuesHoldWithoutWaiting) {
  test::in_reactor(
      [](Reactor& reactor) {
        std::vector<Nothing> requests(5000);
        const FiberProperties* self = current_fiber();
        for (Nothing& request : requests) reactor.start(request);
        EXPECT_EQ(self->waiting_in, nullptr);
        for (Nothing& request : requests) request.wait();
        for (const Nothing& request : requests) EXPECT_EQ(request.answers, 1u);
      },
      {.queue_depth = 4});
}

// Method: one fiber starts eight requests and keeps the thread; what they do is seen all the same.
TEST(Reactor, SubmitsAFewRequestsBeforeTheirFiberWaits) {
  test::in_reactor([](Reactor& reactor) {
    const Pipe pipe;
    std::deque<PipeRequest> requests;
    for (int i = 0; i < 8; ++i)
      reactor.start(requests.emplace_back(PipeRequest::Kind::write, pipe));
    EXPECT_EQ(pipe.take(8, 2s), 8u);
    EXPECT_FALSE(requests.front().answered()) << "answers are taken in the dispatcher's turn";
    for (PipeRequest& request : requests) request.wait(reactor);
  });
}

// Method: one to seven requests that nobody waits for, and another that is open, in the kernel
// already or not, and waited for with a deadline or without. Another thread answers that one when
// it has seen what the others do, or has given them up.
TEST(Reactor, SubmitsWhatIsFewerThanABatchWhenNoMoreCome) {
  for (const bool open_before : {true, false})
    for (const bool deadline : {true, false})
      for (std::size_t count = 1; count < 8; ++count)
        test::in_reactor([&](Reactor& reactor) {
          const Pipe seen;
          const Pipe end;
          std::size_t arrived = 0;
          PipeRequest open(PipeRequest::Kind::read, end);
          std::deque<PipeRequest> requests;
          reactor.start(open);
          if (open_before) open.wait(reactor, reactor.now());
          for (std::size_t i = 0; i < count; ++i)
            reactor.start(requests.emplace_back(PipeRequest::Kind::write, seen));
          std::thread other([&] {
            arrived = seen.take(requests.size(), 2s);
            end.write();
          });
          open.wait(reactor, deadline ? reactor.now() + 60s : kForever);
          other.join();
          EXPECT_EQ(arrived, requests.size()) << "they wait for more";
          for (PipeRequest& request : requests) request.wait(reactor);
        });
}

// Method: each completion starts the next request from within itself, 10,000 times.
TEST(Reactor, TakesRequestsFromCompletions) {
  test::in_reactor([](Reactor& reactor) {
    Nothing chain;
    WaitQueue end{"the end of the chain"};
    chain.on_answer = [&] {
      if (chain.answers < 10'000)
        reactor.start(chain);
      else
        end.wake_one();
    };
    reactor.start(chain);
    end.wait();
    EXPECT_EQ(chain.answers, 10'000u);
  });
}

// Method: timers armed out of order, one of them taken back; they expire in the order of their
// deadlines and not before these.
TEST(Reactor, ExpiresTimersInOrderAndNeverEarly) {
  test::in_reactor([](Reactor& reactor) {
    struct Recorder : Timer {
      std::vector<const Timer*>* order;
      Reactor* reactor;
    };
    std::vector<const Timer*> order;
    std::array<Recorder, 4> timers;
    const Time start = reactor.now();
    const std::array<Time, 4> delays{8ms, 2ms, 5ms, 1ms};
    for (std::size_t i = 0; i < timers.size(); ++i) {
      timers[i].order = &order;
      timers[i].reactor = &reactor;
      timers[i].expire = [](Timer& timer) noexcept {
        auto& recorder = static_cast<Recorder&>(timer);
        EXPECT_GE(recorder.reactor->now(), timer.deadline);
        recorder.order->push_back(&timer);
      };
      reactor.arm(timers[i], start + delays[i]);
    }
    reactor.disarm(timers[2]);
    WaitQueue end{"the end of the test"};
    EXPECT_FALSE(end.wait_until(reactor, start + 20ms));
    EXPECT_GE(reactor.now(), start + 20ms);
    EXPECT_EQ(order, (std::vector<const Timer*>{&timers[3], &timers[1], &timers[0]}));
  });
}

// Method: a deadline in the past; the caller must get away before it expires.
TEST(Reactor, ExpiresAPastDeadlineAtOnceButNotInTheCall) {
  test::in_reactor([](Reactor& reactor) {
    WaitQueue queue{"a moment that has passed"};
    EXPECT_FALSE(queue.wait_until(reactor, Time::zero()));
  });
}

// Method: more answers than are taken at once are there, and then a deadline passes, while the
// thread does something else, as after a pause of the process. The answers come first.
TEST(Reactor, TakesEveryAnswerBeforeADeadlineExpires) {
  test::in_reactor([](Reactor& reactor) {
    struct Counter : Timer {
      std::vector<Nothing> requests{304};  // whole batches: all are sent before the pause
      std::ptrdiff_t answered = 0;
    } counter;
    counter.expire = [](Timer& timer) noexcept {
      auto& self = static_cast<Counter&>(timer);
      self.answered = std::ranges::count(self.requests, 1u, &Nothing::answers);
    };
    for (Nothing& request : counter.requests) reactor.start(request);
    const Time deadline = reactor.now() + 2ms;
    reactor.arm(counter, deadline);
    std::this_thread::sleep_for(10ms);
    WaitQueue end{"the end of the test"};
    EXPECT_FALSE(end.wait_until(reactor, deadline + 20ms));
    EXPECT_EQ(counter.answered, std::ssize(counter.requests));
  });
}

// Method: CPU time of a reactor with nothing to do but a timer 200 ms away.
TEST(Reactor, SleepsInTheRingWhenNothingIsReady) {
  const auto cpu_time = [] {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  };
  test::in_reactor([&](Reactor& reactor) {
    const auto before = cpu_time();
    WaitQueue queue{"time"};
    EXPECT_FALSE(queue.wait_until(reactor, reactor.now() + 200ms));
    EXPECT_LT(cpu_time() - before, 50ms);
  });
}

// Method: two fibers hand a turn to and fro for ever, so that some fiber is always ready; a third
// waits for a request. It gets its answer all the same.
TEST(Reactor, ReapsWhileFibersAreAlwaysReady) {
  test::in_reactor([](Reactor& reactor) {
    FiberGroup fibers(reactor.stacks());
    bool answered = false;
    std::uint64_t switches = 0;
    for (int i = 0; i < 2; ++i)
      fibers.spawn("busy", [&] {
        while (!answered) {
          ++switches;
          boost::fibers::context::active()->yield();
        }
      });
    fibers.spawn("waiting", [&] {
      Nothing nothing;
      reactor.start(nothing);
      nothing.wait();
      answered = true;
    });
    fibers.join();
    EXPECT_GE(switches, 1u);
  });
}

// Method: another thread makes a sleeping fiber ready, many times over.
TEST(Reactor, WakesUpForAnotherThread) {
  test::in_reactor(
      [](Reactor&) {
        boost::fibers::context* self = boost::fibers::context::active();
        std::atomic<int> asleep = 0;
        constexpr int kRounds = 200;
        std::thread other([&] {
          for (int round = 1; round <= kRounds; ++round) {
            asleep.wait(round - 1);
            if (round % 50 == 0) std::this_thread::sleep_for(2ms);
            boost::fibers::context::active()->schedule(self);
          }
        });
        for (int round = 1; round <= kRounds; ++round) {
          asleep = round;
          asleep.notify_one();
          self->suspend();
        }
        other.join();
      },
      {.woken_by_threads = true});
}

// Method: a fiber waits for what nobody will ever do. The process ends there, as it must: stuck
// fibers cannot be taken down.
TEST(ReactorDeathTest, CallsADeadlockOneAndNamesWhoWaits) {
  test::need_io_uring();
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        auto reactor = Reactor::open();
        WaitQueue never{"what never comes"};
        if ((*reactor)->run([&] { never.wait(); }) == Rest::deadlock)
          std::fputs((*reactor)->describe_fibers().c_str(), stderr);
        std::_Exit(7);
      },
      testing::ExitedWithCode(7), "program 1 waits for what never comes");
}

// Method: the numbers of fibers in two runs of one reactor.
TEST(Reactor, NumbersFibersAnewInEachRun) {
  test::need_io_uring();
  auto reactor = Reactor::open();
  ASSERT_TRUE(reactor.has_value()) << reactor.error().text;
  for (int run = 0; run < 2; ++run)
    (*reactor)->run([&] {
      EXPECT_EQ(current_fiber()->number, 1u);
      FiberGroup fibers((*reactor)->stacks());
      for (std::uint32_t i = 2; i < 5; ++i)
        fibers.spawn("client", [i] { EXPECT_EQ(current_fiber()->number, i); });
      fibers.join();
    });
}

// Method: two reactors take turns on one thread.
TEST(Reactor, SharesItsThreadWithAnotherThatRunsLater) {
  test::need_io_uring();
  auto first = Reactor::open();
  auto second = Reactor::open();
  ASSERT_TRUE(first.has_value() && second.has_value());
  for (int turn = 0; turn < 4; ++turn) {
    Reactor& reactor = turn % 2 == 0 ? **first : **second;
    EXPECT_EQ(reactor.run([&] {
      Nothing nothing;
      reactor.start(nothing);
      nothing.wait();
    }),
              Rest::done);
  }
}

}  // namespace
}  // namespace cowbell::uring
