// SPDX-License-Identifier: Apache-2.0
#include "sim/service_time.hpp"

#include "core/clock.hpp"
#include "sim/virtual_clock.hpp"

namespace cowbell::sim {
namespace {

using model::Concern;

constexpr std::uint32_t kSteps = 16;
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

/// In two parts, because a product of bytes and nanoseconds may not fit.
Time transfer_time(ByteCount data, std::uint64_t bytes_per_second) {
  const std::uint64_t seconds = data.value / bytes_per_second;
  if (seconds >= static_cast<std::uint64_t>(kForever.count()) / kNanoseconds) return kForever;
  const std::uint64_t rest = data.value % bytes_per_second * kNanoseconds / bytes_per_second;
  return Time(static_cast<Time::rep>(seconds * kNanoseconds + rest));
}

Time draw_start(const model::ServiceTime& time, bool follows, Decisions& decisions) {
  if (time.rare != Time{} && decisions.one_in(Concern::latency, model::ServiceTime::kRareOneIn))
    return time.rare;
  if (follows && time.following) return *time.following;
  return time.low +
         (time.high - time.low) / (kSteps - 1) * decisions.draw(Concern::latency, kSteps);
}

}  // namespace

Time draw_time(const Service& service, Decisions& decisions) {
  const bool reads = service.kind == model::RequestKind::read;
  const model::ServiceTime& time = reads ? service.profile.read : service.profile.write;
  const Time start = draw_start(time, service.follows, decisions);
  const ByteCount data = to_bytes(service.range.count);
  if (data <= time.included) return start;
  return later(start, transfer_time(data - time.included, time.bytes_per_second));
}

}  // namespace cowbell::sim
