// SPDX-License-Identifier: Apache-2.0
#include "properties/every_run.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <list>
#include <set>

#include "models/engine_subject.hpp"
#include "models/scenario_text.hpp"
#include "sim/decisions.hpp"

namespace cowbell::properties {
namespace {

constexpr std::uint32_t kPreemptions = 2;

/// What clients of one run got to see, in whatever order: each answer with the data that was read,
/// each event, and what a snapshot had put in its storage when it was released.
struct Seen {
  std::uint64_t sum = 0;

  void add(std::initializer_list<std::uint64_t> words) {
    std::uint64_t one = 0;
    for (const std::uint64_t word : words) one = sim::mix(one ^ sim::mix(word));
    sum += one;
  }
};

std::uint64_t content(const Bio& bio) {
  std::uint64_t sum = 0;
  if (bio.operation != Operation::read || bio.status != Errc::none) return sum;
  for (const Segment& segment : bio.segments)
    for (std::size_t at = 0; at < segment.size; at += kSectorSize)
      for (std::size_t word = 0; word < 32; word += 8) {
        std::uint64_t value = 0;
        std::memcpy(&value, segment.data + at + word, sizeof value);
        sum = sim::mix(sum ^ value);
      }
  return sum;
}

class SeenDevice final : public BlockDevice {
 public:
  SeenDevice(BlockDevice& below, std::uint64_t name, Seen& seen)
      : below_(below), name_(name), seen_(seen) {}
  Geometry geometry() const override { return below_.geometry(); }
  void submit(Bio& bio) override {
    (void)bio.push({[](Bio& answered, void* self) noexcept {
                      auto& device = *static_cast<SeenDevice*>(self);
                      device.seen_.add(
                          {device.name_, static_cast<std::uint64_t>(answered.operation),
                           answered.range.first.value, answered.range.count.value,
                           static_cast<std::uint64_t>(answered.status), content(answered)});
                      answered.complete();
                    },
                    this});
    below_.submit(bio);
  }

 private:
  BlockDevice& below_;
  const std::uint64_t name_;
  Seen& seen_;
};

class SeenSubject final : public model::EngineSubject {
 public:
  SeenSubject(const Environment& environment, const Params& params, Seen& seen)
      : EngineSubject(environment, params), seen_(seen) {}
  BlockDevice& origin(model::OriginIndex origin) override {
    return seen(EngineSubject::origin(origin), ~std::uint64_t{0});
  }
  BlockDevice& image(model::TakeNumber take, model::OriginIndex origin) override {
    return seen(EngineSubject::image(take, origin), take);
  }
  Errc release(model::TakeNumber take, std::string_view name) override {
    seen_.add({take, storage_filled(take).value, chunks_preserved(take, 0)});
    return EngineSubject::release(take, name);
  }
  std::optional<model::ReportedEvent> poll_event() override {
    const auto event = EngineSubject::poll_event();
    if (event)
      seen_.add({static_cast<std::uint64_t>(event->kind), event->take,
                 static_cast<std::uint64_t>(event->cause)});
    return event;
  }

 private:
  BlockDevice& seen(BlockDevice& below, std::uint64_t name) {
    for (auto& [known, device] : devices_)
      if (known == &below) return device;
    return devices_.emplace_back(&below, SeenDevice(below, name, seen_)).second;
  }

  Seen& seen_;
  std::list<std::pair<BlockDevice*, SeenDevice>> devices_;
};

struct Outcomes {
  std::set<std::uint64_t> seen;
  std::uint64_t executions = 0;
  LeftOut left_out;
};

Outcomes outcomes(const SmallProgram& program, bool prune_repeated) {
  Outcomes all;
  Seen seen;
  EveryRun every_run(
      [&](const Environment& environment, const Params& params) {
        return std::make_unique<SeenSubject>(environment, params, seen);
      },
      prune_repeated);
  Simulator simulator(Simulator::Detail::verdict, every_run.subject());
  const Outcome last = every_run(simulator, program, kPreemptions, [&](const Outcome& outcome) {
    EXPECT_TRUE(outcome.held());
    // A run that only ends leaves out what another one shows.
    const std::uint64_t repeated = every_run.left_out().repeated;
    if (repeated == all.left_out.repeated) all.seen.insert(seen.sum);
    all.left_out.repeated = repeated;
    seen = {};
    ++all.executions;
    return true;
  });
  EXPECT_TRUE(last.held());
  all.left_out = every_run.left_out();
  return all;
}

/// One in so many of the programs of that many operations.
std::vector<SmallProgram> one_in(std::size_t share, std::uint32_t operations) {
  std::vector<SmallProgram> chosen;
  std::size_t position = 0;
  for (const SmallProgram& program : small_programs(operations))
    if (program.operations == operations && position++ % share == 0) chosen.push_back(program);
  return chosen;
}

// Method: programs of one to three operations, gone through with and without the pruning of
// repeated states: clients get to see the same things, all of them.
TEST(EveryRun, LosesNoOutcomeToPruning) {
  std::uint64_t pruned = 0;
  std::uint64_t unpruned = 0;
  std::size_t distinct = 0;
  for (const auto& programs : {one_in(4, 1), one_in(300, 2), one_in(4500, 3)})
    for (const SmallProgram& program : programs) {
      const Outcomes with = outcomes(program, true);
      const Outcomes without = outcomes(program, false);
      EXPECT_EQ(with.seen, without.seen) << to_string(program.scenario);
      EXPECT_EQ(without.left_out.repeated, 0u);
      pruned += with.executions;
      unpruned += without.executions;
      distinct += with.seen.size();
    }
  EXPECT_GT(distinct, 20u);
  EXPECT_LT(pruned * 4, unpruned);
}

/// Fails an image read that a write to the origin has overtaken on its whole way: the read came
/// first, and was answered last.
class Overtaken final : public model::EngineSubject {
 public:
  using EngineSubject::EngineSubject;
  BlockDevice& origin(model::OriginIndex origin) override {
    if (!origin_) origin_.emplace(EngineSubject::origin(origin), *this);
    return *origin_;
  }
  BlockDevice& image(model::TakeNumber take, model::OriginIndex origin) override {
    if (!image_) image_.emplace(EngineSubject::image(take, origin), *this);
    return *image_;
  }

 private:
  class Device final : public BlockDevice {
   public:
    Device(BlockDevice& below, Overtaken& race) : below_(below), race_(race) {}
    Geometry geometry() const override { return below_.geometry(); }
    void submit(Bio& bio) override {
      if (bio.operation == Operation::write && race_.reading_) race_.writing_ = true;
      if (bio.operation == Operation::read) race_.reading_ = true;
      (void)bio.push({[](Bio& answered, void* self) noexcept {
                        static_cast<Device*>(self)->race_.answered(answered);
                      },
                      this});
      below_.submit(bio);
    }

   private:
    BlockDevice& below_;
    Overtaken& race_;
  };

  void answered(Bio& bio) {
    if (bio.operation == Operation::write) overtaken_ = writing_ && reading_;
    if (bio.operation == Operation::read) {
      if (overtaken_) bio.status = Errc::io;
      reading_ = overtaken_ = false;
    }
    bio.complete();
  }

  std::optional<Device> origin_;
  std::optional<Device> image_;
  bool reading_ = false;
  bool writing_ = false;
  bool overtaken_ = false;
};

/// The executions until the race showed; nothing if it did not.
std::optional<std::uint64_t> find_overtaken(const SmallProgram& program, bool prune_repeated) {
  EveryRun every_run(
      [](const Environment& environment, const Params& params) {
        return std::make_unique<Overtaken>(environment, params);
      },
      prune_repeated);
  // Never destroyed: after a breach its fibers may be stuck.
  auto* const simulator = new Simulator(Simulator::Detail::verdict, every_run.subject());
  std::uint64_t executions = 0;
  const Outcome last = every_run(*simulator, program, kPreemptions, [&](const Outcome&) {
    ++executions;
    return true;
  });
  return last.held() ? std::nullopt : std::optional(executions);
}

// Method: a race is planted between a write and an image read of one block, side by side; whatever
// program shows it without pruning shows it with pruning, but not in its first run.
TEST(EveryRun, FindsAPlantedRaceInSpiteOfPruning) {
  std::size_t found = 0;
  for (const SmallProgram& program : one_in(37, 2)) {
    const auto unpruned = find_overtaken(program, false);
    const auto pruned = find_overtaken(program, true);
    EXPECT_EQ(pruned.has_value(), unpruned.has_value()) << to_string(program.scenario);
    if (!pruned) continue;
    ++found;
    EXPECT_LE(*pruned, *unpruned);
  }
  EXPECT_GT(found, 0u);
}

}  // namespace
}  // namespace cowbell::properties
