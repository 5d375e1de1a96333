// SPDX-License-Identifier: Apache-2.0
// Everything that happens in a simulated run, hashed as it happens (S13): two runs of a scenario
// have the same hash, on every compiler, at every optimisation level, under every sanitizer.
// The events themselves are kept only on demand, in a sink that outlives the run.
//
// What goes in are numbers of fixed width, and never an address or the bytes of a block.
#pragma once

#include <array>
#include <cstdint>

#include "core/fiber.hpp"
#include "models/effects.hpp"
#include "sim/event.hpp"
#include "sim/virtual_clock.hpp"

namespace cowbell::sim {

class EventLog {
 public:
  /// `clock` is borrowed: it says when events happen.
  explicit EventLog(const VirtualClock& clock) : clock_(clock) {}

  /// Forgets all. Events go to `keep` from now on, borrowed; null for none.
  void restart(EventSink* keep);

  /// The sink has seen enough of this run.
  void keep_no_more() { keep_ = nullptr; }

  /// True if events are kept.
  bool keeps() const { return keep_ != nullptr; }

  /// A fiber goes next.
  void switched(FiberName fiber) {
    put(head(Kind::switched, fiber.number));
    if (keep_ != nullptr) keep_switched(fiber);
  }
  /// A fiber waits or has ended; events must be kept. Not hashed: its reasons are.
  void suspended(const FiberProperties& fiber);
  /// A timer is let go before the fibers that are ready.
  void overtaken();
  /// A request has reached a device, which numbers its requests from 0.
  void submitted(model::DeviceId device, std::uint64_t request, const Bio& bio);
  void took_effect(model::DeviceId device, std::uint64_t request, SectorRange blocks);
  void answered(model::DeviceId device, std::uint64_t request, const Bio& bio);
  void injected(const model::InjectedFault& fault);
  /// The `allocation`-th of the engine, from 1.
  void allocation_refused(std::uint64_t allocation);
  void granted(model::DeviceId storage, SectorCount capacity);
  void resized(model::DeviceId origin, SectorCount capacity);
  void grow_refused(model::DeviceId storage, SectorCount capacity, Errc error);
  void healed();
  /// So many blocks of origins have lost their newest content.
  void power_cut(std::uint64_t undone);
  void power_restored();

  /// The memory that the engine holds from now on. Not hashed, and kept with the next event.
  void held(ByteCount memory) { held_ = memory; }

  /// Of all events so far.
  std::uint64_t hash() const;
  std::uint64_t events() const { return events_; }

 private:
  enum class Kind : std::uint8_t {
    switched,
    overtaken,
    submitted,
    took_effect,
    answered,
    injected,
    allocation_refused,
    granted,
    grow_refused,
    healed,
    resized,
    power_cut,
    power_restored
  };

  static constexpr std::uint64_t head(Kind kind, std::uint32_t subject, std::uint8_t a = 0,
                                      std::uint8_t b = 0, std::uint8_t c = 0) {
    return std::uint64_t{static_cast<std::uint8_t>(kind)} << 56 | std::uint64_t{a} << 48 |
           std::uint64_t{b} << 40 | std::uint64_t{c} << 32 | subject;
  }

  template <class... Words>
  void put(std::uint64_t first, Words... rest) {
    ++events_;
    put_word(first);
    (put_word(rest), ...);
  }
  void put_word(std::uint64_t word) {
    buffer_[used_++] = word;
    if (used_ == buffer_.size()) fold();
  }
  void fold();
  std::uint64_t now() const { return static_cast<std::uint64_t>(clock_.now().count()); }
  void keep(Event event);
  void keep_switched(FiberName fiber);

  const VirtualClock& clock_;
  EventSink* keep_ = nullptr;
  ByteCount held_;
  ByteCount told_;  // of `held_`, what was kept last
  std::uint64_t events_ = 0;
  std::uint64_t folded_ = 0;
  std::size_t used_ = 0;
  std::array<std::uint64_t, 128> buffer_{};
};

}  // namespace cowbell::sim
