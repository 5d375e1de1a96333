// SPDX-License-Identifier: Apache-2.0
#include "properties/shrink.hpp"

#include <algorithm>

#include "models/scenario_text.hpp"
#include "properties/scenario_edit.hpp"
#include "properties/shrink_variants.hpp"

namespace cowbell::properties {
namespace {

using model::Concern;
using model::RecordedDecisions;
using model::Scenario;
using model::SchedulerKind;

// Other seeds to try where the present schedule no longer shows the failure: more of them where a
// success takes most away.
constexpr std::uint64_t kSeedsForStructure = 8;
constexpr std::uint64_t kSeedsForDetails = 3;
// The share of the runs that may go into the program, before its decisions are looked at.
constexpr std::size_t kProgramShareNumerator = 3;
constexpr std::size_t kProgramShareDenominator = 4;
// Concerns of a schedule, the one whose choices disturb a reader most first.
constexpr std::array kRecordedConcerns{Concern::schedule, Concern::effect_order, Concern::latency,
                                       Concern::fault, Concern::power};

// Of each concern, where all that were made do not fit into a line of a file: a run without end
// makes choices without end, and the plainest ones after these mostly show it as well.
constexpr std::size_t kChoicesKept = 2'000;

// How far a fault may lie off where the counts say that it is.
constexpr std::array kRetuningOff{0, -1, 1, -2, 2, 3};

// What a fault counts by.
Mark counted_by(const model::DeviceFault& fault) {
  const bool storage = fault.site.kind == model::Site::Kind::storage;
  if (fault.kind == model::RequestKind::read)
    return storage ? Mark::storage_reads : Mark::origin_reads;
  if (fault.kind == model::RequestKind::grow) return Mark::storage_grown;
  return storage ? Mark::storage_writes : Mark::origin_writes;
}

std::uint64_t retuned_nth(std::uint64_t nth, std::uint64_t before, std::uint64_t after, int off) {
  const auto wanted = static_cast<std::int64_t>(nth - before + after) + off;
  return wanted < 1 ? nth : static_cast<std::uint64_t>(wanted);
}

// Moves every fault that is counted by as much as fewer things happened, and by `off`.
void retune(Scenario& scenario, const Marks& before, const Marks& after, int off) {
  for (model::MemoryFault& fault : scenario.memory_faults)
    fault.nth = retuned_nth(fault.nth, before[Mark::allocations], after[Mark::allocations], off);
  for (model::DeviceFault& fault : scenario.faults)
    if (auto* const nth = std::get_if<model::NthRequest>(&fault.trigger)) {
      const Mark mark = counted_by(fault);
      nth->nth = retuned_nth(nth->nth, before[mark], after[mark], off);
    }
}

class Shrinker {
 public:
  Shrinker(const Scenario& scenario, const Outcome& outcome, const Judge& judge,
           const ShrinkLimits& limits)
      : best_(scenario), outcome_(outcome), failure_(outcome), judge_(judge), limits_(limits) {}

  Shrunk run() {
    budget_ = limits_.runs_maximum * kProgramShareNumerator / kProgramShareDenominator;
    cut_after_failure();
    while (make_program_smaller()) {
    }
    budget_ = limits_.runs_maximum - 2;  // the last ones record
    details_under_other_seeds_ = false;
    bool repeated = false;
    do {
      repeated = record();
      if (repeated && best_.schedule.kind == SchedulerKind::recorded) make_decisions_plainer();
    } while (repeated && make_program_smaller());
    if (repeated && best_.schedule.kind != SchedulerKind::recorded) repeated = record();
    return {best_, outcome_, runs_, repeated};
  }

 private:
  bool spent() const { return runs_ >= budget_ || limits_.out_of_time(); }

  // Runs the candidate as it is and keeps it if it fails in the same way.
  bool attempt_once(const Scenario& candidate) {
    return !spent() && keep_if_same_failure(candidate, judge_);
  }

  bool keep_if_same_failure(const Scenario& candidate, const Judge& judge) {
    ++runs_;
    Outcome outcome = judge(candidate);
    last_marks_ = outcome.marks;
    if (!same_failure(failure_, outcome)) return false;
    best_ = candidate;
    outcome_ = std::move(outcome);
    return true;
  }

  // Tries the candidate as it is, and then under other seeds.
  bool attempt(Scenario candidate, std::uint64_t other_seeds) {
    tidy(candidate);
    if (candidate == best_ || candidate.program.empty()) return false;
    std::uint32_t line = 0;
    for (model::Statement& statement : candidate.program) statement.line.number = ++line;
    if (attempt_once(candidate)) return true;
    if (other_seeds == kSeedsForStructure && attempt_retuned(candidate)) return true;
    for (std::uint64_t seed = 1; seed <= other_seeds; ++seed) {
      if (candidate.schedule.kind == SchedulerKind::random && candidate.schedule.seed == seed)
        continue;
      Scenario other = candidate;
      other.schedule = {.kind = SchedulerKind::random, .seed = seed, .recorded = {}, .line = {}};
      if (attempt_once(other)) return true;
    }
    return false;
  }

  // With less in the program the same fault comes earlier: tries it about as much earlier as there
  // is less to count.
  bool attempt_retuned(const Scenario& candidate) {
    const Marks before = outcome_.marks;
    const Marks after = last_marks_;
    for (const int off : kRetuningOff) {
      Scenario retuned = candidate;
      retune(retuned, before, after, off);
      if (retuned == candidate) continue;
      if (attempt_once(retuned)) return true;
    }
    return false;
  }

  void cut_after_failure() {
    Scenario numbered = best_;
    std::uint32_t line = 0;
    for (model::Statement& statement : numbered.program) statement.line.number = ++line;
    if (!attempt_once(numbered)) return;
    const std::uint32_t last = outcome_.breach->line.number;
    if (last == 0 || last >= numbered.program.size()) return;
    numbered.program.resize(last);
    attempt(numbered, kSeedsForStructure);
  }

  // One round over everything but the decisions; true if anything became smaller.
  bool make_program_smaller() {
    const Scenario before = best_;
    remove_statements();
    exhaust(with_fewer_origins, kSeedsForStructure);
    exhaust(with_fewer_clients, kSeedsForStructure);
    for (const auto variants_of : {with_plainer_faults, with_plainer_latencies, with_plainer_world,
                                   with_plainer_statements, with_smaller_ranges})
      exhaust(variants_of, details_under_other_seeds_ ? kSeedsForDetails : 0);
    return best_ != before && !spent();
  }

  // Takes runs of statements out, from the end, half of the program first and single ones last.
  void remove_statements() {
    for (std::size_t length = std::max<std::size_t>(best_.program.size() / 2, 1);; length /= 2) {
      std::size_t end = best_.program.size();
      while (end > 0 && !spent()) {
        end = std::min(end, best_.program.size());
        const std::size_t first = end - std::min(length, end);
        Scenario candidate = best_;
        candidate.program.erase(candidate.program.begin() + static_cast<std::ptrdiff_t>(first),
                                candidate.program.begin() + static_cast<std::ptrdiff_t>(end));
        attempt(std::move(candidate), kSeedsForStructure);
        end = first;
      }
      if (length == 1) return;
    }
  }

  void exhaust(Variants (*variants_of)(const Scenario&), std::uint64_t other_seeds) {
    Variants variants = variants_of(best_);
    for (std::size_t i = 0; i < variants.size() && !spent();) {
      if (attempt(variants[i], other_seeds))
        variants = variants_of(best_);
      else
        ++i;
    }
  }

  // Not refused when all is spent: a result with its decisions is worth two more runs. The first is
  // without any: where these will do, there may be no time to take thousands away one by one.
  bool record() {
    const Judge& judge = limits_.record ? limits_.record : judge_;
    Scenario candidate = best_;
    candidate.schedule = {.kind = SchedulerKind::recorded, .recorded = {}, .line = {}};
    if (best_ == candidate || keep_if_same_failure(candidate, judge)) return true;
    candidate.schedule.recorded = outcome_.decisions;
    candidate.schedule.recorded.of(Concern::workload).clear();
    candidate.schedule.recorded.normalize();
    if (best_ == candidate) return true;
    if (model::parse_scenario(to_string(candidate))) return keep_if_same_failure(candidate, judge);
    for (auto& choices : candidate.schedule.recorded.choices)
      choices.resize(std::min(choices.size(), kChoicesKept));
    candidate.schedule.recorded.normalize();
    // Nobody could read the whole record; the seed that made it repeats it too.
    return keep_if_same_failure(candidate, judge) || keep_if_same_failure(Scenario(best_), judge);
  }

  bool attempt_decisions(RecordedDecisions decisions) {
    decisions.normalize();
    if (decisions == best_.schedule.recorded) return false;
    Scenario candidate = best_;
    candidate.schedule.recorded = std::move(decisions);
    return attempt_once(candidate);
  }

  const std::vector<std::uint32_t>& choices(Concern concern) const {
    return best_.schedule.recorded.of(concern);
  }

  void make_decisions_plainer() {
    for (const Concern concern : kRecordedConcerns) {
      RecordedDecisions without = best_.schedule.recorded;
      without.of(concern).clear();
      attempt_decisions(std::move(without));
    }
    for (const Concern concern : kRecordedConcerns) {
      cut_tail(concern);
      zero_runs(concern);
      lower_choices(concern);
    }
  }

  // Keeps the shortest beginning that is enough, by halving.
  void cut_tail(Concern concern) {
    std::size_t enough = choices(concern).size();
    std::size_t too_short = 0;
    while (enough > too_short + 1 && !spent()) {
      const std::size_t middle = too_short + (enough - too_short) / 2;
      RecordedDecisions shorter = best_.schedule.recorded;
      shorter.of(concern).resize(middle);
      if (attempt_decisions(std::move(shorter)))
        enough = std::min(middle, choices(concern).size());
      else
        too_short = middle;
    }
  }

  void zero_runs(Concern concern) {
    for (std::size_t length = std::max<std::size_t>(choices(concern).size() / 2, 1);; length /= 2) {
      for (std::size_t first = 0; first < choices(concern).size() && !spent(); first += length) {
        RecordedDecisions plainer = best_.schedule.recorded;
        auto& stream = plainer.of(concern);
        const auto begin = stream.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end =
            stream.begin() + static_cast<std::ptrdiff_t>(std::min(first + length, stream.size()));
        std::fill(begin, end, 0u);
        attempt_decisions(std::move(plainer));
      }
      if (length == 1) return;
    }
  }

  void lower_choices(Concern concern) {
    for (std::size_t i = 0; i < choices(concern).size(); ++i)
      for (bool lowered = true; lowered && i < choices(concern).size() && !spent();) {
        if (choices(concern)[i] <= 1) break;
        RecordedDecisions plainer = best_.schedule.recorded;
        plainer.of(concern)[i] /= 2;
        lowered = attempt_decisions(std::move(plainer));
      }
  }

  Scenario best_;
  Outcome outcome_;
  const Outcome failure_;
  const Judge& judge_;
  const ShrinkLimits& limits_;
  bool details_under_other_seeds_ = true;
  Marks last_marks_;  // of the last run
  std::size_t budget_ = 0;
  std::size_t runs_ = 0;
};

}  // namespace

Shrunk shrink(const Scenario& scenario, const Outcome& outcome, const Judge& judge,
              const ShrinkLimits& limits) {
  return Shrinker(scenario, outcome, judge, limits).run();
}

}  // namespace cowbell::properties
