// SPDX-License-Identifier: Apache-2.0
// What holds although devices fail, memory is refused and limits are too small (S5 to S11).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/property.hpp"

namespace cowbell::properties {
namespace {

// Method: faults of the storage and of memory in every scenario and none of the origins, so that
// no failed request to an origin is excused.
RC_GTEST_PROP(Origin, IsNeverHarmedByFaultsOfTheSnapshot, ()) {
  demand_holds(any_seed(), {.origin_faults = false, .always_faults = true});
}

// Method: faults of the storage in every scenario; the runner counts who is left without answer.
RC_GTEST_PROP(Request, IsAnsweredThoughStorageFails, ()) {
  demand_holds(any_seed(), {.origin_faults = false, .memory_faults = false, .always_faults = true});
}

// Method: faults of every device in every scenario; a read that succeeds must still be right.
RC_GTEST_PROP(Image, IsNeverWrongThoughDevicesFail, ()) {
  demand_holds(any_seed(), {.memory_faults = false, .always_faults = true});
}

// Method: refused allocations in every scenario.
RC_GTEST_PROP(Snapshot, SurvivesOrIsCorruptedWhenMemoryIsRefused, ()) {
  demand_holds(any_seed(),
               {.storage_faults = false, .origin_faults = false, .always_faults = true});
}

// Method: no faults; only limits that may be too small excuse what fails.
RC_GTEST_PROP(Snapshot, StaysWithinLimitsThatAreTooSmall, ()) {
  demand_holds(any_seed(),
               {.storage_faults = false, .origin_faults = false, .memory_faults = false});
}

}  // namespace
}  // namespace cowbell::properties
