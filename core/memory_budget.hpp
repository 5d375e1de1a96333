// SPDX-License-Identifier: Apache-2.0
// One configured limit for the memory of a snapshot (S9), and the wait for it.
//
// A request reserves what it needs all at once or not at all, first come, first served, holding no
// lock, buffer or other reservation: so whoever waits here stands in nobody's way.
#pragma once

#include <memory_resource>

#include "core/clock.hpp"
#include "core/units.hpp"
#include "core/wait_queue.hpp"

namespace cowbell {

class MemoryBudget {
 public:
  /// Told when a reservation does not fit, before it waits: free what can be freed now, and begin
  /// to store. Does not suspend.
  class Reclaimer {
   public:
    virtual void memory_wanted() = 0;

   protected:
    ~Reclaimer() = default;
  };

  MemoryBudget(Clock& clock, ByteCount limit, Reclaimer& reclaimer)
      : clock_(clock), reclaimer_(reclaimer), limit_(limit) {}
  ~MemoryBudget();

  enum class Outcome { reserved, timed_out, closed };

  /// Suspends until `size` fits under the limit. `size` is at most `limit`.
  Outcome reserve(ByteCount size, Time deadline);

  /// Never suspends; false if it does not fit, or somebody else waits already.
  bool try_reserve(ByteCount size);

  /// Lowers the limit for good by what lives as long as the snapshot. False if it does not fit.
  bool set_aside(ByteCount size);

  /// Does not suspend.
  void give_back(ByteCount size);

  /// Ends every wait, now and later, with `closed`.
  void close();

  /// Who lacks memory here and will wait elsewhere first has what can be freed freed, and storing
  /// begin. Does not suspend.
  void wanted() { reclaimer_.memory_wanted(); }

  bool awaited() const { return turn_.locked(); }
  /// The most that reservations may come to, all together.
  ByteCount limit() const { return limit_; }
  ByteCount used() const { return used_; }

 private:
  bool fits(ByteCount size) const { return size <= limit_ - used_; }
  Outcome wait_for(ByteCount size, Time deadline);

  Clock& clock_;
  Reclaimer& reclaimer_;
  ByteCount limit_;
  ByteCount used_;
  bool closed_ = false;
  HandoverLock turn_{"its turn for memory"};
  WaitQueue room_{"memory"};
};

/// Passes on to another resource up to a limit: what refuses metadata past `metadata_maximum`.
class LimitedMemory final : public std::pmr::memory_resource {
 public:
  LimitedMemory(std::pmr::memory_resource& upstream, ByteCount limit)
      : upstream_(upstream), limit_(limit) {}
  ByteCount used() const { return used_; }

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::pmr::memory_resource& upstream_;
  ByteCount limit_;
  ByteCount used_;
};

}  // namespace cowbell
