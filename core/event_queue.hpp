// SPDX-License-Identifier: Apache-2.0
// What the engine has to tell: low space, overflow, a corrupted area (S12).
//
// Room for an event is reserved at take, before anything can go wrong, so that telling it needs no
// memory. An event that is told again before it was read stays one event, with its first cause.
// What was told and not read outlives its snapshot; there is no further take while `full()`, so
// that nothing is lost and the queue is bounded all the same.
#pragma once

#include <boost/intrusive/list.hpp>
#include <memory>
#include <memory_resource>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/wait_queue.hpp"

namespace cowbell {

enum class EventKind : std::uint8_t { low_space, overflow, corrupted };
inline constexpr unsigned kEventKindCount = 3;

/// "low_space", "overflow", "corrupted"; static storage.
std::string_view event_name(EventKind kind);

struct Event {
  EventKind kind;
  std::uint64_t snapshot;  ///< Snapshot::number()
  std::uint32_t origin;    ///< Tracker::number(); kNoOrigin for events of the whole storage
  Errc cause;              ///< the first cause; `no_space` for low space and overflow

  static constexpr std::uint32_t kNoOrigin = ~std::uint32_t{0};
  bool operator==(const Event&) const = default;
};

class EventQueue {
 public:
  explicit EventQueue(std::pmr::memory_resource& memory) : memory_(memory) {}
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// The oldest event not yet read; nothing if there is none.
  std::optional<Event> poll();

  /// Suspends until there is an event; nothing if none came before `deadline`.
  std::optional<Event> wait(Clock& clock, Time deadline);

 private:
  struct Room : boost::intrusive::list_base_hook<> {
    Event event;
    bool told = false;  // linked, not yet read
    bool owned = true;  // a Slot still stands for it
  };

 public:
  /// The room for one event. Empty until reserved. What was told and not read outlives it.
  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&& other) noexcept;
    ~Slot();

    /// Takes no memory and cannot fail.
    void tell(Errc cause);

   private:
    friend class EventQueue;
    Slot(EventQueue& queue, Room& room) : queue_(&queue), room_(&room) {}
    EventQueue* queue_ = nullptr;
    Room* room_ = nullptr;
  };

  /// True while so many events are unread that they can only be kept, not be added to.
  bool full() const { return left_behind_ >= kLeftBehindMaximum; }
  static constexpr std::uint32_t kLeftBehindMaximum = 4096;

  /// Errors: ENOMEM.
  Result<Slot> reserve(EventKind kind, std::uint64_t snapshot, std::uint32_t origin);

 private:
  void destroy(Room& room);

  std::pmr::memory_resource& memory_;
  boost::intrusive::list<Room> told_;
  std::uint32_t left_behind_ = 0;  ///< told and not read, of snapshots that are no more
  WaitQueue readers_{"an event"};
};

}  // namespace cowbell
