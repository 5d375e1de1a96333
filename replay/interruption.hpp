// SPDX-License-Identifier: Apache-2.0
// How a search is ended from outside without losing what it has done: by SIGINT or SIGTERM.
#pragma once

namespace cowbell::replay {

/// From now on the first SIGINT or SIGTERM only makes `interrupted` true; another one of them ends
/// the process. One that is ignored stays ignored.
void catch_interruptions();

bool interrupted();

}  // namespace cowbell::replay
