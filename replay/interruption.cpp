// SPDX-License-Identifier: Apache-2.0
#include "replay/interruption.hpp"

#include <signal.h>

#include <array>

namespace cowbell::replay {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};

volatile sig_atomic_t came = 0;

void note(int) {
  came = 1;
  for (const int number : kSignals) signal(number, SIG_DFL);
}

}  // namespace

void catch_interruptions() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (const int number : kSignals) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
  }
}

bool interrupted() {
  return came != 0;
}

}  // namespace cowbell::replay
