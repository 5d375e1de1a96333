// SPDX-License-Identifier: Apache-2.0
#include "core/event_queue.hpp"

#include <array>
#include <utility>

#include "core/allocate.hpp"
#include "core/invariant.hpp"

namespace cowbell {

std::string_view event_name(EventKind kind) {
  constexpr std::array<std::string_view, kEventKindCount> kNames{"low_space", "overflow",
                                                                 "corrupted"};
  return kNames[static_cast<unsigned>(kind)];
}

EventQueue::~EventQueue() {
  while (poll()) {
  }
}

void EventQueue::destroy(Room& room) {
  std::pmr::polymorphic_allocator<>(&memory_).delete_object(&room);
}

std::optional<Event> EventQueue::poll() {
  if (told_.empty()) return std::nullopt;
  Room& room = told_.front();
  told_.pop_front();
  room.told = false;
  const Event event = room.event;
  if (!room.owned) {
    --left_behind_;
    destroy(room);
  }
  return event;
}

std::optional<Event> EventQueue::wait(Clock& clock, Time deadline) {
  while (told_.empty())
    if (!readers_.wait_until(clock, deadline)) return std::nullopt;
  return poll();
}

Result<EventQueue::Slot> EventQueue::reserve(EventKind kind, std::uint64_t snapshot,
                                             std::uint32_t origin) {
  Room* room = nullptr;
  if (const Errc error = try_allocate(
          [&] { room = std::pmr::polymorphic_allocator<>(&memory_).new_object<Room>(); });
      error != Errc::none)
    return std::unexpected(error);
  room->event = {kind, snapshot, origin, Errc::none};
  return Slot(*this, *room);
}

EventQueue::Slot::Slot(Slot&& other) noexcept
    : queue_(other.queue_), room_(std::exchange(other.room_, nullptr)) {}

EventQueue::Slot& EventQueue::Slot::operator=(Slot&& other) noexcept {
  std::swap(queue_, other.queue_);
  std::swap(room_, other.room_);
  return *this;
}

EventQueue::Slot::~Slot() {
  if (room_ == nullptr) return;
  room_->owned = false;
  if (room_->told)
    ++queue_->left_behind_;
  else
    queue_->destroy(*room_);
}

void EventQueue::Slot::tell(Errc cause) {
  COWBELL_INVARIANT(S12, room_ != nullptr);
  if (room_->told) return;  // not yet read: it is the same event, with its first cause
  room_->told = true;
  room_->event.cause = cause;
  queue_->told_.push_back(*room_);
  queue_->readers_.wake_one();
}

}  // namespace cowbell
