// SPDX-License-Identifier: Apache-2.0
// How the engine starts fibers: on stacks of the world, with a name that a dump can print.
#pragma once

#include <boost/context/stack_context.hpp>
#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/properties.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "core/units.hpp"
#include "core/wait_queue.hpp"

namespace cowbell {

/// Charged for a fiber to a memory limit: a fixed figure, so that limits do not move with the
/// size of stacks, which sanitizers raise.
inline constexpr ByteCount kFiberCharge{64 * 1024};

/// What a fiber carries for its scheduler and for dumps. `name` has static storage. The hook is for
/// the `FiberRoster` of its scheduler; a fiber that ends leaves it by itself. Lies on the stack of
/// its fiber, so that a stack is all the memory that a fiber takes.
class FiberProperties final : public boost::fibers::fiber_properties,
                              public boost::intrusive::list_base_hook<
                                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  explicit FiberProperties(std::string_view fiber_name)
      : boost::fibers::fiber_properties(nullptr), name(fiber_name) {}

  /// Boost deletes it with the fiber; its memory goes with the stack.
  static void operator delete(void*) {}

  std::string_view name;
  /// Given by the scheduler when the fiber is first ready; 0 before.
  std::uint32_t number = 0;
  /// Where the fiber waits now; null while it runs or is ready.
  const WaitQueue* waiting_in = nullptr;
};

/// The properties of the running fiber; null in a context that `FiberGroup` did not start.
FiberProperties* current_fiber();
FiberName current_fiber_name();

/// Makes `scheduler` the one of this thread, unless it already is: installing one anew drains the
/// old through `pick_next()`. Every world installs its scheduler through this call, so that worlds
/// may take turns on one thread. Outside of a run only.
void install_scheduler(boost::intrusive_ptr<boost::fibers::algo::algorithm> scheduler);

/// Stacks for fibers, kept for reuse. One thread. Every stack must have come back before the end.
/// They are the world's: a stack is charged to no memory limit but by `kFiberCharge`.
/// Each has a canary at its far end, looked at when the stack comes back.
/// Under AddressSanitizer the shadow of a stack is cleaned when it changes hands, and the wrappers
/// of `fiber_sanitizer.cpp` unpoison the current stack where the sanitizer would have to guess.
class FiberStacks {
 public:
  /// Hands out at most `maximum` stacks at a time.
  explicit FiberStacks(std::size_t maximum = std::numeric_limits<std::size_t>::max())
      : maximum_(maximum) {}
  ~FiberStacks();
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;

  /// Throws std::bad_alloc.
  boost::context::stack_context allocate();
  void deallocate(boost::context::stack_context& stack) noexcept;

 private:
  const std::size_t maximum_;
  std::vector<boost::context::stack_context> free_;
  std::size_t handed_out_ = 0;
};

/// Fibers that end together. Detached from Boost's own join, which may not be used here.
class FiberGroup {
 public:
  FiberGroup(FiberStacks& stacks) : stacks_(stacks) {}
  ~FiberGroup();
  FiberGroup(const FiberGroup&) = delete;
  FiberGroup& operator=(const FiberGroup&) = delete;

  /// Starts `run` in a new fiber, ready but not yet running. `name` has static storage.
  /// Throws std::bad_alloc.
  template <class Run>
  void spawn(std::string_view name, Run run) {
    auto body = [this, run = std::move(run)]() mutable {
      run();
      ended();
    };
    const boost::context::stack_context stack = stacks_.allocate();
    boost::fibers::fiber_properties* properties =
        ::new (static_cast<std::byte*>(stack.sp) - kPropertiesRoom) FiberProperties(name);
    boost::fibers::fiber(boost::fibers::launch::post, properties, std::allocator_arg,
                         RestOfStack{&stacks_, stack}, std::move(body))
        .detach();
    ++running_;
  }

  /// Suspends until every fiber of the group has ended.
  void join();
  std::size_t running() const { return running_; }

 private:
  /// Of each stack, at its upper end; keeps the rest aligned.
  static constexpr std::size_t kPropertiesRoom = (sizeof(FiberProperties) + 63) / 64 * 64;

  /// What Boost takes for an allocator of stacks: it gets what the properties leave of one.
  struct RestOfStack {
    FiberStacks* stacks;
    boost::context::stack_context whole;
    boost::context::stack_context allocate() const {
      boost::context::stack_context rest = whole;
      rest.sp = static_cast<std::byte*>(rest.sp) - kPropertiesRoom;
      rest.size -= kPropertiesRoom;
      return rest;
    }
    void deallocate(boost::context::stack_context&) noexcept { stacks->deallocate(whole); }
  };
  void ended();

  FiberStacks& stacks_;
  std::size_t running_ = 0;
  WaitQueue all_ended_{"the end of a group of fibers"};
};

}  // namespace cowbell
