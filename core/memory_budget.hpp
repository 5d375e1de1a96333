// SPDX-License-Identifier: Apache-2.0
// One configured limit for the memory of a snapshot (S9), and the wait for it.
//
// Who needs memory claims it, of one budget or of several, and gets all of it at once or nothing,
// holding no lock, buffer or other reservation meanwhile. The earlier claim goes first: a claim is
// served when every budget has room for it and for all claims that came before, also for those that
// wait for another budget only. So nobody is overtaken for ever, and no two claims can each keep
// from the other what it needs.
#pragma once

#include <boost/intrusive/list.hpp>
#include <compare>
#include <cstdint>
#include <memory_resource>

#include "core/clock.hpp"
#include "core/storage_watch.hpp"
#include "core/units.hpp"
#include "core/wait_queue.hpp"

namespace cowbell {

class MemoryClaim;

class MemoryBudget {
 public:
  /// Told when a claim does not fit, before it waits: free what can be freed now, and begin to
  /// store. Does not suspend.
  class Reclaimer {
   public:
    virtual void memory_wanted() = 0;

   protected:
    ~Reclaimer() = default;
  };

  /// All borrowed; `storage` is where what lies in this memory is stored.
  MemoryBudget(const StorageWatch& storage, ByteCount limit, Reclaimer& reclaimer)
      : storage_(storage), reclaimer_(reclaimer), limit_(limit) {}
  ~MemoryBudget();

  /// Lowers the limit for good by what lives as long as the snapshot. False if it does not fit.
  bool set_aside(ByteCount size);

  /// Does not suspend.
  void give_back(ByteCount size);

  /// Ends every wait, now and later, with `closed`.
  void close();

  bool awaited() const { return !line_.empty(); }
  /// The most that reservations may come to, all together.
  ByteCount limit() const { return limit_; }
  ByteCount used() const { return used_; }

 private:
  friend class MemoryClaim;

  /// Since when it is waited, and by which fiber, because time may stand still.
  struct Place {
    Time since{};
    std::uint32_t fiber = 0;
    auto operator<=>(const Place&) const = default;
  };
  /// What a claim wants of one budget.
  struct Wish : boost::intrusive::list_base_hook<> {
    MemoryBudget* budget = nullptr;
    ByteCount size;
    MemoryClaim* claim = nullptr;
    Wish* next = nullptr;  ///< of the same claim
  };

  bool has_room(const Wish& wish) const;
  void enter(Wish& wish);
  void leave(Wish& wish);
  void wake_those_that_fit();

  const StorageWatch& storage_;
  Reclaimer& reclaimer_;
  ByteCount limit_;
  ByteCount used_;
  bool closed_ = false;
  Time given_back_{};  ///< when memory last came back while somebody waited
  /// Who waits, the earlier claim first.
  boost::intrusive::list<Wish, boost::intrusive::constant_time_size<false>> line_;
};

/// Of one fiber, for one reservation.
class MemoryClaim {
 public:
  using Wish = MemoryBudget::Wish;
  enum class Outcome { reserved, timed_out, closed };
  struct Result {
    Outcome outcome = Outcome::reserved;
    Wish* failed = nullptr;  ///< the wish that was not granted
  };

  /// `since` is when the fiber began to wait, for this claim or for one in place of it.
  MemoryClaim(Clock& clock, Time since);
  MemoryClaim(const MemoryClaim&) = delete;
  MemoryClaim& operator=(const MemoryClaim&) = delete;

  /// `wish` is borrowed until `reserve` has returned. `size` is at most the limit of `budget`.
  void add(Wish& wish, MemoryBudget& budget, ByteCount size);

  /// Suspends until everything is reserved, or a budget is closed.
  Result reserve() { return reserve(false); }
  /// The same, but gives up (`timed_out`) when the storage of a budget that lacks room is overdue,
  /// and the claim has waited as long without any memory of it coming back.
  Result reserve_unless_overdue() { return reserve(true); }

 private:
  friend class MemoryBudget;
  Result reserve(bool unless_overdue);
  Result wait(bool unless_overdue);
  Wish* find_lacking();

  Clock& clock_;
  const MemoryBudget::Place place_;
  Wish* wishes_ = nullptr;
  WaitQueue turn_{"memory"};
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
