// SPDX-License-Identifier: Apache-2.0
#include "core/uring/reactor.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/invariant.hpp"

namespace cowbell::uring {
namespace {

/// Answers taken from the ring at once.
constexpr unsigned kReapBatch = 128;

/// Requests that are handed over without waiting for the end of the turn, so that whoever serves
/// them, a thread of the kernel or the device, works beside this thread and not in turn with it.
constexpr unsigned kSubmitBatch = 8;

/// Answers to `io_uring_enter` after which it is simply called again: the wait ended, the kernel is
/// short of memory, or its completion queue is full. Entries that it has not taken stay queued.
constexpr bool passes(int result) {
  return result >= 0 || result == -ETIME || result == -EINTR || result == -EAGAIN ||
         result == -EBUSY;
}

}  // namespace

void Reactor::WakeUp::prepare(io_uring_sqe& entry) noexcept {
  io_uring_prep_read(&entry, reactor_.scheduler_->wake_up(), &count_, sizeof count_, 0);
}

void Reactor::WakeUp::completed(int) noexcept {
  reactor_.wake_up_armed_ = false;
  reactor_.woken_ = true;
}

Opened<std::unique_ptr<Reactor>> Reactor::open(const ReactorOptions& options) {
  FileDescriptor wake_up(::eventfd(0, EFD_CLOEXEC));
  if (!wake_up.open()) return open_error("make", "eventfd", errno);
  std::unique_ptr<Reactor> reactor(new Reactor(options, std::move(wake_up)));
  if (const int number = reactor->open_ring()) return open_error("set up", "io_uring", number);
  return reactor;
}

Reactor::Reactor(const ReactorOptions& options, FileDescriptor wake_up)
    : options_(options), scheduler_(new ReactorScheduler(std::move(wake_up))) {}

int Reactor::open_ring() {
  // From what newer kernels do best to what every kernel with io_uring can do.
  constexpr std::array<unsigned, 3> kFlags{
      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
          IORING_SETUP_SUBMIT_ALL,
      IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL, 0};
  int result = -EINVAL;
  for (const unsigned flags : kFlags) {
    io_uring_params params{};
    params.flags = flags | IORING_SETUP_CLAMP;
    result = io_uring_queue_init_params(options_.queue_depth, &ring_, &params);
    if (result == -EINVAL) continue;
    if (result < 0) break;
    ring_open_ = true;
    // One place is kept for `wake_up_`, so that the completion queue can never overflow.
    in_flight_maximum_ = params.cq_entries - 1;
    io_uring_register_ring_fd(&ring_);  // saves a look-up in each call; may be refused
    return 0;
  }
  return -result;
}

Reactor::~Reactor() {
  if (!ring_open_) return;
  COWBELL_INVARIANT(S11, !anything_pending());
  // The armed read must not write into memory that is no longer ours.
  if (wake_up_armed_) scheduler_->notify();
  while (wake_up_armed_) {
    COWBELL_INVARIANT(S8, passes(io_uring_submit_and_wait(&ring_, 1)));
    reap();  // runs nothing else: nothing is in flight
  }
  io_uring_queue_exit(&ring_);
}

Rest Reactor::run(const std::function<void()>& program) {
  COWBELL_INVARIANT(S8, !deadlocked_ && current_fiber() == nullptr);
  install_scheduler(scheduler_);
  scheduler_->begin(*this);
  parked_ = boost::fibers::context::active();
  program_ended_ = false;
  auto first = std::make_unique<FiberGroup>(stacks_);
  first->spawn("program", [&] {
    program();
    program_ended_ = true;
  });
  parked_->suspend();
  scheduler_->end();
  if (!deadlocked_) return Rest::done;
  first.release();  // its fiber can never end
  return Rest::deadlock;
}

Time Reactor::now() const {
  return std::chrono::steady_clock::now() - start_;
}

void Reactor::start(RingOperation& operation) {
  // Nobody overtakes those who wait in line.
  if (!waiting_.empty() || !queue(operation)) waiting_.push_back(operation);
  if (io_uring_sq_ready(&ring_) >= kSubmitBatch) submit();
}

bool Reactor::queue(RingOperation& operation) {
  if (in_flight_ == in_flight_maximum_) return false;
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  if (entry == nullptr) {
    submit();
    entry = io_uring_get_sqe(&ring_);
    if (entry == nullptr) return false;
  }
  fill(*entry, operation);
  ++in_flight_;
  return true;
}

void Reactor::fill(io_uring_sqe& entry, RingOperation& operation) {
  operation.prepare(entry);
  io_uring_sqe_set_data(&entry, &operation);
}

void Reactor::arm_wake_up() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  if (entry == nullptr) return;  // the kernel takes no entries at the moment: next turn
  fill(*entry, wake_up_);
  wake_up_armed_ = true;
}

void Reactor::submit() {
  COWBELL_INVARIANT(S8, passes(io_uring_submit(&ring_)));
}

bool Reactor::answers_visible() const {
  constexpr unsigned kInTheKernel = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return io_uring_cq_ready(&ring_) != 0 ||
         (IO_URING_READ_ONCE(*ring_.sq.kflags) & kInTheKernel) != 0;
}

unsigned Reactor::reap() {
  struct Answer {
    RingOperation* operation;
    int result;
  };
  std::array<io_uring_cqe*, kReapBatch> entries;
  std::array<Answer, kReapBatch> answers;
  const unsigned count = io_uring_peek_batch_cqe(&ring_, entries.data(), kReapBatch);
  for (unsigned i = 0; i < count; ++i)
    answers[i] = {static_cast<RingOperation*>(io_uring_cqe_get_data(entries[i])), entries[i]->res};
  // Given back before anything runs: what runs may submit, and the kernel may answer at once.
  io_uring_cq_advance(&ring_, count);
  for (unsigned i = 0; i < count; ++i) {
    if (answers[i].operation != &wake_up_) --in_flight_;
    answers[i].operation->completed(answers[i].result);
  }
  return count;
}

/// Takes every answer that is there now, and few that come meanwhile.
void Reactor::reap_all() {
  for (unsigned left = in_flight_ + 1; left != 0;) {
    const unsigned taken = reap();
    if (taken == 0) break;
    left -= std::min(left, taken);
  }
}

void Reactor::expire_timers() {
  if (timers_.empty()) return;
  const Time now = this->now();
  while (!timers_.empty() && timers_.next_deadline() <= now) {
    Timer& timer = timers_.pop();
    timer.expire(timer);
  }
}

void Reactor::answer_bios() {
  // Only those that are here now: their frames may bring more.
  boost::intrusive::list<Bio> bios;
  bios.swap(answered_);
  while (!bios.empty()) {
    Bio& bio = bios.front();
    bios.pop_front();
    bio.complete();
  }
}

bool Reactor::anything_pending() const {
  return in_flight_ != 0 || !waiting_.empty() || !answered_.empty() || !timers_.empty();
}

void Reactor::take_turn() noexcept {
  if (!wake_up_armed_) arm_wake_up();
  // Deadlines come last: after a pause of the process they have passed, and the answers are here.
  reap_all();
  answer_bios();
  expire_timers();
  while (!waiting_.empty() && queue(waiting_.front())) waiting_.pop_front();
  // What goes to idle devices goes at once, not in one call with the sleep that follows. Where a
  // thread of the kernel does the work, as for loop devices, that thread takes over this processor
  // when the call returns; when this thread falls asleep within the call, others come first. What
  // joins requests that are on their way can wait for the sleep, and goes as one batch.
  const unsigned fresh = io_uring_sq_ready(&ring_);
  const bool sleeps = !scheduler_->has_ready_fibers() && !answers_visible();
  if (fresh != 0 && (!sleeps || in_flight_ <= fresh)) submit();
  if (program_ended_ && parked_ != nullptr && scheduler_->fibers().empty())
    boost::fibers::context::active()->schedule(std::exchange(parked_, nullptr));
}

void Reactor::sleep() noexcept {
  // The dispatcher looks for fibers that other threads made ready before its turn, in which the
  // wake-up that came with one may have been taken: let it look again.
  if (std::exchange(woken_, false)) return;
  if (!answered_.empty() || answers_visible()) return;
  if (!anything_pending() && !options_.woken_by_threads) {
    deadlocked_ = true;
    boost::fibers::context::active()->schedule(std::exchange(parked_, nullptr));
    return;
  }
  if (timers_.empty()) {
    COWBELL_INVARIANT(S8, passes(io_uring_submit_and_wait(&ring_, 1)));
    return;
  }
  const Time left = std::max(timers_.next_deadline() - now(), Time::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  __kernel_timespec timeout{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
  io_uring_cqe* first = nullptr;
  COWBELL_INVARIANT(S8,
                    passes(io_uring_submit_and_wait_timeout(&ring_, &first, 1, &timeout, nullptr)));
}

}  // namespace cowbell::uring
