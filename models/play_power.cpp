// SPDX-License-Identifier: Apache-2.0
// A power cut: all devices fail at once, the engine comes to rest and ends, and another one finds
// what was durable. Clients stop at their next statement until then.
#include <fmt/format.h>

#include "models/play.hpp"

namespace cowbell::model {

void Play::cut_power() {
  power_on_ = false;
  world_->cut_power();
  while (deeds_open_ != 0) all_at_rest_.wait();
  release_all();
  if (!judge_.breached()) {
    subject_->stop();
    check_memory_returned();
    world_->restore_power();
    engine_runs_ = track_origins();
  }
  power_on_ = true;
  power_restored_.wake_all();
}

void Play::wait_for_power() {
  while (!power_on_) power_restored_.wait();
}

void Play::deed_ended() {
  if (--deeds_open_ == 0 && !power_on_) all_at_rest_.wake_all();
}

/// The engine that started after a power cut may have found no memory. Now that the world is
/// healed, one must.
void Play::restart_engine() {
  if (engine_runs_ || judge_.breached()) return;
  subject_->stop();
  engine_runs_ = track_origins();
  if (!engine_runs_)
    judge_.fail(Rule::S9, Write::kNoStatement, "the world is healed and no engine can be started");
}

void Play::check_memory_returned() {
  if (world_->memory_in_use().value != 0)
    judge_.fail(Rule::S11, Write::kNoStatement,
                fmt::format("the engine has ended and still holds {} bytes",
                            world_->memory_in_use().value));
}

}  // namespace cowbell::model
