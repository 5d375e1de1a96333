// SPDX-License-Identifier: Apache-2.0
#include "sim/causal_state.hpp"

#include <algorithm>

#include "sim/decisions.hpp"

namespace cowbell::sim {
namespace {

constexpr std::uint64_t kWaitsForWork = 1;
constexpr std::uint64_t kEnded = 2;
constexpr std::uint64_t kAnswer = 3;

constexpr std::uint64_t after(std::uint64_t history, std::uint64_t what) {
  return mix(history * 3 ^ mix(what));
}

std::uint64_t code(model::DeviceId device) {
  return std::uint64_t{device.index} << 1 | (device.kind == model::DeviceId::Kind::origin ? 0 : 1);
}

bool looks_at_all(model::StatementKind kind) {
  return kind == model::StatementKind::take || kind == model::StatementKind::release;
}

}  // namespace

void CausalState::restart() {
  engine_ = answered_ = all_blocks_ = all_fibers_ = 0;
  fibers_.clear();
  blocks_.clear();
  requests_.clear();
  looking_at_all_ = 0;
  running_ = 0;
  step_ = deeds_ = 0;
  touched_engine_ = false;
}

CausalState::Fiber& CausalState::fiber(std::uint32_t number) {
  if (number >= fibers_.size()) fibers_.resize(number + 1);
  return fibers_[number];
}

std::uint64_t CausalState::part(const Fiber& fiber) const {
  const auto number = static_cast<std::uint64_t>(&fiber - fibers_.data());
  return after(after(number, fiber.state), fiber.answers);
}

CausalState::Block& CausalState::block(model::DeviceId device, std::uint64_t sector) {
  for (Block& block : blocks_)
    if (block.device == device && block.sector == sector) return block;
  return blocks_.emplace_back(device, sector, 0);
}

std::uint64_t CausalState::part(const Block& block) {
  return after(after(code(block.device), block.sector), block.version);
}

void CausalState::step_begins(std::uint32_t number) {
  const Fiber& runs = fiber(number);
  running_ = number;
  step_ = after(runs.state, runs.answers);
  deeds_ = 0;
  touched_engine_ = false;
}

void CausalState::touch_engine() {
  ++deeds_;
  if (!touched_engine_) step_ = after(step_, engine_);
  touched_engine_ = true;
  if (looking_at_all_ != 0) step_ = after(after(step_, answered_), all_blocks_);
  engine_ = after(step_, kAnswer);
}

void CausalState::step_ends(const Event& event) {
  Fiber& runs = fiber(event.fiber.number);
  const bool has_ended = event.waits_for.empty();
  const bool begins_to_wait = !runs.has_run && event.holder.number == 0;
  runs.has_run = true;
  only_ended_ = deeds_ == 0 && has_ended;
  all_fibers_ -= part(runs);
  if (only_ended_) {
    runs.state = kEnded;
  } else if (deeds_ == 0 && begins_to_wait) {
    runs.state = after(runs.state, kWaitsForWork);
  } else {
    touch_engine();
    runs.state = step_;
  }
  all_fibers_ += part(runs);
  running_ = 0;
  step_ = deeds_ = 0;
  touched_engine_ = false;
}

void CausalState::submitted(const Event& event) {
  touch_engine();
  requests_.push_back({.device = event.device,
                       .number = event.number,
                       .operation = event.operation,
                       .fiber = running_,
                       .name = after(step_, deeds_)});
}

void CausalState::took_effect(const Event& event) {
  const auto request = std::ranges::find_if(requests_, [&](const Request& one) {
    return one.device == event.device && one.number == event.number;
  });
  for (std::uint64_t i = 0; i < event.range.count.value; ++i) {
    Block& block = this->block(event.device, event.range.first.value + i);
    if (changes_data(request->operation)) {
      all_blocks_ -= part(block);
      block.version = after(block.version, request->name);
      all_blocks_ += part(block);
    } else {
      request->seen += after(i, block.version);
    }
  }
}

void CausalState::answered(const Event& event) {
  const auto request = std::ranges::find_if(requests_, [&](const Request& one) {
    return one.device == event.device && one.number == event.number;
  });
  const std::uint64_t answer = after(request->name, request->seen);
  const bool to_storage = request->device.kind == model::DeviceId::Kind::storage;
  const std::uint32_t reader = request->fiber;
  const bool writes = changes_data(request->operation);
  requests_.erase(request);
  running_ = 0;
  step_ = answer;
  deeds_ = 0;
  touched_engine_ = false;
  if (looking_at_all_ != 0 || (to_storage && writes)) return touch_engine();
  if (writes) return;
  if (reader == 0) return touch_engine();
  Fiber& asked = fiber(reader);
  if (asked.is_client) step_ = after(step_, engine_);
  all_fibers_ -= part(asked);
  asked.answers += step_;
  all_fibers_ += part(asked);
}

void CausalState::began(const Event& event) {
  if (running_ != 0) fiber(running_).is_client = true;
  if (looks_at_all(event.statement)) ++looking_at_all_;
  step_ = after(step_, answered_);
  touch_engine();
  step_ = after(step_, event.number);
}

void CausalState::ended(const Event& event) {
  if (running_ != 0) touch_engine();
  answered_ += after(after(step_, event.number), static_cast<std::uint64_t>(event.error));
  if (looks_at_all(event.statement)) --looking_at_all_;
}

void CausalState::add(const Event& event) {
  using enum Event::Kind;
  switch (event.kind) {
    case switched:
      return step_begins(event.fiber.number);
    case suspended:
      return step_ends(event);
    case submitted:
      return this->submitted(event);
    case took_effect:
      return this->took_effect(event);
    case answered:
      return this->answered(event);
    case began:
      return this->began(event);
    case ended:
      return this->ended(event);
    case overtaken:
    case memory:
    case broke:
      return;
    case injected:
    case allocation_refused:
    case granted:
    case grow_refused:
    case resized:
    case healed:
    case power_cut:
    case power_restored:
      return touch_engine();
  }
}

std::uint64_t CausalState::name(std::span<const ReadyFiber> ready) const {
  std::uint64_t name = after(after(after(engine_, answered_), all_blocks_), all_fibers_);
  std::uint64_t on_their_way = 0;
  for (const Request& request : requests_)
    on_their_way += after(after(request.name, request.seen), code(request.device));
  name = after(name, on_their_way);
  for (const ReadyFiber& one : ready) name = after(name, one.number);
  return name;
}

}  // namespace cowbell::sim
