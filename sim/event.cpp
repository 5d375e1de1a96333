// SPDX-License-Identifier: Apache-2.0
#include "sim/event.hpp"

#include <fmt/format.h>

namespace cowbell::sim {
namespace {

std::string range_text(SectorRange range) {
  return fmt::format("{}+{}", range.first.value, range.count.value);
}

}  // namespace

std::string what_happened(const Event& event) {
  using enum Event::Kind;
  const std::string device = device_text(event.device);
  const std::uint64_t sectors = event.range.count.value;
  switch (event.kind) {
    case switched:
      return fmt::format("{} {} runs", event.fiber.name, event.fiber.number);
    case suspended:
      if (event.waits_for.empty())
        return fmt::format("{} {} has ended", event.fiber.name, event.fiber.number);
      return fmt::format(
          "{} {} waits for {}{}", event.fiber.name, event.fiber.number, event.waits_for,
          event.holder.number == 0
              ? ""
              : fmt::format(", held by {} {}", event.holder.name, event.holder.number));
    case overtaken:
      return "time overtakes";
    case submitted:
      return fmt::format("{}: request {} is {} {} of {} segments{}{}{}", device, event.number,
                         operation_name(event.operation), range_text(event.range), event.segments,
                         event.flags.fua ? " fua" : "", event.flags.preflush ? " preflush" : "",
                         event.flags.nowait ? " nowait" : "");
    case took_effect:
      return fmt::format("{}: request {} takes effect at {}", device, event.number,
                         range_text(event.range));
    case answered:
      return fmt::format("{}: request {} is answered {}, {} bytes", device, event.number,
                         errno_name(event.error), event.bytes.value);
    case injected:
      return fmt::format("{}: fault {} {} in {} {}", device, effect_text(event.effect),
                         errno_name(event.error), request_kind_text(event.request_kind),
                         range_text(event.range));
    case allocation_refused:
      return fmt::format("allocation {} is refused", event.number);
    case memory:
      return fmt::format("the engine holds {} bytes", event.bytes.value);
    case granted:
      return fmt::format("{}: {} sectors are granted", device, sectors);
    case grow_refused:
      return fmt::format("{}: growth to {} sectors is refused: {}", device, sectors,
                         errno_name(event.error));
    case resized:
      return fmt::format("{}: has {} sectors now", device, sectors);
    case healed:
      return "faults and stalls are lifted";
    case power_cut:
      return fmt::format("the power is cut: {} blocks have lost their newest content",
                         event.number);
    case power_restored:
      return "the power is back";
    case began:
      return fmt::format("statement {} begins", event.number);
    case ended:
      return fmt::format("statement {} ends with {}", event.number, errno_name(event.error));
    case broke:
      return "a rule is found broken";
  }
  return {};
}

std::string event_text(const Event& event) {
  return fmt::format("{:>12} ns  {}", event.at.count(), what_happened(event));
}

std::string device_text(model::DeviceId device) {
  return fmt::format("{} {}", device.kind == model::DeviceId::Kind::origin ? "origin" : "storage",
                     device.index);
}

std::string_view request_kind_text(model::RequestKind kind) {
  using enum model::RequestKind;
  switch (kind) {
    case read:
      return "read";
    case write:
      return "write";
    case flush:
      return "flush";
    case discard:
      return "discard";
    case grow:
      return "grow";
  }
  return "";
}

std::string_view effect_text(model::FaultEffect effect) {
  using enum model::FaultEffect;
  switch (effect) {
    case error:
      return "error";
    case short_transfer:
      return "short";
    case zero_transfer:
      return "zero";
    case torn:
      return "torn";
    case lost:
      return "lost";
    case misdirected:
      return "misdirected";
    case rot:
      return "rot";
    case gone:
      return "gone";
  }
  return "";
}

}  // namespace cowbell::sim
