// SPDX-License-Identifier: Apache-2.0
#include "sim/event_log.hpp"

#include <xxhash.h>

#include <bit>

namespace cowbell::sim {
namespace {

static_assert(std::endian::native == std::endian::little, "words are hashed as they lie in memory");

std::uint8_t device_code(model::DeviceId device) {
  return static_cast<std::uint8_t>(device.kind);
}

std::uint8_t flag_bits(BioFlags flags) {
  return static_cast<std::uint8_t>((flags.fua ? 1 : 0) | (flags.preflush ? 2 : 0) |
                                   (flags.nowait ? 4 : 0));
}

}  // namespace

void EventLog::restart(EventSink* keep) {
  keep_ = keep;
  events_ = 0;
  folded_ = 0;
  used_ = 0;
  held_ = told_ = {};
}

void EventLog::fold() {
  folded_ = XXH3_64bits_withSeed(buffer_.data(), used_ * sizeof buffer_[0], folded_);
  used_ = 0;
}

std::uint64_t EventLog::hash() const {
  return XXH3_64bits_withSeed(buffer_.data(), used_ * sizeof buffer_[0], folded_);
}

void EventLog::keep(Event event) {
  event.at = clock_.now();
  if (event.fiber.number == 0)
    if (const FiberProperties* running = current_fiber())
      event.fiber = {running->name, running->number};
  if (held_ != told_) {
    told_ = held_;
    keep_->add({.kind = Event::Kind::memory, .at = event.at, .bytes = held_});
  }
  keep_->add(event);
}

void EventLog::keep_switched(FiberName fiber) {
  keep({.kind = Event::Kind::switched, .fiber = fiber});
}

void EventLog::suspended(const FiberProperties& fiber) {
  Event event{.kind = Event::Kind::suspended, .fiber = {fiber.name, fiber.number}};
  if (fiber.waiting_in != nullptr) {
    event.waits_for = fiber.waiting_in->what();
    if (fiber.waiting_in->holder()) event.holder = *fiber.waiting_in->holder();
  }
  keep(event);
}

void EventLog::overtaken() {
  put(head(Kind::overtaken, 0));
  if (keep_ != nullptr) keep({.kind = Event::Kind::overtaken});
}

void EventLog::submitted(model::DeviceId device, std::uint64_t request, const Bio& bio) {
  put(head(Kind::submitted, device.index, device_code(device),
           static_cast<std::uint8_t>(bio.operation), flag_bits(bio.flags)),
      request, now(), bio.range.first.value, bio.range.count.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::submitted,
          .device = device,
          .number = request,
          .operation = bio.operation,
          .flags = bio.flags,
          .segments = static_cast<std::uint32_t>(bio.segments.size()),
          .range = bio.range});
}

void EventLog::took_effect(model::DeviceId device, std::uint64_t request, SectorRange blocks) {
  put(head(Kind::took_effect, device.index, device_code(device)), request, now(),
      blocks.first.value, blocks.count.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::took_effect, .device = device, .number = request, .range = blocks});
}

void EventLog::answered(model::DeviceId device, std::uint64_t request, const Bio& bio) {
  put(head(Kind::answered, device.index, device_code(device),
           static_cast<std::uint8_t>(bio.status)),
      request, now(), bio.transferred.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::answered,
          .device = device,
          .number = request,
          .operation = bio.operation,
          .range = bio.range,
          .error = bio.status,
          .bytes = bio.transferred});
}

void EventLog::injected(const model::InjectedFault& fault) {
  put(head(Kind::injected, fault.device.index, device_code(fault.device),
           static_cast<std::uint8_t>(fault.kind), static_cast<std::uint8_t>(fault.effect)),
      static_cast<std::uint64_t>(fault.error), fault.range.first.value, fault.range.count.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::injected,
          .device = fault.device,
          .range = fault.range,
          .error = fault.error,
          .request_kind = fault.kind,
          .effect = fault.effect});
}

void EventLog::allocation_refused(std::uint64_t allocation) {
  put(head(Kind::allocation_refused, 0), allocation, now());
  if (keep_ != nullptr) keep({.kind = Event::Kind::allocation_refused, .number = allocation});
}

void EventLog::granted(model::DeviceId storage, SectorCount capacity) {
  put(head(Kind::granted, storage.index, device_code(storage)), now(), capacity.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::granted, .device = storage, .range = {{}, capacity}});
}

void EventLog::grow_refused(model::DeviceId storage, SectorCount capacity, Errc error) {
  put(head(Kind::grow_refused, storage.index, device_code(storage),
           static_cast<std::uint8_t>(error)),
      now(), capacity.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::grow_refused,
          .device = storage,
          .range = {{}, capacity},
          .error = error});
}

void EventLog::resized(model::DeviceId origin, SectorCount capacity) {
  put(head(Kind::resized, origin.index, device_code(origin)), now(), capacity.value);
  if (keep_ != nullptr)
    keep({.kind = Event::Kind::resized, .device = origin, .range = {{}, capacity}});
}

void EventLog::healed() {
  put(head(Kind::healed, 0), now());
  if (keep_ != nullptr) keep({.kind = Event::Kind::healed});
}

void EventLog::power_cut(std::uint64_t undone) {
  put(head(Kind::power_cut, 0), now(), undone);
  if (keep_ != nullptr) keep({.kind = Event::Kind::power_cut, .number = undone});
}

void EventLog::power_restored() {
  put(head(Kind::power_restored, 0), now());
  if (keep_ != nullptr) keep({.kind = Event::Kind::power_restored});
}

}  // namespace cowbell::sim
