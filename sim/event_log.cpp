// SPDX-License-Identifier: Apache-2.0
#include "sim/event_log.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <bit>

namespace cowbell::sim {
namespace {

static_assert(std::endian::native == std::endian::little, "words are hashed as they lie in memory");

std::string range_text(SectorRange range) {
  return fmt::format("{}+{}", range.first.value, range.count.value);
}

std::uint8_t device_code(model::DeviceId device) {
  return static_cast<std::uint8_t>(device.kind);
}

std::uint8_t flag_bits(BioFlags flags) {
  return static_cast<std::uint8_t>((flags.fua ? 1 : 0) | (flags.preflush ? 2 : 0) |
                                   (flags.nowait ? 4 : 0));
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

}  // namespace

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

void EventLog::restart(bool keep) {
  keep_ = keep;
  events_ = 0;
  folded_ = 0;
  used_ = 0;
  lines_.clear();
}

void EventLog::fold() {
  folded_ = XXH3_64bits_withSeed(buffer_.data(), used_ * sizeof buffer_[0], folded_);
  used_ = 0;
}

std::uint64_t EventLog::hash() const {
  return XXH3_64bits_withSeed(buffer_.data(), used_ * sizeof buffer_[0], folded_);
}

void EventLog::keep(std::string line) {
  lines_.push_back(fmt::format("{:>12} ns  {}", clock_.now().count(), line));
}

void EventLog::keep_switched(std::uint32_t fiber) {
  keep(fmt::format("fiber {} runs", fiber));
}

void EventLog::overtaken() {
  put(head(Kind::overtaken, 0));
  if (keep_) keep("time overtakes");
}

void EventLog::submitted(model::DeviceId device, std::uint64_t request, const Bio& bio) {
  put(head(Kind::submitted, device.index, device_code(device),
           static_cast<std::uint8_t>(bio.operation), flag_bits(bio.flags)),
      request, now(), bio.range.first.value, bio.range.count.value);
  if (keep_)
    keep(fmt::format("{}: request {} is {} {} of {} segments{}{}{}", device_text(device), request,
                     operation_name(bio.operation), range_text(bio.range), bio.segments.size(),
                     bio.flags.fua ? " fua" : "", bio.flags.preflush ? " preflush" : "",
                     bio.flags.nowait ? " nowait" : ""));
}

void EventLog::took_effect(model::DeviceId device, std::uint64_t request, SectorRange blocks) {
  put(head(Kind::took_effect, device.index, device_code(device)), request, now(),
      blocks.first.value, blocks.count.value);
  if (keep_)
    keep(fmt::format("{}: request {} takes effect at {}", device_text(device), request,
                     range_text(blocks)));
}

void EventLog::answered(model::DeviceId device, std::uint64_t request, const Bio& bio) {
  put(head(Kind::answered, device.index, device_code(device),
           static_cast<std::uint8_t>(bio.status)),
      request, now(), bio.transferred.value);
  if (keep_)
    keep(fmt::format("{}: request {} is answered {}, {} bytes", device_text(device), request,
                     errno_name(bio.status), bio.transferred.value));
}

void EventLog::injected(const model::InjectedFault& fault) {
  put(head(Kind::injected, fault.device.index, device_code(fault.device),
           static_cast<std::uint8_t>(fault.kind), static_cast<std::uint8_t>(fault.effect)),
      static_cast<std::uint64_t>(fault.error), fault.range.first.value, fault.range.count.value);
  if (keep_)
    keep(fmt::format("{}: fault {} {} in {} {}", device_text(fault.device),
                     effect_text(fault.effect), errno_name(fault.error),
                     request_kind_text(fault.kind), range_text(fault.range)));
}

void EventLog::allocation_refused(std::uint64_t allocation) {
  put(head(Kind::allocation_refused, 0), allocation, now());
  if (keep_) keep(fmt::format("allocation {} is refused", allocation));
}

void EventLog::granted(model::DeviceId storage, SectorCount capacity) {
  put(head(Kind::granted, storage.index, device_code(storage)), now(), capacity.value);
  if (keep_) keep(fmt::format("{}: {} sectors are granted", device_text(storage), capacity.value));
}

void EventLog::grow_refused(model::DeviceId storage, SectorCount capacity, Errc error) {
  put(head(Kind::grow_refused, storage.index, device_code(storage),
           static_cast<std::uint8_t>(error)),
      now(), capacity.value);
  if (keep_)
    keep(fmt::format("{}: growth to {} sectors is refused: {}", device_text(storage),
                     capacity.value, errno_name(error)));
}

void EventLog::resized(model::DeviceId origin, SectorCount capacity) {
  put(head(Kind::resized, origin.index, device_code(origin)), now(), capacity.value);
  if (keep_) keep(fmt::format("{}: has {} sectors now", device_text(origin), capacity.value));
}

void EventLog::healed() {
  put(head(Kind::healed, 0), now());
  if (keep_) keep("faults and stalls are lifted");
}

}  // namespace cowbell::sim
