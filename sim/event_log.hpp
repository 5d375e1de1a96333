// SPDX-License-Identifier: Apache-2.0
// Everything that happens in a simulated run, hashed as it happens (S13): two runs of a scenario
// have the same hash, on every compiler, at every optimisation level, under every sanitizer.
// The events themselves are kept only on demand.
//
// What goes in are numbers of fixed width, and never an address or the bytes of a block.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/effects.hpp"
#include "sim/virtual_clock.hpp"

namespace cowbell::sim {

class EventLog {
 public:
  /// `clock` is borrowed: it says when events happen.
  explicit EventLog(const VirtualClock& clock) : clock_(clock) {}

  /// Forgets all. With `keep`, events are kept from now on.
  void restart(bool keep);

  /// A fiber goes next.
  void switched(std::uint32_t fiber) {
    put(head(Kind::switched, fiber));
    if (keep_) keep_switched(fiber);
  }
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

  /// Of all events so far.
  std::uint64_t hash() const;
  std::uint64_t events() const { return events_; }

  /// One line an event, oldest first; empty unless they were to be kept.
  std::span<const std::string> lines() const { return lines_; }

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
    resized
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
  void keep(std::string line);
  void keep_switched(std::uint32_t fiber);

  const VirtualClock& clock_;
  bool keep_ = false;
  std::uint64_t events_ = 0;
  std::uint64_t folded_ = 0;
  std::size_t used_ = 0;
  std::array<std::uint64_t, 128> buffer_{};
  std::vector<std::string> lines_;
};

/// A device of the scenario: `origin 0`, `storage 2`.
std::string device_text(model::DeviceId device);

/// "read", "write", "flush", "discard", "grow"; static storage.
std::string_view request_kind_text(model::RequestKind kind);

}  // namespace cowbell::sim
