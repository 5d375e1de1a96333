// SPDX-License-Identifier: Apache-2.0
// The fault and latency lines of a scenario, as short as they are in its text.
#pragma once

#include <utility>

#include "models/scenario.hpp"

namespace cowbell::sim {

inline constexpr model::Site kAnySite{};
inline constexpr model::Site kFirstOrigin{model::Site::Kind::origin, 0};
inline constexpr model::Site kSecondOrigin{model::Site::Kind::origin, 1};
inline constexpr model::Site kStorage{model::Site::Kind::storage, 0};

template <class Trigger>
model::DeviceFault fault(model::Site site, model::RequestKind kind, Trigger trigger,
                         model::FaultEffect effect) {
  model::DeviceFault line{};
  line.site = site;
  line.kind = kind;
  line.trigger = trigger;
  line.effect = effect;
  return line;
}

template <class Trigger>
model::DeviceFault fault(model::Site site, model::RequestKind kind, Trigger trigger,
                         Errc error = Errc::io) {
  model::DeviceFault line = fault(site, kind, trigger, model::FaultEffect::error);
  line.error = error;
  return line;
}

inline model::DeviceFault sticky(model::DeviceFault line) {
  line.sticky = true;
  return line;
}

inline model::LatencySpec latency(model::Site site, model::RequestKind kind, Time time) {
  model::LatencySpec line{};
  line.site = site;
  line.kind = kind;
  line.low = line.high = time;
  return line;
}

inline model::LatencySpec stall(model::Site site, model::RequestKind kind) {
  model::LatencySpec line = latency(site, kind, {});
  line.stall = true;
  return line;
}

inline model::MemoryFault refuse_allocation(std::uint64_t nth, bool sticky = false) {
  model::MemoryFault line{};
  line.nth = nth;
  line.sticky = sticky;
  return line;
}

}  // namespace cowbell::sim
