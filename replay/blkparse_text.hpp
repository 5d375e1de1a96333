// SPDX-License-Identifier: Apache-2.0
// The default text of blkparse, the printer of Linux's blktrace.
//
//   MAJOR,MINOR CPU SEQUENCE SECONDS.NANOSECONDS PID ACTION RWBS [SECTOR + COUNT] [COMMAND]
//
// Requests are taken from the Q events: as they were submitted, before merging and splitting. All
// other events are counted, and D and C give the depth. RWBS is, in this order: F (preflush), the
// operation W, D (discard), R, N (none), then F (FUA), A (readahead), S (sync), M (metadata), U
// (atomic); newer kernels print WZ for write zeroes. A flush has no sectors. The summary at the
// end is passed over. Source: blkparse(1), and blkparse's fill_rwbs().
#pragma once

#include <expected>
#include <string_view>

#include "replay/input_error.hpp"
#include "replay/trace.hpp"

namespace cowbell::replay {

/// True if the first line of `bytes` that is not empty begins as an event of blkparse does.
bool looks_like_blkparse_text(std::string_view bytes);

/// Reads a whole text. `name` is what errors call it.
std::expected<Trace, InputError> read_blkparse_text(std::string_view bytes, std::string_view name);

}  // namespace cowbell::replay
