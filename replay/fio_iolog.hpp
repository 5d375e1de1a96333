// SPDX-License-Identifier: Apache-2.0
// fio's iolog, versions 2 and 3: what `fio --write_iolog` writes and `--read_iolog` plays.
//
// The first line is `fio version 2 iolog` or `fio version 3 iolog`. Then, one a line:
//   FILE add|open|close
//   FILE read|write|sync|datasync|trim|wait OFFSET LENGTH
// Version 3 puts the time in microseconds in front and has no `wait`. In version 2 a `wait` stands
// for OFFSET microseconds after the wait before it, as fio documents.
// Source: fio's manual, "Trace file format".
#pragma once

#include <expected>
#include <string_view>

#include "replay/input_error.hpp"
#include "replay/trace.hpp"

namespace cowbell::replay {

/// True if `bytes` begin with the header of any version of an iolog.
bool looks_like_fio_iolog(std::string_view bytes);

/// Reads a whole iolog. `name` is what errors call it. Syncs become flushes, trims discards, files
/// devices; every file must have been added before it is used.
std::expected<Trace, InputError> read_fio_iolog(std::string_view bytes, std::string_view name);

}  // namespace cowbell::replay
