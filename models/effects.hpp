// SPDX-License-Identifier: Apache-2.0
// What a world announces while a scenario runs, so that the checkers know what was injected and,
// in simulation, what happened on the medium and when.
#pragma once

#include "core/bio.hpp"
#include "core/clock.hpp"
#include "models/scenario.hpp"

namespace cowbell::model {

/// One device of a world: an origin, or the storage made for one take.
struct DeviceId {
  enum class Kind : std::uint8_t { origin, storage } kind = Kind::origin;
  /// The origin's index, or the number of the take (from 0, failed ones counted).
  std::uint32_t index = 0;
  bool operator==(const DeviceId&) const = default;
};

/// A fault that the world put in. An error without one is genuine and never excused.
struct InjectedFault {
  DeviceId device;
  RequestKind kind = RequestKind::read;
  SectorRange range;  ///< of the whole request; for `grow` the count is the capacity asked for
  FaultEffect effect = FaultEffect::error;
  Errc error = Errc::io;
};

/// Calls come on the thread of the world, in the order of what they tell. They do not suspend.
class EffectListener {
 public:
  virtual ~EffectListener() = default;

  /// A request has reached a device (the engine's own and the clients' alike).
  virtual void submitted(DeviceId device, const Bio& bio) = 0;
  /// Blocks of a request have taken effect on the medium. Only in simulation; between `submitted`
  /// and `answered` of the same bio. A discard that leaves the bytes as they are has no effect;
  /// one that has wrote zeroes.
  virtual void took_effect(DeviceId device, const Bio& bio, SectorRange blocks) = 0;
  /// The device is about to answer.
  virtual void answered(DeviceId device, const Bio& bio) = 0;
  virtual void injected(const InjectedFault& fault) = 0;
  virtual void allocation_refused() = 0;
  /// For statistics only: what was submitted last, or a growth, is not answered before the heal.
  virtual void stalled(DeviceId) {}
  /// A growth has reached a storage, and has been answered.
  virtual void growth_began(DeviceId storage) = 0;
  virtual void growth_ended(DeviceId storage) = 0;
  /// Storage now has `capacity` sectors granted; told at setup and at each growth.
  virtual void granted(DeviceId storage, SectorCount capacity) = 0;
  /// An origin has `capacity` sectors from now on. What it lost reads zeroes if it grows again.
  virtual void resized(DeviceId origin, SectorCount capacity) = 0;
  /// Every request that is on its way is going to be answered ENODEV without further effect, and so
  /// is all that comes until the power is restored. For statistics only: so many logical blocks of
  /// origins have lost their newest content.
  virtual void power_cut(std::uint64_t undone) = 0;
  /// The origins are there again, with what was left.
  virtual void power_restored() = 0;
};

}  // namespace cowbell::model
