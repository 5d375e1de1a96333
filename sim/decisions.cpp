// SPDX-License-Identifier: Apache-2.0
#include "sim/decisions.hpp"

namespace cowbell::sim {

void Decisions::forget() {
  for (auto& choices : recorded_.choices) choices.clear();
}

void Decisions::seed(std::uint64_t seed) {
  source_ = Source::seeded;
  for (unsigned concern = 0; concern < model::kConcernCount; ++concern)
    generators_[concern].seed(mix(seed ^ mix(concern)), concern);
  forget();
}

void Decisions::replay(const model::RecordedDecisions& choices) {
  source_ = Source::recorded;
  given_ = choices;
  given_position_.fill(0);
  forget();
}

void Decisions::bytes(std::span<const std::uint8_t> bytes) {
  source_ = Source::bytes;
  bytes_ = bytes;
  forget();
}

void Decisions::enumerate(DecisionSource& source) {
  source_ = Source::enumerated;
  enumerator_ = &source;
  forget();
}

std::uint32_t Decisions::next_given(model::Concern concern, std::uint32_t bound) {
  if (source_ == Source::enumerated) return enumerator_->choose(concern, bound);
  return source_ == Source::recorded ? next_replayed(concern, bound) : next_bytes(bound);
}

std::uint32_t Decisions::rare_given(model::Concern concern, std::uint32_t n) {
  if (source_ == Source::enumerated) return enumerator_->choose(concern, 2);
  if (source_ == Source::recorded) return next_replayed(concern, 2);
  return next_bytes(n) == 1 ? 1 : 0;
}

std::uint32_t Decisions::next_replayed(model::Concern concern, std::uint32_t bound) {
  const auto& choices = given_.of(concern);
  std::size_t& position = given_position_[static_cast<unsigned>(concern)];
  if (position == choices.size()) return 0;
  const std::uint32_t choice = choices[position++];
  return choice < bound ? choice : 0;
}

std::uint32_t Decisions::next_bytes(std::uint32_t bound) {
  // As few bytes as the bound needs, so that a fuzzer's change of one byte changes one choice.
  const std::size_t wanted = bound <= 0x100 ? 1 : bound <= 0x10000 ? 2 : 4;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < wanted && !bytes_.empty(); ++i) {
    value |= std::uint32_t{bytes_.front()} << (8 * i);
    bytes_ = bytes_.subspan(1);
  }
  return value % bound;
}

}  // namespace cowbell::sim
