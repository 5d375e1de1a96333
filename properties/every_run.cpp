// SPDX-License-Identifier: Apache-2.0
#include "properties/every_run.hpp"

#include "models/engine_subject.hpp"
#include "properties/marking_subject.hpp"

namespace cowbell::properties {
namespace {

/// Another subject whose takes are told to the source.
class WatchedTakes final : public MarkingSubject {
 public:
  WatchedTakes(std::unique_ptr<Subject> subject, Marks& marks, Coincidences& coincidences,
               sim::ExhaustiveSource& source)
      : MarkingSubject(std::move(subject), marks, coincidences), source_(source) {}

  TakeError take(model::TakeNumber take, std::string_view name,
                 std::span<const model::OriginIndex> origins, StorageBacking& storage,
                 std::optional<SectorCount> limit) override {
    source_.take_began();
    const TakeError error = MarkingSubject::take(take, name, origins, storage, limit);
    source_.take_ended();
    return error;
  }

 private:
  sim::ExhaustiveSource& source_;
};

}  // namespace

EveryRun::EveryRun(const model::SubjectMaker& make, bool prune_repeated)
    : make_(make ? make : model::EngineSubject::maker()) {
  source_.prune_repeated(prune_repeated);
}

model::SubjectMaker EveryRun::subject() {
  return [this](const Environment& environment, const Params& params) {
    return std::make_unique<WatchedTakes>(make_(environment, params), marks_, coincidences_,
                                          source_);
  };
}

Outcome EveryRun::operator()(Simulator& simulator, const SmallProgram& program,
                             std::uint32_t preemptions_maximum,
                             const std::function<bool(const Outcome&)>& ran) {
  simulator.enumerate(source_);
  source_.explore_after(program.prepared_takes);
  search_.restart({.preemptions_maximum = preemptions_maximum,
                   .overtakings_count = program.overtakings_count()});
  for (;;) {
    Outcome outcome = simulator.run(program.scenario);
    if (!ran(outcome) || !outcome.held() || !search_.next()) return outcome;
  }
}

LeftOut EveryRun::left_out() const {
  return {search_.pruned(), search_.repeated(), search_.bounded(), source_.without_room()};
}

}  // namespace cowbell::properties
