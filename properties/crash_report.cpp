// SPDX-License-Identifier: Apache-2.0
#include "properties/crash_report.hpp"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <utility>

// There only if a sanitizer is linked in, which then has handlers of its own for faults.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace cowbell::properties {
namespace {

// A signal handler can be handed nothing, so what it needs is kept here.
void (*speak)(void*) noexcept = nullptr;
void* speak_context = nullptr;

void speak_once() {
  if (auto* const once = std::exchange(speak, nullptr)) once(speak_context);
}

void on_signal(int number) {
  speak_once();
  if (number == kReportSignal) _exit(1);
  raise(number);  // the handler is taken out by now: the process ends as it would have
}

void handle(int number, int flags) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER) | flags;
  sigaction(number, &action, nullptr);
}

}  // namespace

void speak_before_end(void (*last_words)(void* context) noexcept, void* context) {
  speak = last_words;
  speak_context = context;
  handle(SIGABRT, 0);
  handle(kReportSignal, 0);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(speak_once);
    return;
  }
  // A fiber that ran over its stack has none left for a handler.
  alignas(16) static std::array<std::byte, 64 * 1024> stack;
  const stack_t alternate{.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&alternate, nullptr);
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE})
    handle(number, static_cast<int>(SA_ONSTACK));
}

}  // namespace cowbell::properties
