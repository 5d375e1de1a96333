// SPDX-License-Identifier: Apache-2.0
#include "properties/sweep_faults.hpp"

#include "properties/scenario_edit.hpp"

namespace cowbell::properties {
namespace {

using model::DeviceFault;
using model::FaultEffect;
using model::NthRequest;
using model::RequestKind;
using model::Site;

constexpr Site kAnywhere{};
constexpr Site kStorage{.kind = Site::Kind::storage, .origin = 0};

void add_each(std::vector<SweepFault>& faults, DeviceFault fault, std::uint64_t count) {
  for (std::uint64_t nth = 1; nth <= count; ++nth) {
    fault.trigger = NthRequest{nth};
    faults.push_back(fault);
  }
}

bool is_expectation_of_state(model::StatementKind kind) {
  return kind >= model::StatementKind::expect_corrupted &&
         kind <= model::StatementKind::expect_capacity;
}

}  // namespace

SweepFaults faults_to_try(const Marks& marks) {
  SweepFaults faults;
  const auto both = [&](DeviceFault fault, std::uint64_t count) {
    add_each(faults.once, fault, count);
    fault.sticky = true;
    add_each(faults.sticky, fault, count);
  };
  const auto on = [](Site site, RequestKind kind, Errc error = Errc::io) {
    return DeviceFault{.site = site, .kind = kind, .trigger = {}, .error = error, .line = {}};
  };
  const std::uint64_t reads = marks[Mark::origin_reads] + marks[Mark::storage_reads];
  const std::uint64_t writes = marks[Mark::origin_writes] + marks[Mark::storage_writes];
  both(on(kAnywhere, RequestKind::read), reads);
  both(on(kAnywhere, RequestKind::write), writes);
  both(on(kAnywhere, RequestKind::flush), marks[Mark::flushes]);
  both(on(kAnywhere, RequestKind::discard), marks[Mark::discards]);
  both(on(kStorage, RequestKind::grow, Errc::no_space), marks[Mark::growths]);
  for (const FaultEffect effect : {FaultEffect::short_transfer, FaultEffect::zero_transfer}) {
    DeviceFault read = on(kAnywhere, RequestKind::read);
    DeviceFault write = on(kAnywhere, RequestKind::write);
    read.effect = write.effect = effect;
    add_each(faults.once, read, reads);
    add_each(faults.once, write, writes);
  }
  // One that has gone stays gone, so these are sticky by nature; a storage may go while it grows.
  DeviceFault gone = on(kAnywhere, RequestKind::read, Errc::no_device);
  gone.effect = FaultEffect::gone;
  for (const auto& [kind, count] : {std::pair{RequestKind::read, reads},
                                    {RequestKind::write, writes},
                                    {RequestKind::flush, marks[Mark::flushes]},
                                    {RequestKind::discard, marks[Mark::discards]},
                                    {RequestKind::grow, marks[Mark::growths]}}) {
    gone.kind = kind;
    gone.site = kind == RequestKind::grow ? kStorage : kAnywhere;
    add_each(faults.sticky, gone, count);
  }
  // Where the origin lives on, there is more to see.
  DeviceFault read = on(kStorage, RequestKind::read);
  DeviceFault write = on(kStorage, RequestKind::write);
  read.sticky = write.sticky = true;
  add_each(faults.sticky, read, marks[Mark::storage_reads]);
  add_each(faults.sticky, write, marks[Mark::storage_writes]);
  for (std::uint64_t nth = 1; nth <= marks[Mark::allocations]; ++nth) {
    faults.once.push_back(model::MemoryFault{.nth = nth, .sticky = false, .line = {}});
    faults.sticky.push_back(model::MemoryFault{.nth = nth, .sticky = true, .line = {}});
  }
  return faults;
}

model::Scenario open_to_faults(model::Scenario scenario) {
  std::erase_if(scenario.program, [](const model::Statement& statement) {
    return is_expectation_of_state(statement.kind);
  });
  for (model::Statement& statement : scenario.program) {
    if (statement.kind == model::StatementKind::read) statement.fill.reset();
    if (statement.demand.kind == model::Demand::Kind::fail)
      statement.demand = {.kind = model::Demand::Kind::may_fail};
  }
  tidy(scenario);
  return scenario;
}

void inject(model::Scenario& scenario, const SweepFault& fault) {
  if (const auto* device = std::get_if<DeviceFault>(&fault))
    scenario.faults.insert(scenario.faults.begin(), *device);
  else
    scenario.memory_faults.push_back(std::get<model::MemoryFault>(fault));
}

}  // namespace cowbell::properties
