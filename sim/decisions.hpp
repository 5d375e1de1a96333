// SPDX-License-Identifier: Apache-2.0
// Every choice that is not the engine's own, one numbered stream per concern, so that taking a
// choice out of one concern does not shift the others. A choice of 0 is always the plainest.
//
// Draws are equal on every compiler and at every optimisation level. Never draw twice in one
// full-expression: compilers order `f(draw(), draw())` differently.
#pragma once

#include <array>
#include <cstdint>
#include <pcg_random.hpp>
#include <span>

#include "core/invariant.hpp"
#include "models/recorded_decisions.hpp"

namespace cowbell::sim {

/// Somebody who makes the choices one by one, as they are asked for.
class DecisionSource {
 public:
  virtual ~DecisionSource() = default;
  /// A choice below `bound`, which is at least 2. For the rare thing the bound is 2.
  virtual std::uint32_t choose(model::Concern concern, std::uint32_t bound) = 0;
};

/// One thread. Until a source is named, every choice is 0.
class Decisions {
 public:
  /// From now on each concern draws from its own PCG stream of `seed`.
  void seed(std::uint64_t seed);

  /// From now on choices are read back, each concern from its beginning; what has run out, and a
  /// choice that is not below its bound, is 0. `choices` is copied.
  void replay(const model::RecordedDecisions& choices);

  /// From now on all concerns consume `bytes`, which are borrowed; what has run out is 0.
  void bytes(std::span<const std::uint8_t> bytes);

  /// From now on `source` chooses; it is borrowed.
  void enumerate(DecisionSource& source);

  /// A choice in [0, bound). A bound of 1 draws nothing; 0 is not a bound.
  std::uint32_t draw(model::Concern concern, std::uint32_t bound) {
    COWBELL_INVARIANT(S13, bound > 0);
    if (bound == 1) return 0;
    return noted(concern, next(concern, bound));
  }

  /// True once in `n` times: the rare thing. Kept as 0 (false) or 1 (true); n == 1 draws nothing
  /// and is true.
  bool one_in(model::Concern concern, std::uint32_t n) {
    COWBELL_INVARIANT(S13, n > 0);
    if (n == 1) return true;
    return noted(concern, rare(concern, n)) != 0;
  }

  /// Draws like `draw`, for a rule that makes its choice out of several draws. The rule then says
  /// by `note` what it chose, so that the choice can be replayed without the rule.
  std::uint32_t draw_unrecorded(model::Concern concern, std::uint32_t bound) {
    COWBELL_INVARIANT(S13, bound > 0);
    return bound == 1 ? 0 : next(concern, bound);
  }
  void note(model::Concern concern, std::uint32_t choice) { noted(concern, choice); }

  /// What was chosen as the `index`-th of its concern is kept as `choice`, if it is kept: for a
  /// source that shows only later what it chose.
  void amend(model::Concern concern, std::size_t index, std::uint32_t choice) {
    if (recording_) recorded_.of(concern)[index] = choice;
  }

  /// Whether choices are kept from now on. Naming a source forgets what was kept.
  void record(bool on) { recording_ = on; }

  /// What was chosen since the source was named, as far as it was to be kept. Not normalized.
  const model::RecordedDecisions& recorded() const { return recorded_; }

 private:
  enum class Source : std::uint8_t { seeded, recorded, bytes, enumerated };

  void forget();
  std::uint32_t next(model::Concern concern, std::uint32_t bound) {
    return source_ == Source::seeded ? bounded(generators_[static_cast<unsigned>(concern)], bound)
                                     : next_given(concern, bound);
  }
  std::uint32_t rare(model::Concern concern, std::uint32_t n) {
    if (source_ == Source::seeded)
      return bounded(generators_[static_cast<unsigned>(concern)], n) == 0 ? 1 : 0;
    return rare_given(concern, n);
  }
  std::uint32_t next_given(model::Concern concern, std::uint32_t bound);
  std::uint32_t rare_given(model::Concern concern, std::uint32_t n);
  std::uint32_t next_replayed(model::Concern concern, std::uint32_t bound);
  std::uint32_t next_bytes(std::uint32_t bound);
  std::uint32_t noted(model::Concern concern, std::uint32_t choice) {
    if (recording_) recorded_.of(concern).push_back(choice);
    return choice;
  }

  /// Unbiased and without division in the common case.
  /// Source: Lemire, "Fast random integer generation in an interval", 2019.
  static std::uint32_t bounded(pcg32& generator, std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{generator()} * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0U - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold)
        product = std::uint64_t{generator()} * bound;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  Source source_ = Source::recorded;
  bool recording_ = false;
  std::array<pcg32, model::kConcernCount> generators_;
  model::RecordedDecisions given_;
  std::array<std::size_t, model::kConcernCount> given_position_{};
  std::span<const std::uint8_t> bytes_;
  DecisionSource* enumerator_ = nullptr;  // while `enumerated`
  model::RecordedDecisions recorded_;
};

/// A number that differs in about half of its bits when `value` differs in one: for deriving
/// unrelated properties of a run from one seed. Source: Steele, Lea, Flood, SplitMix64, 2014.
constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace cowbell::sim
