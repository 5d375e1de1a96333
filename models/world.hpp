// SPDX-License-Identifier: Apache-2.0
// What a scenario runs in: devices, time, memory and fibers. Two worlds keep this contract: the
// simulated one and the one of real devices.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/block_device.hpp"
#include "core/environment.hpp"
#include "core/storage_backing.hpp"
#include "models/effects.hpp"
#include "models/scenario.hpp"

namespace cowbell::model {

/// Something that a world does not do, or not with these devices.
struct Refusal {
  SourceLine line;  ///< of the statement that asks for it; 0 if no line does
  std::string why;
};

/// How the fibers of a run came to rest.
enum class Rest : std::uint8_t {
  done,      ///< the program ended
  deadlock,  ///< nothing can run and nothing is due, yet the program has not ended
  livelock   ///< the limit of switches or of time was passed
};

/// A world is opened for one scenario, runs its program once, and is closed; then it may be opened
/// again. After `deadlock` or `livelock` it can only be abandoned: stuck fibers cannot be taken
/// down, so the process must end.
class World {
 public:
  virtual ~World() = default;

  /// The first thing in `scenario` that this world cannot obey; nothing may be touched before.
  virtual std::optional<Refusal> refuses(const Scenario& scenario) const = 0;

  /// Makes the devices. `listener` and `scenario` are borrowed until `close`.
  /// A refusal leaves the world closed and everything as it was.
  virtual std::optional<Refusal> open(const Scenario& scenario, EffectListener& listener) = 0;

  /// Runs `program` as the first fiber, until it returns.
  virtual Rest run(const std::function<void()>& program) = 0;

  /// Destroys the devices. Every fiber has ended, every stack and every allocation has come back.
  virtual void close() = 0;

  virtual Environment environment() = 0;
  virtual BlockDevice& origin(OriginIndex origin) = 0;

  /// Makes the storage for the next take. The world owns it until `drop_storage`.
  /// May suspend. Errors: of the environment.
  virtual Result<StorageBacking*> make_storage() = 0;
  virtual void drop_storage(StorageBacking& storage) = 0;
  /// The id under which effects of `storage` are announced.
  virtual DeviceId storage_id(const StorageBacking& storage) const = 0;

  /// Lifts every fault and stall (not latencies); what is stalled is answered.
  virtual void heal() = 0;

  /// The device below changes its size: it grows, with zeroes, or shrinks and forgets. A request on
  /// its way that reaches past the new end fails with EIO. Does not suspend.
  virtual void resize(OriginIndex origin, SectorCount size) = 0;

  /// Cuts the power of all devices: what is on its way, and what comes until `restore_power`, is
  /// answered ENODEV without further effect. Of what an origin has not made durable, it may lose
  /// any logical block. Does not suspend.
  virtual void cut_power() = 0;
  /// The origins can be used again. No request is on its way, and no storage is left. Does not
  /// suspend.
  virtual void restore_power() = 0;

  /// True if a run fills and checks whole sectors; false if only the first bytes of each, the tag,
  /// are carried (`stamps.hpp`).
  virtual bool whole_bodies() const = 0;

  /// True if `took_effect` is announced; the golden copy then checks exactly instead of by
  /// intervals.
  virtual bool announces_effects() const = 0;

  /// True once the run has come to where an earlier one has been that went on: what is left of the
  /// program shows nothing new, and is not played.
  virtual bool repeats() const { return false; }

  /// Memory that the engine holds now, and the most that it held at once since `open`.
  virtual ByteCount memory_in_use() const = 0;
  virtual ByteCount memory_peak() const = 0;

  /// Who waits for what, one fiber a line; for a run that came to rest without ending.
  virtual std::string describe_fibers() const = 0;
};

}  // namespace cowbell::model
