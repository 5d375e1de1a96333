// SPDX-License-Identifier: Apache-2.0
// One thing that happened in a simulated run, kept so that the run can be explained.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/wait_queue.hpp"
#include "models/effects.hpp"

namespace cowbell::sim {

/// Fields that a kind does not use keep their defaults. Without memory of its own, so that events
/// can be handed to another process: names have static storage, which a forked child shares with
/// its parent.
struct Event {
  enum class Kind : std::uint8_t {
    switched,            ///< `fiber` goes next
    suspended,           ///< `fiber` waits for `waits_for`; it has ended if that is empty
    overtaken,           ///< a timer is let go before the fibers that are ready
    submitted,           ///< request `number` has reached `device`
    took_effect,         ///< of its blocks, `range`
    answered,            ///< with `error` and `bytes`
    injected,            ///< `effect` befalls a `request_kind`
    allocation_refused,  ///< the `number`-th of the engine, from 1
    memory,              ///< the engine holds `bytes`
    granted,             ///< `device` has `range.count` sectors granted
    grow_refused,        ///< to `range.count` sectors
    resized,             ///< to `range.count` sectors
    healed,              ///< every fault and stall is lifted
    power_cut,           ///< `number` blocks of origins have lost their newest content
    power_restored,
    began,  ///< a statement: `number` into the program, or one of the runner's own
    ended,  ///< with `error`
    broke   ///< a rule or an expectation, found in what ends next if it ends at once
  };

  Kind kind = Kind::healed;
  Time at{};
  FiberName fiber{};  ///< the one that runs; number 0 where the world answers or time has come
  std::string_view waits_for{};
  FiberName holder{};  ///< of the lock that is waited for
  model::DeviceId device{};
  std::uint64_t number = 0;
  Operation operation = Operation::read;
  BioFlags flags{};
  std::uint32_t segments = 0;
  SectorRange range{};
  Errc error = Errc::none;
  ByteCount bytes{};
  model::RequestKind request_kind = model::RequestKind::read;
  model::FaultEffect effect = model::FaultEffect::error;

  /// @name Of `began` and `ended`.
  /// @{
  model::StatementKind statement = model::StatementKind::barrier;
  model::DeviceRef target{};          ///< of one of the runner's own, with `range`
  model::SnapshotIndex snapshot = 0;  ///< that the runner releases
  /// @}

  bool operator==(const Event&) const = default;
};
static_assert(std::is_trivially_copyable_v<Event>);

/// Where events are kept. Called on the thread of the world, in their order.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void add(const Event& event) = 0;
};

/// Events in this process.
class KeptEvents final : public EventSink {
 public:
  void add(const Event& event) override { events.push_back(event); }
  std::vector<Event> events;
};

/// "1200 ns  origin 0: request 3 is answered EIO, 0 bytes"
std::string event_text(const Event& event);

/// The same without its time.
std::string what_happened(const Event& event);

/// A device of the scenario: `origin 0`, `storage 2`.
std::string device_text(model::DeviceId device);

/// "read", "write", "flush", "discard", "grow"; static storage.
std::string_view request_kind_text(model::RequestKind kind);

/// "error", "short", "zero", "torn", "lost", "misdirected", "rot", "gone"; static storage.
std::string_view effect_text(model::FaultEffect effect);

}  // namespace cowbell::sim
