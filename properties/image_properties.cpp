// SPDX-License-Identifier: Apache-2.0
// What an image holds while its origin is written (S2, S3, S4).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/property.hpp"

namespace cowbell::properties {
namespace {

constexpr Shape kHealthy{
    .storage_faults = false, .origin_faults = false, .memory_faults = false, .tight_limits = false};

// Method: healthy devices and room for everything, so that nothing excuses a wrong image.
RC_GTEST_PROP(Image, IsFrozenUnderConcurrentWrites, ()) {
  Shape shape = kHealthy;
  shape.image_writes = false;
  demand_holds(any_seed(), shape);
}

// Method: the same with writes, zeroes and discards through images.
RC_GTEST_PROP(Image, KeepsWhatIsWrittenThroughItToItself, ()) {
  demand_holds(any_seed(), kHealthy);
}

// Method: several origins in every scenario; the golden copy looks for one instant for all.
RC_GTEST_PROP(Image, OfSeveralOriginsIsCutAtOneInstant, ()) {
  Shape shape = kHealthy;
  shape.origins_minimum = 2;
  demand_holds(any_seed(), shape);
}

// Method: priorities instead of a fair choice, which finds races of few steps better.
RC_GTEST_PROP(Image, IsFrozenUnderPriorityScheduling, ()) {
  Shape shape = kHealthy;
  shape.any_scheduler = false;
  shape.scheduler = model::SchedulerKind::pct;
  demand_holds(any_seed(), shape);
}

}  // namespace
}  // namespace cowbell::properties
