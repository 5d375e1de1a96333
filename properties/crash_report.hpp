// SPDX-License-Identifier: Apache-2.0
// Lets a process that is about to end say one last thing: after an abort, a fault of the processor,
// the end of a sanitizer, or when its parent asks for it.
#pragma once

#include <csignal>

namespace cowbell::properties {

/// The parent sends it to a child that hangs; the child speaks and ends.
inline constexpr int kReportSignal = SIGUSR1;

/// From now on `speak(context)` is called once when this process is about to end. It takes no
/// memory and no lock. The process still ends as it would have, for kReportSignal with the exit
/// code 1.
void speak_before_end(void (*speak)(void* context) noexcept, void* context);

}  // namespace cowbell::properties
